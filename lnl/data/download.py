"""Download a published data set, on request only."""

from pathlib import Path

from lnl.data.source import Progress, data_folder, registered
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
    if source.missing is None or source.download is None:
        raise BadInput(f"{source.title} comes with lnl; there is nothing to download")
    if source.missing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        source.download(folder, progress)
    progress(1.0, "done")
    return folder
