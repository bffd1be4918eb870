"""A run's samples, read once for all sessions, and the pictures made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl.records import RunInfo
from lnl.samples import at_epoch as reading
from lnl.samples.at_epoch import Ints, Samples
from pages.ui.components.pictures import Picture, Tone
from pages.ui.shell import state


@dataclass(frozen=True)
class Sampled:
    """The samples of a run at an epoch, and what their clean score is."""

    run: RunInfo
    samples: Samples
    scored: bool  # False: the method keeps none, and is read by its confidence

    @property
    def score_name(self) -> str:
        """What ``clean_score`` is called here."""
        return "clean score" if self.scored else "confidence"

    def named(self, label: int) -> str:
        """A class by its name; -1 is none of them."""
        return "no class" if label < 0 else self.samples.data.class_names[label]

    def pictures(self, places: Ints) -> list[Picture]:
        """The samples at some places, with what is known of them underneath."""
        images = self.samples.data.images_of(self.samples.ids[places])
        return [self._picture(int(p), image) for p, image in zip(places, images, strict=True)]

    def _picture(self, place: int, image: NDArray[np.uint8]) -> Picture:
        samples = self.samples
        lines = [
            f"given {self.named(int(samples.given[place]))}",
            f"predicted {self.named(int(samples.predicted[place]))}",
            f"{self.score_name} {float(samples.row.clean_score[place]):.2f}",
        ]
        if samples.known and samples.mislabelled[place]:
            lines.insert(1, f"true {self.named(int(samples.true[place]))}")
        number = int(samples.ids[place])
        if self.run.data.columns:
            lines.insert(0, samples.data.origin(number))
        return Picture(image, number, tuple(lines), self.tone(place))

    def tone(self, place: int) -> Tone:
        """The frame of a sample; none where nobody knows whether its label is right."""
        if not self.samples.known:
            return ""
        return "mislabelled" if self.samples.mislabelled[place] else "clean"


def at(run: RunInfo, epoch: int | None, truth: bool) -> Sampled | None:
    """The samples at the newest kept epoch, up to ``epoch``; None before the first.

    Raises StoreError if something is damaged or was never kept.
    """
    samples = _samples(run.id, run.last_epoch, epoch, truth)
    if samples is None:
        return None
    reads = {record.epoch: record.reading for record in state.records(run)}
    return Sampled(run, samples, reads.get(samples.epoch) == "clean_scores")


@st.cache_resource(max_entries=8, show_spinner=False)
def _samples(run_id: str, last_epoch: int, epoch: int | None, truth: bool) -> Samples | None:
    return reading.samples_at(state.store(), run_id, epoch, truth)
