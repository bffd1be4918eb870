"""The arrays of an imported run: their types, shapes and ranges are checked, readers trust them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from lnl.records import DataFacts, FeatureMap, MapKind
from lnl.runs.exchange.manifest import StoredLog
from lnl.runs.store.array_rows import Log
from lnl.runs.store.files import read_arrays, write_arrays
from lnl.runs.store.history import JOINT, TRANSITION, history_ids, sample_columns, samples_of
from lnl.runs.store.kept_data import image_file, image_name, origins_of, read_data
from lnl.runs.store.kept_maps import STORED
from lnl.runs.store.kept_test_images import UnseenImages, read_unseen, unseen_file, write_unseen

OPTIONAL = {"images", "image_ids", "origins"}
ROUNDED = 1e-3  # how far above 1 a share may be rounded
MAX_ARRAYS = 2_000_000_000  # bytes of one .npz, unpacked


def adopt_data(folder: Path, facts: DataFacts, source: Path) -> None:
    """Keep ``labels.npz`` and ``images.npy`` of ``source``, unless equal data are kept already.

    Raises ValueError, KeyError or StoreError for anything wrong with them.
    """
    target = folder / f"{facts.fingerprint}.npz"
    if target.exists():
        if len(read_data(folder, facts.fingerprint).given_labels) != facts.num_samples:
            raise ValueError("data of the same fingerprint but another size are here already")
        return
    arrays = _checked_labels(_limited_arrays(source / "labels.npz"), facts)
    arrays["images"], arrays["image_ids"] = np.asarray(""), arrays["image_ids"][:0]
    pictures = source / "images.npy"
    if pictures.exists():
        ids = _limited_arrays(source / "labels.npz")["image_ids"]
        images = np.load(pictures, mmap_mode="r", allow_pickle=False)
        _expect(images.dtype == np.uint8 and images.ndim == 4, "its images are not uint8")
        _expect(len(images) == len(ids), "it has not one image for each image id")
        name = image_name(images)
        place = image_file(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(pictures, place)
        arrays |= {"images": np.asarray(name), "image_ids": ids}
    write_arrays(target, arrays)


def _checked_labels(arrays: dict[str, NDArray[Any]], facts: DataFacts) -> dict[str, NDArray[Any]]:
    count, classes = facts.num_samples, facts.num_classes
    kept = history_ids(facts.images, count)
    _expect(np.array_equal(arrays["history_ids"], kept), "its history is of other samples")
    _labels(arrays, "given_labels", (0, classes), count)
    _labels(arrays, "groups", (0, 4), count, np.int8)
    _labels(arrays, "probe", (0, count))
    _labels(arrays, "image_ids", (0, count))
    if "true_labels" in arrays:
        _labels(arrays, "true_labels", (-1, classes), count)
    names = arrays["class_names"]
    _expect(names.dtype.kind == "U" and names.shape == (classes,), "its class names are odd")
    if "origins" in arrays:
        _expect(len(origins_of(arrays)) == count, f"it has not {count} origins of images")
    expected = {"given_labels", "true_labels", "groups", "class_names", "history_ids", "probe"}
    _expect(arrays.keys() <= expected | OPTIONAL, "it has arrays that are unknown")
    return arrays


def check_samples(folder: Path, logs: list[StoredLog], facts: DataFacts) -> None:
    """Raises ValueError, KeyError or StoreError if the samples' arrays are not as they must be."""
    for path in folder.glob("samples-*.npz"):
        columns = _limited_arrays(path)
        found = sample_columns(samples_of(columns))  # in the types of the store
        for name, column in columns.items():
            right = column.dtype == found[name].dtype and column.shape == (facts.num_samples,)
            _expect(right, f"{path.name} has an unexpected dtype or shape of {name}")
    kept = len(history_ids(facts.images, facts.num_samples))
    wanted = {"confidence": "<f2", "clean_score": "<f2", "prediction": "<u2", "selected": "|b1"}
    for log in logs:
        columns_of_log = {name: (dtype, shape) for name, dtype, shape in log.parsed.columns}
        if wanted.keys().isdisjoint(columns_of_log):
            continue
        for name, dtype in wanted.items():
            _expect(
                columns_of_log[name] == (dtype, (kept,)),
                f"file {log.number} has an unexpected dtype or shape of {name}",
            )
        for name, (dtype, shape) in columns_of_log.items():
            odd = name.startswith("values.") and (dtype, shape) != ("<f2", (kept,))
            _expect(not odd, f"file {log.number} has an unexpected dtype or shape of {name}")


def check_transitions(folder: Path, logs: list[StoredLog], facts: DataFacts) -> None:
    """Raises ValueError if an estimated matrix is of other classes, or holds no shares."""
    size = (facts.num_classes, facts.num_classes)
    for log in logs:
        layout = log.parsed
        rows = Log(folder / f"arrays-{log.number}.bin", layout, tuple(range(log.rows)))
        for name, dtype, shape in layout.columns:
            if name not in (TRANSITION, JOINT):
                continue
            fits = (dtype, shape) == ("<f4", size)
            _expect(fits, f"file {log.number} has unexpected estimated matrices")
            values = rows.column(name)
            inside = bool(((values >= 0) & (values <= 1 + ROUNDED)).all())
            _expect(inside, "its estimated matrices hold values outside [0, 1]")


def adopt_unseen(folder: Path, facts: DataFacts, source: Path, logs: list[StoredLog]) -> None:
    """Keep ``test.npz`` of ``source``, unless those of equal data are kept already.

    Raises ValueError, KeyError or StoreError for anything wrong with it, or where what the rows
    say of test images does not fit it.
    """
    target, brought = unseen_file(folder, facts.fingerprint), source / "test.npz"
    new = brought.exists() and not target.exists()
    found = _checked_unseen(_limited_arrays(brought), facts) if new else None
    for log in logs:
        columns = {name: (dtype, shape) for name, dtype, shape in log.parsed.columns}
        own = {name: column for name, column in columns.items() if name.startswith("test.")}
        if not own:
            continue
        count = len((found or read_unseen(target)).ids)
        _, (_, *wide) = columns["probe_features"]
        expected = {
            "test.features": ("<f2", (count, *wide)),
            "test.prediction": ("<u2", (count,)),
            "test.confidence": ("<f2", (count,)),
        }
        _expect(own == expected, f"file {log.number} has unexpected values for test images")
    if found is not None:
        write_unseen(target, found)


def _checked_unseen(arrays: dict[str, NDArray[Any]], facts: DataFacts) -> UnseenImages:
    _labels(arrays, "ids", (0, facts.num_test))
    count = len(arrays["ids"])
    _expect(
        bool((np.diff(arrays["ids"]) > 0).all()),
        "the ids of its test images are not strictly increasing",
    )
    _labels(arrays, "labels", (0, facts.num_classes), count)
    images = arrays["images"]
    _expect(images.dtype == np.uint8 and images.ndim == 4, "its test images are not uint8")
    _expect(len(images) in (0, count), "it has not one image for each test image")
    _expect(len(arrays) == 3, "its test images have arrays that are unknown")
    return UnseenImages(**arrays)


def adopt_maps(path: Path, probe: int, last_epoch: int) -> list[FeatureMap]:
    """The maps in an imported file, if there is one, of ``probe`` samples each.

    Raises ValueError, KeyError or StoreError for anything that is not as it must be.
    """
    if not path.exists():
        return []
    arrays = _limited_arrays(path)
    epochs, kinds, kept, places = (arrays[name] for name in ("epochs", "kinds", "kept", "places"))
    count = len(epochs)
    _expect(len(arrays) == 4, "its maps have arrays that are unknown")
    rising = epochs.dtype == np.int64 and epochs.ndim == 1 and bool((np.diff(epochs) > 0).all())
    _expect(rising, "the epochs of its maps are not strictly increasing")
    inside = not count or (epochs[0] >= 1 and epochs[-1] <= last_epoch)
    _expect(inside, "it has maps of epochs that it has not")
    known = set(kinds.tolist()) <= set(get_args(MapKind))
    _expect(known and kinds.shape == (count,), "its maps are of an unknown kind")
    _expect(kept.dtype == np.float32 and kept.shape == (count,), "its maps keep odd shares")
    _expect(bool((np.isnan(kept) | ((kept >= 0) & (kept <= 1))).all()), "shares outside [0, 1]")
    _expect(places.dtype == STORED, "the places on its maps are odd")
    _expect(places.shape == (count, probe, 2), f"its maps are not of {probe} samples")
    _expect(bool(np.isfinite(places).all()), "places on its maps are not finite")
    return [_map(*parts) for parts in zip(epochs, kinds, kept, places, strict=True)]


def _map(
    epoch: np.int64, kind: np.str_, kept: np.float32, places: NDArray[np.float16]
) -> FeatureMap:
    known: MapKind = "umap" if kind == "umap" else "pca"
    return FeatureMap(int(epoch), known, places, None if np.isnan(kept) else float(kept))


def _limited_arrays(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
        _expect(size <= MAX_ARRAYS, f"{path.name} takes {size / 1e9:.1f} GB")
    return read_arrays(path)


def _labels(
    arrays: dict[str, NDArray[Any]],
    name: str,
    limits: tuple[int, int],
    count: int | None = None,
    dtype: type = np.int64,
) -> None:
    array = arrays[name]
    _expect(array.dtype == dtype and array.ndim == 1, f"its {name} are not whole numbers in a row")
    _expect(count is None or len(array) == count, f"it has {len(array)} {name}, not {count}")
    inside = not len(array) or (limits[0] <= array.min() and array.max() < limits[1])
    _expect(inside, f"its {name} lie outside [{limits[0]}, {limits[1]})")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
