"""A run as a row: its id, its name, and the way from the table to a ``RunInfo``."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from lnl.errors import StoreError
from lnl.records import DataFacts, Heartbeat, RunInfo, RunSpec, StageSpan
from lnl.runs.store.record_format import (
    CURRENT,
    FIRST,
    Format,
    NewerFormat,
    known,
    of_spec,
    run_parts,
    with_note,
)

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no letter that is read as another
_NO_RATE = {
    "none": "no added noise",
    "human": "human labels",
    "matrix": "own noise matrix",
    "file": "labels from a file",
}
NO_DATA = DataFacts("", "", 0, 0, 0, (), (0, 0, 0), None)  # of a run that is not prepared yet


def new_id(spec: RunSpec) -> str:
    """A short name that is safe in paths and addresses: method, data set, six letters."""
    words = re.findall(r"[a-z0-9]+", f"{spec.method} {spec.data_name}".lower())
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return "-".join(["-".join(words)[:40].strip("-") or "run", letters])


def default_name(spec: RunSpec, method_title: str = "") -> str:
    """What a run is called: "SelNLPL · digits · symmetric 40 % · seed 0"."""
    words = (method_title or spec.method, spec.data_name, noise_words(spec))
    return " · ".join((*words, f"seed {spec.seed}"))


def noise_words(spec: RunSpec) -> str:
    """The noise of a run: "symmetric 40 %"."""
    return _NO_RATE.get(spec.noise) or f"{spec.noise} {100 * spec.rate:g} %"


def described(
    spec: RunSpec,
    data: DataFacts,
    stages: Sequence[StageSpan],
    device: str,
    unknown: Sequence[str] = (),
) -> dict[str, str]:
    """The columns that say what a run trains, in the format that its spec names."""
    lost = {"unknown": unknown} if unknown else {}
    return {
        "spec": json.dumps({"format": str(CURRENT), **lost, **asdict(spec)}),
        "data": json.dumps(asdict(data)),
        "stages": json.dumps([asdict(stage) for stage in stages]),
        "device": device,
    }


def run_info(row: sqlite3.Row) -> RunInfo:
    """The inverse of what ``create`` and ``describe`` write. Raises StoreError if damaged."""
    try:
        stored = {name: json.loads(row[name]) for name in ("spec", "data", "stages")}
        format = Format.read(stored["spec"].pop("format", FIRST))
        unknown = stored["spec"].pop("unknown", [])
        parts, left_out = run_parts(stored, format)
        data = parts["data"]
        data |= {
            "class_names": tuple(data["class_names"]),
            "image_shape": tuple(data["image_shape"]),
        }
        return RunInfo(
            id=row["id"],
            name=row["name"],
            spec=RunSpec(**parts["spec"]),
            data=DataFacts(**data),
            stages=tuple(StageSpan(**stage) for stage in parts["stages"]),
            unknown=(*unknown, *of_spec(left_out)),
            status=row["status"],
            created=row["created"],
            group=row["group_id"],
            message=with_note(row["message"], format, left_out),
            wanted=row["wanted"],
            last_epoch=row["last_epoch"],
            heartbeat=_heartbeat(row["heartbeat"]),
            device=row["device"],
            test_accuracy=row["last_accuracy"],
            best_test_accuracy=row["best_accuracy"],
            seconds=row["seconds"],
            note=row["note"],
            tags=tuple(json.loads(row["tags"])),
            starred=bool(row["starred"]),
        )
    except NewerFormat as error:
        raise StoreError(f"run {row['id']} is left out: {error}") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StoreError(f"run {row['id']} is damaged and left out: {error}") from error


def readable(rows: Iterable[sqlite3.Row]) -> tuple[list[RunInfo], list[str]]:
    """Those that are not damaged, and why the others are."""
    runs, problems = [], []
    for row in rows:
        try:
            runs.append(run_info(row))
        except StoreError as error:
            problems.append(str(error))
    return runs, problems


def why_not_trained_here(run: RunInfo) -> str:
    """Why its spec is not enough to train it in this version of lnl; empty if it is."""
    if not run.unknown:
        return ""
    return (
        f"run {run.id} was made by a newer version of lnl and can only be looked at here: its spec "
        f"has {', '.join(run.unknown)}. Update lnl, and import it again if it came as a file"
    )


def _heartbeat(stored: str | None) -> Heartbeat | None:
    """A newer version that trains may say more."""
    return Heartbeat(**known(Heartbeat, json.loads(stored))[0]) if stored else None
