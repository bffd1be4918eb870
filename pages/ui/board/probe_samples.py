"""What the browser is told of the samples on a map: labels and pictures, once for each data set."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from hashlib import sha1

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from lnl.errors import BadInput
from lnl.runs.store.kept_data import KeptData
from lnl.runs.store.kept_test_images import UnseenImages
from pages.ui.components import pictures
from pages.ui.shell import state

PNG_UP_TO = 1_000_000  # bytes of a sheet; a larger one is sent as JPEG
SIDE = 128  # screen pixels of a picture


@st.cache_data(max_entries=8, show_spinner=False)
def payload(fingerprints: tuple[str, ...], truth: bool, unseen: tuple[str, ...]) -> bytes:
    """For ``hover``. ``unseen``: those of the data whose test images are drawn too.

    A revision of 12 letters, a line's end, JSON: an unchanged payload need not be read again.
    """
    store = state.store()
    content = {name: described(store.data(name), truth) for name in fingerprints}
    for name in unseen:
        content[name]["test"] = described_unseen(store.unseen_images(name))
    text = json.dumps(content, separators=(",", ":"))
    return f"{sha1(text.encode()).hexdigest()[:12]}\n{text}".encode()


def described(data: KeptData, truth: bool) -> dict[str, object]:
    """What the browser knows of each sample of the probe, rows in its order."""
    labels = data.true_labels if truth else None
    return {
        "ids": data.probe.tolist(),
        "given": data.given_labels[data.probe].tolist(),
        "true": None if labels is None else labels[data.probe].tolist(),
        "classes": data.class_names,
        "sheet": _sheet(_images(data)),
    }


def described_unseen(found: UnseenImages) -> dict[str, object]:
    """The same of each test image; their places follow those of the samples."""
    return {
        "ids": found.ids.tolist(),
        "true": found.labels.tolist(),
        "sheet": _sheet(found.images),
    }


def _images(data: KeptData) -> NDArray[np.uint8]:
    try:
        return data.images_of(data.probe)
    except BadInput:  # pictures of others only, or none at all: labels are shown without
        return data.images_of(data.image_ids[:0])


def _sheet(images: NDArray[np.uint8]) -> dict[str, object] | None:
    if not len(images):
        return None
    height, width = images.shape[2:]
    return {
        "uri": _uri(images),
        "columns": pictures.sheet_columns(len(images)),
        "width": width,
        "height": height,
        "side": SIDE,
        "sharp": min(height, width) < pictures.SMOOTH_FROM,
    }


def _uri(images: NDArray[np.uint8]) -> str:
    sheet, kind = pictures.sprite(images), "png"
    if len(sheet) > PNG_UP_TO:
        file, kind = io.BytesIO(), "jpeg"
        Image.open(io.BytesIO(sheet)).save(file, "JPEG", quality=85)
        sheet = file.getvalue()
    return f"data:image/{kind};base64,{b64encode(sheet).decode()}"
