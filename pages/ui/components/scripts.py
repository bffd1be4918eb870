"""The scripts and styles of components: files beside their Python."""

from __future__ import annotations

import re
from pathlib import Path


def text(module: str, *names: str) -> str:
    """Files beside ``module`` (its ``__file__``), one behind the other, as one script.

    Without lines of comment: a script is sent with every part on a page that it belongs to.
    """
    files = (Path(module).with_name(name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"^ *//.*\n", "", "\n".join(files), flags=re.MULTILINE)
