"""Any model of timm by its name: as a network that is trained, or one whose features are taken.

Source: Wightman, PyTorch Image Models (timm), an optional package. Nothing is ever downloaded:
weights come from a local file or from the cache that timm keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache, partial
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lnl.errors import BadInput
from lnl.networks.inputs import InputForm
from lnl.networks.meta import undrawn
from lnl.networks.network import Entry, ImageShape, Network, add_family
from lnl.networks.pretrained import PREFIX as PRETRAINED
from lnl.networks.pretrained import pretrained_recipe
from lnl.networks.weights import folder_of_weights

PREFIX = "timm:"
ENDINGS = (".safetensors", ".pth", ".bin", ".npz")
INSTALL = "pip install timm"
_FETCHED = "models--timm--"  # a folder of Hugging Face's cache begins with
LEAST = 0.005  # of a model's weights that a block has
_RATES = ("drop_rate", "drop_prob", "drop_path_rate", "attn_drop_rate")  # plain numbers in modules


@dataclass(frozen=True)
class TimmModel:
    """One model, before any weights."""

    name: str  # perhaps with a tag after a point: which weights
    title: str
    form: InputForm
    places: tuple[str, ...]  # names of files that its weights may have
    hub_id: str  # where Hugging Face's cache has them

    @property
    def feature_size(self) -> int:
        """D, of its features."""
        return _feature_size(self.name)

    def weights(self) -> Path | None:
        """The file of its weights on this machine."""
        here = (folder_of_weights() / each for each in self.places)
        return next((path for path in here if path.is_file()), None) or _cached(self.hub_id)

    @property
    def weights_mark(self) -> str:
        """Tells the file of its weights from others of that name; "" without one."""
        path = self.weights()
        if path is None:
            return ""
        there = path.resolve()  # in Hugging Face's cache that is named by its content
        return blake2b(f"{there.name} {there.stat().st_size}".encode(), digest_size=4).hexdigest()

    def weights_missing(self) -> str:
        """What to do to have its weights; "" if they are here."""
        if self.weights():
            return ""
        where = f"put its file of weights, as {self.places[0]}, into {folder_of_weights()}"
        return f"{where} (https://huggingface.co/{self.hub_id} has it)" if self.hub_id else where

    def untrained(self) -> nn.Module:
        """With random weights, without a head."""
        return _undropped(_timm().create_model(self.name, pretrained=False, num_classes=0))

    def pretrained(self) -> nn.Module:
        """With the weights of its file, without a head. Raises BadInput if they do not fit."""
        path = self.weights()
        assert path is not None  # they are not missing
        own = {"file": str(path), "custom_load": path.suffix == ".npz"}
        try:
            model = _timm().create_model(self.name, pretrained=True, pretrained_cfg_overlay=own)
        except Exception as error:  # timm reads several formats, each with errors of its own
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise BadInput(
                f"{path} does not hold weights of timm's {self.name} ({reason})"
            ) from error
        model.reset_classifier(0)
        return _undropped(model)


class Features(nn.Module):
    """A model without its head: images as it sees them to features [B, D]."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model: Any = model

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.model.forward_head(
            self.model.forward_features(images), pre_logits=True
        )
        return features


class TimmNetwork(Network):
    """A model with a head of ours; images are brought to its size, grey ones as three channels."""

    def __init__(self, model: nn.Module, found: TimmModel, num_classes: int) -> None:
        super().__init__(found.feature_size, num_classes)
        self.trunk: Any = model
        self.form = found.form

    @property
    def last_block(self) -> nn.Module:
        """The last block of those that timm names, else of the largest part."""
        return _last_block(self.trunk)

    def body(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Features [B, D]; there is a feature map where the model's last layers keep one."""
        last = self.trunk.forward_features(self.form.resized(images))
        return self.trunk.forward_head(last, pre_logits=True), _feature_map(self.trunk, last)


def is_here() -> bool:
    """Whether timm is installed."""
    return find_spec("timm") is not None


def names() -> list[str]:
    """All models, in order."""
    return list(_timm().list_models())


def names_with_weights() -> list[str]:
    """Models of which a file of weights is on this machine, perhaps with a tag; in order."""
    if not is_here():
        return []
    from huggingface_hub.constants import HF_HUB_CACHE

    fetched = [each.name.removeprefix(_FETCHED) for each in Path(HF_HUB_CACHE).glob(f"{_FETCHED}*")]
    put = [each.stem for each in folder_of_weights().glob("*") if each.suffix in ENDINGS]
    return sorted({name for name in (*fetched, *put) if _has_weights(name)})


def _has_weights(name: str) -> bool:
    try:
        return found(name).weights() is not None
    except BadInput:  # another file
        return False


def found(name: str) -> TimmModel:
    """The model of that name. Raises BadInput without timm, and for an unknown name or tag."""
    _timm()
    return _found(name)


@lru_cache(maxsize=64)
def _found(name: str) -> TimmModel:
    timm = _timm()
    if not timm.is_model(name):
        near = get_close_matches(name.casefold(), names(), n=3)
        hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
        raise BadInput(f"timm has no model {name!r}.{hint} timm.list_models() names all")
    try:
        said = timm.get_pretrained_cfg(name, allow_unregistered=False)
    except RuntimeError:
        known = timm.list_pretrained(f"{name.partition('.')[0]}.*")
        raise BadInput(
            f"timm has no weights {name!r}; there are {', '.join(known) or 'none of that model'}"
        ) from None
    whole = f"{said.architecture}.{said.tag}" if said.tag else name
    stems = dict.fromkeys((name, whole))
    places = [f"{stem}{ending}" for stem in stems for ending in ENDINGS]
    if said.url:
        places.append(said.url.rpartition("/")[2])
    form = InputForm((said.input_size[-1],), said.mean, said.std, said.interpolation)
    return TimmModel(name, f"timm's {name}", form, tuple(places), said.hf_hub_id or "")


def _timm() -> Any:
    if not is_here():
        raise BadInput(f"networks of timm need the package timm: {INSTALL}")
    import timm

    return timm


def _cached(hub_id: str) -> Path | None:
    if not hub_id:
        return None
    from huggingface_hub import try_to_load_from_cache  # timm brings it

    for file in ("model.safetensors", "pytorch_model.bin"):
        path = try_to_load_from_cache(hub_id, file)
        if isinstance(path, str):
            return Path(path)
    return None


@lru_cache(maxsize=64)
def _feature_size(name: str) -> int:
    model = found(name)
    side = model.form.sides[0]
    with undrawn(), torch.no_grad():
        features = Features(model.untrained().eval())(torch.zeros(1, 3, side, side))
    return int(features.shape[1])


def _undropped(model: nn.Module) -> nn.Module:
    """Without dropout of any kind: it would draw from the device's generator, which runs share."""
    for module in model.modules():
        for rate in _RATES:
            if isinstance(getattr(module, rate, None), float):
                setattr(module, rate, 0.0)
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
    return model


def _last_block(model: nn.Module) -> nn.Module:
    said: Sequence[dict[str, Any]] = getattr(model, "feature_info", None) or ()
    named: dict[str, nn.Module] = dict(model.named_modules())
    largest = max(model.children(), key=_size)
    told = [named[each["module"]] for each in said if each["module"] in named]
    blocks = [*largest.children(), *told]
    least = LEAST * _size(model)  # a last norm or pooling is no block
    return next((each for each in reversed(blocks) if _size(each) >= least), largest)


def _size(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def _feature_map(model: Any, last: Any) -> Tensor | None:
    """[B, c, h, w] where that is what the last layers gave; None for tokens and lists."""
    if not isinstance(last, Tensor) or last.ndim != 4:
        return None
    if getattr(model, "output_fmt", "") == "NHWC":
        return last.permute(0, 3, 1, 2)
    return last


def _entry(name: str, *, pretrained: bool) -> Entry:
    model = found(name)

    def build(image_shape: ImageShape, num_classes: int) -> Network:
        return TimmNetwork(model.untrained(), model, num_classes)

    def load(network: Network) -> None:
        network.trunk = model.pretrained()

    side = model.form.sides[0]
    entry = Entry(
        model.title,
        "timm (Wightman)",
        f"From scratch; sees images at {side} pixels.",
        build,
        side=side,
    )
    if not pretrained:
        return entry
    return replace(
        entry,
        title=f"{model.title}, pretrained",
        summary=f"Goes on from the weights of timm; sees images at {side} pixels.",
        adapt=pretrained_recipe(model.form),
        missing=model.weights_missing,
        load=load,
    )


add_family(PREFIX, partial(_entry, pretrained=False))
add_family(PRETRAINED + PREFIX, partial(_entry, pretrained=True))
