"""What is no data set here, though somebody named it as one: what it is, and the way to one."""

from pathlib import Path

from lnl.data.source import Source, all_sources
from lnl.errors import BadInput

_SAVE = "np.savez('data.npz', x_train=..., y_train=..., x_test=..., y_test=...)"
_PROGRAMS = f"can hold programs and is not opened: load it yourself, then {_SAVE}"
_TABLE = f"np.loadtxt reads its pixels; give them their sides back with reshape, then {_SAVE}"
_PACKED = "unpack it first"
_BY_ENDING = {
    ".npy": f"is a single array: put images and labels into one file, {_SAVE}",
    ".pt": _PROGRAMS,
    ".pth": _PROGRAMS,
    ".pkl": _PROGRAMS,
    ".pickle": _PROGRAMS,
    ".mat": f"is a file of MATLAB: scipy.io.loadmat reads it, then {_SAVE}",
    ".h5": f"is an HDF5 file: h5py reads it, then {_SAVE}",
    ".hdf5": f"is an HDF5 file: h5py reads it, then {_SAVE}",
    ".txt": f"is a text: {_TABLE}",
    ".gz": f"is packed: {_PACKED}",
    ".tar": f"is packed: {_PACKED}",
    ".tgz": f"is packed: {_PACKED}",
}


def no_data_set(path: Path) -> BadInput:
    """The error for a path that names no data set."""
    if not path.exists():
        return BadInput(f"there is no file {str(path)!r}, and no data set of that name")
    what = _BY_ENDING.get(path.suffix.lower(), f"is of no form that is read: {_SAVE}")
    return BadInput(f"{str(path)!r} {what}")


def check_no_named(path: Path) -> None:
    """Raises BadInput for a folder in which a data set lies that has a name here."""
    for folder in (path, path.parent) if path.is_dir() else ():
        there = [source for source in all_sources() if _lies_in(source, folder, path)]
        if there:
            titles = ", ".join(source.title for source in there)
            raise BadInput(
                f"{str(path)!r} is where {titles} lies; name the data set and the folder: "
                f"--dataset {there[0].name} --data-dir {folder}"
            )


def _lies_in(source: Source, folder: Path, named: Path) -> bool:
    """Whether the files of a data set are all in a folder, some of them in that which is named."""
    if source.missing is None or source.missing(folder):
        return False
    return folder == named or any(
        file.startswith(f"{named.name}/") for file in source.missing(named)
    )
