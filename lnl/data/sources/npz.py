"""A user's own data in one file that is read at once: an .npz of arrays, a table of vectors."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from lnl.data.arrays.reading import read_npz
from lnl.data.sharing import Stamp, loaded, stamp
from lnl.data.source import LabelledImages, Source
from lnl.data.suited import recipe_of_table, suited_recipe
from lnl.data.tables.of_csv import read_table_of_vectors
from lnl.errors import BadInput
from lnl.shapes import Recipe


def npz_source(path: Path) -> Source:
    """The file at ``path`` as a data set; the recipe follows number and size of its images.

    The file is read when it is new or has changed, and when its images are wanted that nobody has
    any more. Raises BadInput that names the array and what is wrong with it.
    """
    if not path.is_file():
        raise BadInput(f"there is no file {str(path)!r}; give the path of an .npz or .csv file")
    found = _described(stamp(path))
    if isinstance(found, str):
        raise BadInput(found)
    return replace(found, name=str(path))


@lru_cache(maxsize=64)
def _described(state: Stamp) -> Source | str:
    """The data set of a file in one state, or what is wrong with it."""
    path = Path(state[0])

    def load(folder: Path | None = None) -> LabelledImages:
        return loaded.get(state, lambda: _read_in(state))

    try:
        data = load()
    except BadInput as error:
        return str(error)
    return Source(
        name=str(path),
        title=path.stem,
        summary="Your own data"
        + ("; true labels are unknown." if data.true_labels is None else ", with true labels."),
        recipe=_recipe(data),
        load=load,
        num_train=len(data.train.labels),
        num_test=len(data.test.labels),
        num_classes=data.num_classes,
        image_shape=data.images.shape,
        columns=data.columns,
        labels_are_true=False,
        has_true_labels=data.true_labels is not None,
        notes=data.notes,
        num_validation=len(data.validation.labels) if data.validation else 0,
    )


def _recipe(data: LabelledImages) -> Recipe:
    count = len(data.train.labels)
    if data.columns:
        return recipe_of_table(count)
    return suited_recipe(data.images.shape, count, *data.channel_statistics())


def _read_in(state: Stamp) -> LabelledImages:
    path = Path(state[0])
    data = read_npz(path) if path.suffix.lower() == ".npz" else read_table_of_vectors(path)
    if not path.is_file() or stamp(path) != state:
        raise BadInput(f"{path} has changed while it was read: try again")
    return data
