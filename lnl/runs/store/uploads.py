"""A user's own data that came through the browser: files of the store, which its runs name."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from lnl.runs.store import RunStore
from lnl.runs.store.files import write_whole


def keep_upload(store: RunStore, name: str, content: bytes) -> Path:
    """Under its own name, in a folder named by what it holds: the same file twice is one file."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII)[-80:].lstrip(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    path = store.folder.resolve() / "uploads" / digest / plain
    if not path.exists():
        write_whole(path, lambda file: file.write(content))
    return path


def is_upload(store: RunStore, path: str) -> bool:
    """Whether a path is that of an upload."""
    return bool(path) and Path(path).is_relative_to(store.folder.resolve() / "uploads")


def uploads(store: RunStore) -> list[Path]:
    """All of them."""
    return sorted((store.folder.resolve() / "uploads").glob("*/[!.]*"))


def unused_uploads(store: RunStore) -> dict[Path, int]:
    """Bytes of each that no run was trained on, deleted ones included, by whatever road."""
    named = {_place(dataset) for dataset in store.datasets()}
    return {path: path.stat().st_size for path in uploads(store) if _place(path) not in named}


def _place(path: str | Path) -> tuple[str, ...]:
    """What the file holds and its name: the same from another folder, or through a link."""
    return Path(path).parts[-2:]


def drop_uploads(store: RunStore) -> int:
    """Remove those that no run was trained on; the bytes freed."""
    unused = unused_uploads(store)
    for path in unused:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # another is just being written there
            path.parent.rmdir()
    return sum(unused.values())
