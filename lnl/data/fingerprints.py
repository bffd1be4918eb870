"""What tells data apart: which images, and which of them a run sees under which labels.

Formulas by scheme: what a stored run has is read and resumed by its own, for ever. Since scheme 2
the images have a fingerprint of their own, which does not change with labels, noise or limit.
Scheme 3 has the formula of the second: equal data have equal fingerprints. It draws ``limit`` from
each class (before, the first samples were taken), and noise gives no label without an image.
Scheme 4 validates on images that the data set has for it; its formula is that of the second where
there is no validation.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b

import torch
from torch import Tensor

from lnl.data.images import ImageSet, Rows
from lnl.data.labels import LabelSet
from lnl.data.source import Split

SIZE = 16  # bytes


def first_scheme(images: ImageSet, train: Rows, test: Split, labels: LabelSet) -> str:
    """Of the pixels that the run sees, given, true and test labels, class names: 32 hex digits."""
    digest = blake2b(digest_size=SIZE)
    parts: Mapping[str, Tensor | None] = {
        "train_images": images.read(train),
        "given_labels": labels.given,
        "true_labels": labels.true,
        "test_images": images.read(test.rows),
        "test_labels": test.labels,
    }
    for name, part in parts.items():
        digest.update(f"{name} {None if part is None else tuple(part.shape)};".encode())
        if part is not None:
            digest.update(part.contiguous().numpy().data)
    digest.update("\n".join(labels.class_names).encode())
    return digest.hexdigest()


def second_scheme(images: ImageSet, train: Rows, test: Split, labels: LabelSet) -> str:
    """Of the images' fingerprint, the rows of each split, all labels and the class names."""
    digest = blake2b(f"scheme 2;{images.fingerprint};".encode(), digest_size=SIZE)
    parts: Mapping[str, Tensor | None] = {
        "train": _places(train),
        "given": labels.given,
        "true": labels.true,
        "test": _places(test.rows),
        "test labels": test.labels,
    }
    for name, part in parts.items():
        digest.update(f"{name} {None if part is None else len(part)};".encode())
        if part is not None:
            digest.update(part.contiguous().numpy().data)
    digest.update("\0".join(labels.class_names).encode())
    return digest.hexdigest()


def with_validation(fingerprint: str, validation: Split) -> str:
    """Of data that are validated too: of the fingerprint without, these rows and labels."""
    digest = blake2b(f"validation;{fingerprint};".encode(), digest_size=SIZE)
    for part in (_places(validation.rows), validation.labels):
        digest.update(part.contiguous().numpy().data)
    return digest.hexdigest()


def _places(rows: Rows) -> Tensor:
    return torch.arange(rows.start, rows.stop) if isinstance(rows, range) else rows


FORMULAS: Mapping[int, Callable[[ImageSet, Rows, Split, LabelSet], str]] = {
    1: first_scheme,
    2: second_scheme,
    3: second_scheme,
    4: second_scheme,
}
SCHEME = 4  # of new runs
BALANCED = 3  # since which samples and noise are drawn among the classes that are there
VALIDATED = 4  # since which validation images of the data set's own are used
