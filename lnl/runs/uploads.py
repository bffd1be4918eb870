"""A user's own data that came through the browser: files of the store, which its runs name."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from lnl.runs.files import write_whole
from lnl.runs.store import RunStore


def keep_upload(store: RunStore, name: str, content: bytes) -> Path:
    """Under its own name, in a folder named by what it holds: the same file twice is one file."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII)[-80:].lstrip(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    path = store.folder.resolve() / "uploads" / digest / plain
    if not path.exists():
        write_whole(path, lambda file: file.write(content))
    return path


def unused_uploads(store: RunStore) -> dict[Path, int]:
    """Bytes of each that no run was trained on, deleted ones included."""
    named = {run.spec.dataset for run in (*store.runs(), *store.runs(trashed=True))}
    files = (path for path in (store.folder.resolve() / "uploads").glob("*/*") if path.is_file())
    return {path: path.stat().st_size for path in files if str(path) not in named}


def drop_uploads(store: RunStore) -> int:
    """Remove those that no run was trained on; the bytes freed."""
    unused = unused_uploads(store)
    for path in unused:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    return sum(unused.values())
