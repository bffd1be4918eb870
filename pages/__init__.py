"""The pages of the app; scripts that Streamlit runs, and in ui/ what they share."""
