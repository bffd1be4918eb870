"""Values that a component's script has sent as ``numbered``: each is heard once, and in order.

While requests come faster than they are answered, Streamlit calls a trigger's callback again with
a value that it had before, also behind a later one: a switch would be put back, a slider too.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def heard(key: str, event: str) -> Any:
    """What a trigger's callback is about; None where it was heard before, or is gone."""
    told = getattr(st.session_state.get(key), event, None)
    if not told or told["number"] <= last(key):
        return None
    st.session_state[_place(key)] = told["number"]
    return told["value"]


def last(key: str) -> int:
    """The number of the last value heard from that component; 0: none yet."""
    return int(st.session_state.get(_place(key), 0))


def _place(key: str) -> str:
    return f"_heard_{key}"
