"""The data sets. A file put here is found and registered by itself."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lnl.data.sharing import Stamp, stamp
from lnl.data.source import Source, registered
from lnl.data.sources.npz import npz_source

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def source_of(name: str) -> Source:
    """The data set of that name, or the .npz file at that path. Raises BadInput."""
    return npz_source(Path(name).expanduser()) if name.endswith(".npz") else registered(name)


def state_of(name: str) -> Stamp | None:
    """In which state the .npz file at that path is; None for a named data set, or without one."""
    path = Path(name).expanduser()
    return stamp(path) if path.suffix == ".npz" and path.is_file() else None
