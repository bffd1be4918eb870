"""The data sets. A file put here is found and registered by itself."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lnl.data.other_files import check_no_named, no_data_set
from lnl.data.own.finding import is_place
from lnl.data.own.listing import TABLES
from lnl.data.own.own_source import prepared_source, source_at
from lnl.data.sharing import Stamp, stamp
from lnl.data.source import Source, is_registered, registered
from lnl.data.sources.npz import npz_source
from lnl.data.tables.of_csv import is_table_of_vectors
from lnl.paths import is_path, path_in

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
import_module("lnl.data.layouts")  # those of published folders and lists


def source_of(name: str) -> Source:
    """The data set of that name, or what is at that path, however pasted: arrays or own images.

    Own images are prepared first, if they are not yet. Raises BadInput.
    """
    if is_registered(name):
        return registered(name)
    if prepared := prepared_source(name):
        return prepared
    path = path_in(name)
    if is_read_at_once(path):
        return npz_source(path)
    if is_place(path):
        check_no_named(path)
        return source_at(path)
    if is_path(name):
        raise no_data_set(path)
    return registered(name)


def is_read_at_once(name: str | Path) -> bool:
    """Whether it is the path of one file that needs no import: an .npz, a table of vectors."""
    path = path_in(name)
    return path.suffix.lower() == ".npz" or is_table_of_vectors(path)


def is_named(name: str) -> bool:
    """Whether it is the name of a data set, or of prepared images."""
    return is_registered(name) or prepared_source(name) is not None


def state_of(name: str) -> Stamp | None:
    """In which state the file at that path is; None for a named data set, or without one."""
    path = path_in(name)
    return stamp(path) if path.suffix.lower() in (".npz", *TABLES) and path.is_file() else None
