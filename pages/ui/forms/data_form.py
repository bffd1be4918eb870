"""The part of the set-up that is about data; the noise on their labels is in ``noise_form``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.forms import noise_form, own_file, validation_form
from pages.ui.shell import address, controls, parts
from pages.ui.shell.address import Address

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard


OWN = "own"


def data_and_noise(here: str = "Watch") -> RunSpec | None:
    """Widgets for both on the page ``here``; a spec without a method, None if data lack."""
    card = _card(here)
    if card is None:
        return None
    st.caption(words(card))
    for note in card.notes:
        st.caption(parts.plain(note))
    if here == "Watch":
        if not card.available:
            absent(card)
        elif card.to_prepare:
            unprepared(card)
    spec = noise_form.noise(card, here)
    return replace(spec, **validation_form.validation(card)) if here == "Watch" else spec


def _card(here: str) -> DatasetCard | None:
    cards = sorted(catalogue.datasets(), key=lambda card: not card.available)
    named = {card.name: card for card in cards}
    titles = {card.name: card.title for card in cards} | {OWN: "Your own images…"}
    chosen = controls.select("Data", titles, "data", then=_other_data)
    return named[chosen] if chosen in named else own_file.own_file(here)


def choose(name: str) -> None:
    """Callback: other data, named or one's own."""
    address.write(_other_data(address.now().but(data=name)))


def _other_data(here: Address) -> Address:
    """After other data were chosen: the noise that suits them.

    To a file of one's own, whose labels may be wrong already, no noise is added unasked.
    """
    return here.but(noise="")


def absent(card: DatasetCard) -> None:
    """What is missing and where it belongs, and the button that fetches it."""
    files = ", ".join(map(parts.plain, card.missing[:4]))
    more = f" and {len(card.missing) - 4} more" if len(card.missing) > 4 else ""
    folder = parts.plain(card.folder)
    helps = catalogue.what_helps(card.name)
    st.warning(
        f"Not downloaded: put {files}{more} into the folder {folder}."
        if card.can_download
        else f"Not on this machine: {files}{more} in the folder {folder}."
    )
    if helps:
        st.markdown(parts.plain(f"{helps}." if helps == card.obtain else helps))  # else a command
    if card.can_download:
        _work(card, f"Download {card.title}", ":material/download:", catalogue.download)


def unprepared(card: DatasetCard) -> None:
    """That the images are to be decoded first, and the button that does it."""
    st.info(
        f"{parts.plain(card.title)} is on this machine. Its images are decoded once, into a file "
        f"of about {card.prepared_bytes / 1e9:,.1f} GB in the cache. Leaving the page pauses it."
    )
    _work(card, f"Prepare {card.title}", ":material/photo_library:", catalogue.prepare)


def _work(
    card: DatasetCard,
    label: str,
    icon: str,
    work: Callable[[str, Callable[[float, str], None]], object],
) -> None:
    """A button that does what takes long, with a bar; then the page anew."""
    if not st.button(parts.plain(label), icon=icon, key=label.partition(" ")[0].lower()):
        return
    bar = st.progress(0.0, "starting")

    def show(share: float, text: str) -> None:
        bar.progress(share, text)

    try:
        work(card.name, show)
    except LnlError as error:
        parts.error_box(error)
    else:
        st.rerun()


def words(card: DatasetCard) -> str:
    """Sizes of a data set in a line."""
    what = "rows" if card.columns else "images"
    counts = {"training": card.num_train, "validation": card.num_validation, "test": card.num_test}
    sizes = ", ".join(f"{count:,} {part} {what}" for part, count in counts.items() if count)
    if card.columns:
        return f"{sizes}, {card.num_classes} classes, {card.columns:,} columns of numbers"
    channels, height, width = card.image_shape
    colour = "colour" if channels == 3 else "grey"
    made = ", generated" if card.synthetic else ""
    return f"{sizes}, {card.num_classes} classes, {width}×{height} {colour}{made}"
