"""The data sets. A file put here is found and registered by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lnl.data.other_files import no_data_set
from lnl.data.sharing import Stamp, stamp
from lnl.data.source import Source, is_registered, registered
from lnl.data.sources.npz import npz_source
from lnl.paths import is_path, path_in

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def source_of(name: str) -> Source:
    """The data set of that name, or the .npz file at that path, however pasted. Raises BadInput."""
    if is_registered(name):
        return registered(name)
    path = path_in(name)
    if path.suffix.lower() == ".npz":
        return npz_source(path)
    if is_path(name):
        raise no_data_set(path)
    return registered(name)


def state_of(name: str) -> Stamp | None:
    """In which state the .npz file at that path is; None for a named data set, or without one."""
    path = path_in(name)
    return stamp(path) if path.suffix.lower() == ".npz" and path.is_file() else None
