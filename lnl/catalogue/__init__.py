"""What there is to choose from, as plain values: for pages, and for the command line.

The names below are loaded on demand: they need torch, which takes seconds, and a page can import
this and be drawn before.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lnl.catalogue import own_images
    from lnl.catalogue.choices import (
        DatasetCard,
        NetworkCard,
        NoiseCard,
        NoiseOption,
        ResolvedRun,
        dataset,
        datasets,
        devices,
        download,
        families,
        family_members,
        is_read_at_once,
        network_cards,
        noises,
        prepare,
        resolve,
        warm_up,
        what_helps,
    )
    from lnl.catalogue.data_previews import Preview, preview
    from lnl.catalogue.loss_pieces import (
        LossCurve,
        Number,
        Piece,
        Scene,
        loss_curves,
        loss_cuts,
        pieces,
        pieces_of,
    )
    from lnl.catalogue.method_cards import (
        CodePart,
        MethodCard,
        PresetCard,
        code,
        groups,
        method,
        methods,
        sample_state,
        told,
    )

__all__ = [
    "CodePart",
    "DatasetCard",
    "LossCurve",
    "MethodCard",
    "NetworkCard",
    "NoiseCard",
    "NoiseOption",
    "Number",
    "Piece",
    "PresetCard",
    "Preview",
    "ResolvedRun",
    "Scene",
    "code",
    "dataset",
    "datasets",
    "devices",
    "download",
    "families",
    "family_members",
    "groups",
    "is_read_at_once",
    "loss_curves",
    "loss_cuts",
    "method",
    "methods",
    "network_cards",
    "noises",
    "own_images",
    "pieces",
    "pieces_of",
    "prepare",
    "preview",
    "resolve",
    "sample_state",
    "told",
    "warm_up",
    "what_helps",
]
_HOMES = ("choices", "data_previews", "loss_pieces", "method_cards")


def __getattr__(name: str) -> Any:
    if name == "own_images":
        return import_module("lnl.catalogue.own_images")
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"lnl.catalogue.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'lnl.catalogue' has no attribute {name!r}")
