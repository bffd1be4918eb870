"""What an epoch of a method costs beside one of CE, as measured and as published."""

from __future__ import annotations

import streamlit as st

from lnl import catalogue, findings
from lnl.evidence import measured_costs, method_tables
from lnl.evidence.measured_costs import Cost
from pages.ui.shell import parts


def of(method: str) -> Cost | None:
    """The newest measurement, if there is one."""
    return _newest().get(method)


@st.cache_data(ttl=60, show_spinner=False)
def _newest() -> dict[str, Cost]:
    return measured_costs.newest()


def show(method: str) -> None:
    """The cost with its range, memory, how it was measured; the published one beside it."""
    cost = of(method)
    if cost is None:
        st.caption("Not measured yet: `python -m lnl bench --methods " + method + "`.")
        return
    published = method_tables.published_cost(method)
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "An epoch",
            cost.times,
            width="content",
            help=f"Training passes, evaluation and record. {cost.epoch_low:.2f} to "
            f"{cost.epoch_high:.2f} over {cost.rounds} rounds of each stage, an epoch of CE "
            "before each. Treat differences below 0.1 as noise.",
        )
        st.metric("Its training passes", f"{cost.training:.1f} × CE", width="content")
        if cost.memory_mb is not None:
            st.metric(
                "Memory while it trains",
                f"{cost.memory_mb:.0f} MB",
                width="content",
                help="Peak growth from the loaded data on. With a small network most of it is "
                "what the library takes at its first use.",
            )
        _sample_state(method)
        if published is not None:
            st.metric(
                "Published",
                f"{published:.1f} × CE",
                width="content",
                help="Hours of training in the paper's table (PMNAR, Table 6), on a GPU with a "
                "larger network.",
            )
    base = catalogue.method(cost.base).title if cost.base else ""
    over = f", added to {parts.plain(base)}" if base else ""
    st.caption(
        f"Measured on {cost.images:,} images of {parts.plain(cost.dataset)}{over}, "
        f"{parts.plain(cost.network)}, batch {cost.batch_size}, {parts.plain(cost.device)}, "
        f"{parts.plain(cost.date)}. "
        + ", ".join(f"{parts.plain(findings.spelled(s.name))} {s.ratio:.1f}" for s in cost.stages)
        + " × CE."
    )


def _sample_state(method: str) -> None:
    """What the memory grows by with each sample."""
    state = catalogue.sample_state(method)
    parts_of_it = [f"{state.fixed}"] * bool(state.fixed)
    parts_of_it += [f"{state.per_class} × K"] * bool(state.per_class)
    st.metric(
        "State per sample",
        f"{' + '.join(parts_of_it)} bytes" if parts_of_it else "none",
        width="content",
        help="What it keeps of each training sample, K classes: with a million samples of 100 "
        f"classes {state.of(100):,} MB, the images and what every run records apart. The rest of "
        "its memory does not grow with them.",
    )
