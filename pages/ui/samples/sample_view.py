"""One sample: its image, what is known of it, and its history; the address holds which one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lnl import charts
from lnl.charts import SampleCourse
from lnl.findings import spelled
from lnl.records import RunInfo
from lnl.samples.at_epoch import Ints
from pages.ui.board.sampled import Sampled
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.components.pictures import Picture, picture_grid
from pages.ui.samples import list_page
from pages.ui.shell import address, parts, state


def look_at(sample: int | None) -> None:
    """Callback: put a sample into the address."""
    address.write(list_page.looking_at(address.now(), sample))


def leave(rank: int | None) -> None:
    """Callback: go back to all samples, in whose list the one just seen has that rank."""
    address.write(list_page.leaving(address.now(), rank))


def rank_of(seen: Sampled, sample: int | None, order: Ints) -> int | None:
    """Where a sample stands in a list of places, from 0."""
    place = None if sample is None else seen.samples.place(sample)
    if place is None:
        return None
    found = np.flatnonzero(order == place)
    return int(found[0]) if len(found) else None


def sample_view(seen: Sampled, sample: int, order: Ints, big: bool) -> None:
    """The sample with buttons to its neighbours in the list ``order`` (places)."""
    place = seen.samples.place(sample)
    _steps(seen, sample, order)
    if place is None:
        st.warning(f"No history is kept of sample {sample} of this run.")
        return
    left, right = st.columns([1, 3], gap="medium")
    with left:
        (picture,) = seen.pictures(np.array([place]))
        picture_grid([Picture(picture.image, sample, (), picture.tone)], "sample", size=220)
        st.markdown(_facts(seen, place))
        if file := seen.samples.data.origin(sample):
            st.caption(f":material/image: {parts.plain(file)}")
    with right:
        key = (seen.run.id, seen.run.name, seen.run.last_epoch)
        known = seen.samples.known
        figure.draw(_drawing(key, sample, seen.samples.epoch, (known, big)), key="sample_history")


def _steps(seen: Sampled, sample: int, order: Ints) -> None:
    rank = rank_of(seen, sample, order)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All samples", icon=":material/grid_view:", on_click=leave, args=(rank,))
        before = after = None
        if rank is not None:
            before = rank - 1 if rank else None
            after = rank + 1 if rank + 1 < len(order) else None
        _step("Previous sample", ":material/chevron_left:", _neighbour(seen, order, before), "Left")
        _step("Next sample", ":material/chevron_right:", _neighbour(seen, order, after), "Right")
        where = "not in this list" if rank is None else f"{rank + 1:,} of {len(order):,} listed"
        st.markdown(f"**Sample {sample}** · {where}", width="content")


def _neighbour(seen: Sampled, order: Ints, rank: int | None) -> int | None:
    return None if rank is None else int(seen.samples.ids[order[rank]])


def _step(label: str, icon: str, to: int | None, shortcut: str) -> None:
    st.button(
        label,
        icon=icon,
        disabled=to is None,
        shortcut=shortcut,
        on_click=look_at,
        args=(to,),
    )


def _facts(seen: Sampled, place: int) -> str:
    samples, row, past = seen.samples, seen.samples.row, seen.samples.past
    facts = [f"Given label: **{_class(seen, samples.given[place])}**"]
    if samples.known:
        facts.append(f"True label: **{_class(seen, samples.true[place])}**")
    facts.append(f"Predicted: **{_class(seen, samples.predicted[place])}**")
    facts.append(f"Confidence in the given label: {float(row.confidence[place]):.3f}")
    if seen.scored:
        facts.append(f"Clean score: {float(row.clean_score[place]):.3f}")
    facts.append(f"Treated as clean: {'yes' if row.selected[place] else 'no'}")
    for value, of in row.values.items():
        if np.isfinite(of[place]):
            is_class = value == charts.INFERRED
            told = _class(seen, of[place]) if is_class else f"{float(of[place]):.4g}"
            facts.append(f"{spelled(value).capitalize()}: {told}")
    facts.append(f"Predicted as labelled at {past.epochs[place]} epochs so far")
    if past.losses[place]:
        facts.append(f"Forgotten: {past.losses[place]} ×")
    return f"After epoch {samples.epoch}:\n\n" + "  \n".join(facts)


def _class(seen: Sampled, label: float) -> str:
    return parts.plain(seen.named(int(label)))


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(
    run_key: tuple[str, str, int], sample: int, epoch: int, look: tuple[bool, bool]
) -> Drawing:
    run_id, name, _ = run_key
    known, big = look
    run = state.named(run_id, name)
    made = charts.sample_history(run, _course(run, sample, known), epoch)
    label = f"History of sample {sample} in run {name}: confidence, prediction, selection"
    return figure.prepared(made, f"sample-{sample}", label, big)


def _course(run: RunInfo, sample: int, known: bool) -> SampleCourse:
    data = state.store().data(run.data.fingerprint)
    true = data.true_labels if known else None
    history = state.store().history(run.id).sample(sample)
    return SampleCourse(
        given=int(data.given_labels[sample]),
        true=None if true is None else int(true[sample]),
        scored=any(record.reading == "clean_scores" for record in state.records(run)),
        **vars(history),
    )
