"""The data sets. A file put here is found and registered by itself."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lnl.data.own.finding import is_place
from lnl.data.own.own_source import prepared_source, source_at
from lnl.data.sharing import Stamp, stamp
from lnl.data.source import REGISTRY, Source, registered
from lnl.data.sources.npz import npz_source

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
import_module("lnl.data.layouts")  # those of published folders and lists


def source_of(name: str) -> Source:
    """The data set of that name, or what is at that path: an .npz file, or own images.

    Own images are prepared first, if they are not yet. Raises BadInput.
    """
    if name.endswith(".npz"):
        return npz_source(Path(name).expanduser())
    if name in REGISTRY:
        return REGISTRY[name]
    prepared = prepared_source(name)
    if prepared is None and is_place(Path(name).expanduser()):
        return source_at(Path(name))
    return prepared or registered(name)


def is_named(name: str) -> bool:
    """Whether it is the name of a data set, or of prepared images."""
    return name in REGISTRY or prepared_source(name) is not None


def state_of(name: str) -> Stamp | None:
    """In which state the .npz file at that path is; None for a named data set, or without one."""
    path = Path(name).expanduser()
    return stamp(path) if path.suffix == ".npz" and path.is_file() else None
