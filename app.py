"""LNL Explorer: the frame around every page. Start it with `make app`."""

import streamlit as st

from pages.ui import frame

st.set_page_config(page_title="LNL Explorer", page_icon=str(frame.LOGO), layout="wide")
page = frame.navigation()
st.logo(str(frame.LOGO))
frame.begin()
frame.run_bar()
page.run()
