"""What surrounds every page: the navigation, its guard, and the run bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from lnl.records import RunInfo
from pages.ui import live, parts, plotly_js, progress, state

ROOT = Path(__file__).parents[2]
LOGO = ROOT / "static" / "logo.svg"
Act = Callable[[str], object]


@dataclass(frozen=True)
class PageCard:
    """An entry of the navigation."""

    file: str
    title: str
    icon: str
    help: str


PAGES = (
    PageCard(
        "pages/watch.py",
        "Watch",
        ":material/monitoring:",
        "Train on noisy labels and see, epoch by epoch, what the network makes of them.",
    ),
    PageCard(
        "pages/runs.py",
        "Runs",
        ":material/list:",
        "Everything that was trained: open, resume, stop, rename, delete.",
    ),
)


def _navigation() -> st.Page:
    pages = [
        st.Page(
            ROOT / card.file, title=card.title, icon=card.icon, help=card.help, default=not place
        )
        for place, card in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")


def file_of(title: str) -> Path:
    """The file of a page, for links."""
    return ROOT / next(card.file for card in PAGES if card.title == title)


def show() -> None:
    """Everything on the screen: navigation, run bar, and the page that is asked for."""
    st.set_page_config(page_title="LNL Explorer", page_icon=str(LOGO), layout="wide")
    page = _navigation()
    st.logo(str(LOGO))
    _prepare()
    run_bar()
    st.session_state["_framed"] = True
    try:
        page.run()
    finally:
        del st.session_state["_framed"]


@st.cache_resource(show_spinner=False)
def _prepare() -> None:
    """Once a process: what the first page needs, and the slow import that it need not wait for."""
    plotly_js.install()
    state.loading()


def ensure() -> None:
    """First line of each page: it must not run alone.

    Streamlit would do so because of the folder's name, ``pages``, as long as it has seen no
    ``st.navigation``: at the first request after a start, if that is a deep link.
    """
    if "_framed" not in st.session_state:
        show()
        st.stop()


def run_bar() -> None:
    """What trains now, and its buttons; nothing at all where nothing is alive."""
    alive = [run for run in state.all_runs() if run.alive]
    live.refreshed(_bar, "run_bar", any(map(state.busy, alive)))


def _bar() -> bool:
    store = state.store()
    store.sweep()
    alive = [run for run in store.runs() if run.alive]
    if not alive:
        return False
    busy = any(map(state.busy, alive))
    group = _first(alive)
    with (
        st.container(border=True, key="run_bar"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        label, colour, icon = _standing(group)
        st.badge(label, icon=icon, color=colour)
        st.markdown(_described(group, len(alive) - len(group)), width="stretch")
        _buttons(group)
    return busy


def _first(alive: list[RunInfo]) -> list[RunInfo]:
    """The runs of the start that trains now; else of the one that waits longest."""
    oldest = alive[::-1]
    lead = next((run for run in oldest if run.status == "running"), oldest[0])
    return [run for run in oldest if run.group == lead.group]


def _standing(group: list[RunInfo]) -> tuple[str, progress.Colour, str]:
    order = ("running", "paused", "queued")
    status = min((run.status for run in group), key=order.index)
    if status == "running" and any(run.wanted == "stop" for run in group):
        return "stopping", "orange", ":material/stop_circle:"
    if status == "running" and any(run.wanted == "pause" for run in group):
        return "pausing after this epoch", "orange", ":material/pause_circle:"
    return progress.STATUS[status]


def _described(group: list[RunInfo], others: int) -> str:
    short = progress.distinct([run.name for run in group])
    names = " and ".join(f"**{parts.plain(name)}**" for name in short[:3])
    if len(group) > 3:
        names += f" and {len(group) - 3} more"
    furthest = max(group, key=progress.share_done)
    left = [progress.seconds_left(run, state.records(run)) for run in group]
    words = [names, progress.words(furthest), progress.clock(progress.together_left(left))]
    if others:
        words.append(f"{others} more {'run waits' if others == 1 else 'runs wait'}")
    words.append(parts.plain(furthest.device))
    return " · ".join(filter(None, words))


def _buttons(group: list[RunInfo]) -> None:
    manager, ids = state.manager(), [run.id for run in group]
    resting = all(run.status == "paused" or run.wanted == "pause" for run in group)
    if resting:
        _button("Go on", ":material/play_arrow:", "Train on", manager.resume, ids)
        _button(
            "One epoch",
            ":material/skip_next:",
            "Train one epoch, then rest",
            manager.one_epoch,
            ids,
        )
    else:
        _button("Pause", ":material/pause:", "Rest after this epoch", manager.pause, ids)
    _button(
        "Stop",
        ":material/stop:",
        "Stop now; the epoch under way is dropped. The runs stay, and can be resumed",
        manager.stop,
        ids,
    )


def _button(label: str, icon: str, help: str, act: Act, ids: list[str]) -> None:
    if st.button(label, icon=icon, help=help, key=f"bar_{label}"):
        state.attempt(act, ids)
        st.rerun()
