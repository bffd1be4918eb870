"""The store as a whole: what it takes, what of it can go, and the machine below it."""

from __future__ import annotations

import streamlit as st

from lnl.runs.running.machine import Machine
from lnl.runs.running.machine import machine as look_around
from lnl.runs.store.disk import CleanUp, DiskUse, can_go, disk_use, drop_checkpoints
from lnl.runs.store.uploads import drop_uploads, unused_uploads
from pages.ui.shell import parts, state


@st.cache_data(ttl=10, show_spinner=False)
def use() -> DiskUse:
    """What all runs take, looked at every few seconds at most."""
    return disk_use(state.store())


def amount(size: int) -> str:
    """Such as "12 kB", "3.4 MB", "1.2 GB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:.{0 if size >= 100 * factor else 1}f} {unit}"
    return f"{size / 1e3:.0f} kB"


def housekeeping() -> None:
    """Disk use and machine, folded away and not looked at while they are."""
    words = f"Disk use: {amount(use().total)}"
    disk = st.expander(words, icon=":material/hard_drive:", key="disk", on_change="rerun")
    if disk.open:
        with disk:
            _disk()
    machine = st.expander("This machine", icon=":material/memory:", key="here", on_change="rerun")
    if machine.open:
        with machine:
            _machine()


def say(words: str) -> None:
    """Tell what was done to the store, and look at it again."""
    st.toast(words, icon=":material/check:", duration="long")
    use.clear()
    st.rerun()


def _disk() -> None:
    found, free = use(), can_go(state.store())
    runs = sum(size.total for size in found.runs.values())
    networks = sum(size.checkpoints for size in found.runs.values())
    st.markdown(
        f"{amount(runs)} for the files of runs ({amount(networks)} of it networks to go on from), "
        f"{amount(found.database)} for their records, {amount(found.data)} for labels, images and "
        "uploaded files. "
        f"{amount(found.free)} are free on this disk."
    )
    st.caption(parts.plain(found.folder))
    _offers(free)
    for run in state.store().runs(trashed=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Deleted: {parts.plain(run.name)}", width="stretch")
            if st.button("Bring back", key=f"restore_{run.id}", type="tertiary"):
                state.attempt(state.store().restore, [run.id])
                say(f"**{parts.plain(run.name)}** is back.")


def _offers(free: CleanUp) -> None:
    """What can go, each with what it frees and what it costs."""
    uploads = unused_uploads(state.store())
    if not free.checkpoints and not free.deleted and not uploads:
        st.caption("Nothing can be cleaned up: no finished run keeps networks, none is deleted.")
    if uploads:
        files = f"{len(uploads)} uploaded file{'s' * (len(uploads) > 1)}"
        st.markdown(f"No run was trained on {files}.")
        if st.button(f"Remove {files}, free {amount(sum(uploads.values()))}", key="drop_uploads"):
            say(f"Freed {amount(drop_uploads(state.store()))}.")
    if free.checkpoints:
        count, size = _counted(len(free.checkpoints)), amount(free.checkpoint_bytes)
        st.markdown(
            f"{count} keep networks that nothing here needs any more. All charts, records and "
            "images stay; runs that can still be resumed are left alone."
        )
        if st.button(f"Remove networks of {count}, free {size}", key="drop_checkpoints"):
            freed = drop_checkpoints(state.store(), free.checkpoints)
            say(f"Freed {amount(freed)}.")
    if free.deleted:
        count, size = _counted(len(free.deleted), "deleted "), amount(free.deleted_bytes)
        st.markdown(f"{count} can still be brought back for a week after the deletion.")
        if st.button(f"Remove {count} for good, free {size}", key="purge"):
            gone = state.store().purge()
            st.session_state.pop("deleted", None)
            say(f"Removed {_counted(len(gone), 'deleted ')} for good.")


def _counted(count: int, kind: str = "finished ") -> str:
    return f"{count} {kind}{'run' if count == 1 else 'runs'}"


@st.cache_data(show_spinner="Looking at the machine…")
def _about() -> Machine:
    state.wait_for_catalogue()
    return look_around()


def _machine() -> None:
    found, alive = _about(), [run for run in state.store().runs() if run.alive]
    waiting = sum(run.status == "queued" for run in alive)
    st.markdown(
        f"**{parts.plain(found.device)}** · {parts.plain(found.system)} · "
        f"{len(alive) - waiting} training or paused, {waiting} waiting"
    )
    versions = " · ".join(f"{name} {text}" for name, text in found.versions.items())
    st.caption(parts.plain(versions))
