"""What people say of a run, in a form that lists and addresses can show: name, note, tags."""

from __future__ import annotations

from collections.abc import Iterable

from lnl.errors import BadInput

MAX_NAME = 200  # letters
MAX_NOTE = 5_000
MAX_TAG = 40
MAX_TAGS = 12


def named(name: str) -> str:
    """A name on one line. Raises BadInput if it is empty or too long."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise BadInput(f"a run's name has 1 to {MAX_NAME} letters, got {len(name)}")
    return name


def noted(note: str) -> str:
    """A note without space around it. Raises BadInput if it is too long."""
    note = note.strip()
    if len(note) > MAX_NOTE:
        raise BadInput(f"a note has up to {MAX_NOTE:,} letters, got {len(note):,}")
    return note


def tagged(tags: Iterable[str]) -> list[str]:
    """Tags in lower case, sorted, each once. Raises BadInput for too many or too long ones."""
    found = sorted({" ".join(tag.replace(",", " ").split()).casefold() for tag in tags} - {""})
    long = next((tag for tag in found if len(tag) > MAX_TAG), None)
    if long is not None:
        raise BadInput(f"a tag has up to {MAX_TAG} letters, {long[:60]!r} has {len(long)}")
    if len(found) > MAX_TAGS:
        raise BadInput(f"a run has up to {MAX_TAGS} tags, got {len(found)}")
    return found
