"""Tensor shapes by name, and the small values that data, methods and the trainer share.

Letters: N training samples, B batch, K classes, D features, V views, C H W images.
"""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Bool, Float, Int64, UInt8
from torch import Tensor

Images = Float[Tensor, "B C H W"]  # normalised
RawImages = UInt8[Tensor, "B C H W"]  # as stored, 0 to 255
Logits = Float[Tensor, "B K"]
Probabilities = Float[Tensor, "B K"]
Labels = Int64[Tensor, " B"]
ManyLabels = Int64[Tensor, "B M"]  # several labels a sample
PerSample = Float[Tensor, " B"]
Mask = Bool[Tensor, " B"]
Scalar = Float[Tensor, ""]

View = Literal["plain", "weak", "strong", "strong_on_first"]
"""How an image is shown: as it is; crop and flip; RandAugment on top; the last on view 0."""


@dataclass(frozen=True)
class Recipe:
    """The benchmark's own way to train on a data set."""

    network: str
    epochs: int  # of a whole run; 0: the method's own schedule
    batch_size: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 1e-4
    milestones: tuple[float, ...] = ()  # shares of a stage; the rate is times ``decay`` at each
    decay: float = 0.1
    mean: tuple[float, ...] = (0.5,)  # per channel, of images in [0, 1]
    std: tuple[float, ...] = (0.5,)
    crop: int = 0  # pixels of padding for the random crop of the weak view; 0: none
    flip: bool = False  # random horizontal flip in the weak view
    cutout: int = 0  # side of the square cut out of the strong view, pixels


@dataclass(frozen=True)
class DataSpec:
    """What a method may know about the data before it sees a batch."""

    name: str
    num_train: int
    num_classes: int
    image_shape: tuple[int, int, int]  # C, H, W; D, 1, 1 of a vector
    recipe: Recipe
    is_table: bool = False  # of vectors


@dataclass(frozen=True)
class Oracle:
    """What no method can know of a user's own data; reading it must be declared in ``needs``."""

    noise_rate: float | None
    noise_kind: str | None
    transition_matrix: Tensor | None  # [K, K], row = true class


@dataclass(frozen=True)
class Batch:
    """Rows of one stream."""

    views: tuple[Tensor, ...]  # [B, C, H, W] each, those the stream asked for
    given_labels: Tensor  # [B] int64
    index: Tensor  # [B] int64, place in the training set

    @property
    def images(self) -> Tensor:
        """The first view."""
        return self.views[0]
