"""What is done once with a published data set, on request only: its download, its preparation."""

from pathlib import Path

from lnl.data.source import Progress, data_folder, not_found, registered, what_to_do
from lnl.errors import BadInput


def download(
    name: str, data_dir: str | Path | None = None, progress: Progress = lambda share, text: None
) -> Path:
    """Put the data set's files into the data folder and return the folder; kept if all are there.

    ``progress(share done, what)`` is called often; an error it raises ends the download.
    Raises BadInput if the data set is unknown, embedded, or cannot be reached.
    """
    source = registered(name)
    folder = data_folder(data_dir)
    if source.missing is None:
        raise BadInput(f"{source.title} comes with lnl; there is nothing to download")
    if source.download is None:
        raise BadInput(
            f"{source.title} cannot be downloaded from here. {what_to_do(source, folder)}"
        )
    if source.missing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        source.download(folder, progress)
    progress(1.0, "done")
    return folder


def prepare(
    name: str, data_dir: str | Path | None = None, progress: Progress = lambda share, text: None
) -> list[str]:
    """Decode the images of a named set once, if it needs that; what is worth knowing of them.

    Raises BadInput if the set is unknown, not there, or damaged.
    """
    source = registered(name)
    folder = data_folder(data_dir)
    if source.preparation is None or source.preparation.done(folder):
        return []
    if source.missing and (missing := source.missing(folder)):
        raise not_found(source, folder, missing)
    return source.preparation.run(folder, progress)


def what_helps(name: str, data_dir: str | Path | None = None) -> str:
    """The move that puts a named set into its place, else where people get it; "": a download."""
    source, folder = registered(name), data_folder(data_dir)
    move = source.near_miss(folder) if source.near_miss else ""
    return move or source.obtain
