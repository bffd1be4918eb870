"""The store as a whole: its size, what of it can be removed, and the machine below it."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from lnl.errors import LnlError
from lnl.records import Status
from lnl.runs.running.machine import Machine
from lnl.runs.running.machine import machine as look_around
from lnl.runs.store.disk import (
    CleanUp,
    DiskUse,
    Remade,
    can_go,
    disk_use,
    drop_checkpoints,
    drop_remade,
)
from lnl.runs.store.uploads import drop_uploads, unused_uploads
from pages.ui.runs import undo
from pages.ui.shell import parts, state

DELETED = 20  # runs of the trash that are listed
REMADE: dict[Remade, tuple[str, str]] = {  # what it is, how it comes back
    "features": ("features by frozen backbones", "are computed again when a run needs them."),
    "sets": (
        "prepared images of published data sets",
        "are made again from the sets' own files when a run needs them: keep those.",
    ),
}


@st.cache_data(ttl=10, show_spinner=False)
def use() -> DiskUse:
    """What all runs take on the disk; all files are measured, every few seconds at most."""
    return disk_use(state.store())


def amount(size: int) -> str:
    """Such as "12 kB", "3.4 MB", "1.2 GB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:.{0 if size >= 100 * factor else 1}f} {unit}"
    return f"{size / 1e3:.0f} kB"


def housekeeping() -> None:
    """Disk use and machine, folded away and not measured while they are."""
    disk = st.expander("Disk use", icon=":material/hard_drive:", key="disk", on_change="rerun")
    if disk.open:
        with disk:
            _disk()
    machine = st.expander("This machine", icon=":material/memory:", key="here", on_change="rerun")
    if machine.open:
        with machine:
            _machine()


def say(words: str) -> None:
    """Report what was done to the store, and measure it again."""
    st.toast(words, icon=":material/check:", duration="long")
    use.clear()
    st.rerun()


def _disk() -> None:
    found = use()
    free = can_go(state.store(), found)
    runs = sum(size.total for size in found.runs.values())
    networks = sum(size.checkpoints for size in found.runs.values())
    others = {"your own images, as prepared": found.own}
    others |= {REMADE[kind][0]: size for kind, size in found.remade.items()}
    also = "".join(f", {amount(size)} for {what}" for what, size in others.items() if size)
    st.markdown(
        f"{amount(found.total)} in total: {amount(runs)} for the files of runs ({amount(networks)} "
        f"of them checkpoints), {amount(found.database)} for their records, {amount(found.data)} "
        f"for labels, images and uploaded files{also}. {amount(found.free)} free on this disk."
    )
    st.caption(parts.plain(found.folder))
    _offers(free, {kind: size for kind, size in found.remade.items() if size})
    if found.own:
        st.caption("Your own images are removed on *Data*, each set on its card.")
    _deleted()


def _deleted() -> None:
    """The runs deleted last, each with a button to restore it."""
    store = state.store()
    runs, every = store.deleted(DELETED), store.ids_of(get_args(Status), trashed=True)
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Deleted: {parts.plain(run.name)}", width="stretch")
            if st.button("Restore", key=f"restore_{run.id}", type="tertiary"):
                state.attempt(store.restore, [run.id])
                say(f"**{parts.plain(run.name)}** is restored.")
    if len(every) > 1:
        shown = f"{len(runs)} of {len(every)} deleted runs are listed. "
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(shown if len(every) > len(runs) else "", width="stretch")
            if st.button(f"Restore all {len(every)}", key="restore_all", type="tertiary"):
                state.attempt(store.restore, every)
                say(f"**{len(every)} runs** are restored.")


def _offers(free: CleanUp, remade: dict[Remade, int]) -> None:
    """What can be removed, each with what it frees and what it costs."""
    uploads = unused_uploads(state.store())
    if not (free.checkpoints or free.deleted or uploads or remade):
        st.caption("Nothing to clean up: no finished run has checkpoints and no run is deleted.")
    for kind, taken in remade.items():
        what, again = REMADE[kind]
        st.markdown(f"{what.capitalize()} {again}")
        if st.button(f"Remove {what}, free {amount(taken)}", key=f"drop_{kind}"):
            try:
                freed = drop_remade(state.store(), kind)
            except LnlError as error:
                st.error(parts.plain(str(error)))
            else:
                say(f"Freed {amount(freed)}.")
    if uploads:
        files = f"{len(uploads)} uploaded file{'s' * (len(uploads) > 1)}"
        st.markdown(f"{files} not used by any run.")
        if st.button(f"Remove {files}, free {amount(sum(uploads.values()))}", key="drop_uploads"):
            say(f"Freed {amount(drop_uploads(state.store()))}.")
    if free.checkpoints:
        count, size = _counted(len(free.checkpoints)), amount(free.checkpoint_bytes)
        st.markdown(
            f"{count} still keep checkpoints that are no longer needed. All charts, records and "
            "images stay; runs that can still be resumed are left alone."
        )
        if st.button(f"Remove checkpoints of {count}, free {size}", key="drop_checkpoints"):
            freed = drop_checkpoints(state.store(), free.checkpoints)
            say(f"Freed {amount(freed)}.")
    if free.deleted:
        count, size = _counted(len(free.deleted), "deleted "), amount(free.deleted_bytes)
        st.markdown(f"{count} can be restored for a week after deletion.")
        if st.button(f"Delete {count} permanently, free {size}", key="purge"):
            gone = state.store().purge()
            undo.forget()
            say(f"Permanently deleted {_counted(len(gone), '')}.")


def _counted(count: int, kind: str = "finished ") -> str:
    return f"{count} {kind}{'run' if count == 1 else 'runs'}"


@st.cache_data(show_spinner="Checking this machine…")
def _about() -> Machine:
    state.wait_for_catalogue()
    return look_around()


def _machine() -> None:
    found, alive = _about(), state.alive()
    queued = sum(run.status == "queued" for run in alive)
    st.markdown(
        f"**{parts.plain(found.device)}** · {parts.plain(found.system)} · "
        f"{len(alive) - queued} training or paused, {queued} queued"
    )
    versions = " · ".join(f"{name} {text}" for name, text in found.versions.items())
    st.caption(parts.plain(versions))
