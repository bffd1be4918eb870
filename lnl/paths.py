"""What people paste where a file is asked for, as a path; and the folders of the cache."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

OWN_NAME = re.compile(r"[\w-]{1,80}-[0-9a-f]{8}")  # of prepared images: title and digest
_QUOTES = "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb"  # typed ones, and those of word processors


def path_in(text: str | Path) -> Path:
    """The path that a text names: quotes and spaces around it, ``file://`` and ``~`` are read."""
    words = str(text).strip().strip(_QUOTES).strip()
    if words.lower().startswith("file://"):
        words = unquote(urlsplit(words).path)
    try:
        return Path(words).expanduser()
    except RuntimeError:  # "~nobody"
        return Path(words)


def is_path(text: str) -> bool:
    """Whether a text can only be a path: it says a folder, or an ending."""
    path = path_in(text)
    return len(path.parts) > 1 or bool(path.suffix) or path.exists()


def is_own(dataset: str) -> bool:
    """Whether a data set so called is a user's own: a file, or images prepared under a name."""
    return OWN_NAME.fullmatch(dataset) is not None or bool(path_in(dataset).suffix)


def cache_folder() -> Path:
    """Where runs and prepared images are kept: ``$LNL_CACHE``, else ``./cache``."""
    return Path(os.environ.get("LNL_CACHE") or "cache").expanduser().resolve()


def cache_of_own() -> Path:
    """The folder of a user's own images, prepared."""
    return cache_folder() / "own"


def cache_of_named() -> Path:
    """The folder of prepared sets of the papers: made again from their files when needed."""
    return cache_folder() / "sets"


def cache_of_features() -> Path:
    """The folder of features by frozen backbones: computed again when needed."""
    return cache_folder() / "features"
