"""What the pages share: the only other place that knows Streamlit."""
