"""Where the data of a run lie now: files move, and runs go to other machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lnl.errors import BadInput
from lnl.records import RunInfo, RunSpec
from lnl.runs.store import RunStore
from lnl.runs.store.uploads import uploads


def with_data_found(store: RunStore, run: RunInfo, dataset: str | None = None) -> RunSpec:
    """The spec of a run that goes on, with the path where the same data lie now.

    ``dataset`` names the file or folder; else a file is looked for at its path, then among the
    uploads of the store, own images among all that are prepared. Named data sets lie where their
    data folder is; if that has gone, in the usual one.
    Raises BadInput that says what is needed.
    """
    if dataset is not None:
        return _named(run, replace(run.spec, dataset=dataset).with_absolute_paths())
    if run.spec.own_file is None:
        return _in_data_folder(_among_prepared(run))
    return _in_own_file(store, run, run.spec.own_file)


def _named(run: RunInfo, spec: RunSpec) -> RunSpec:
    if _holds(run, spec):
        return spec
    facts = run.data
    raise BadInput(
        f"{spec.dataset!r} does not hold the data that run {run.id} began with ({facts.title}: "
        f"{facts.num_train:,} training and {facts.num_test:,} test images, {facts.num_classes} "
        "classes): name the same file or folder"
    )


def _among_prepared(run: RunInfo) -> RunSpec:
    """Own images may have been imported again, under another title or from another place."""
    from lnl.data.own.own_source import is_prepared_name, prepared_source, prepared_sources

    name = run.spec.dataset
    if not is_prepared_name(name) or prepared_source(name):
        return run.spec
    for source in prepared_sources():
        spec = replace(run.spec, dataset=source.name)
        with suppress(BadInput):  # other images
            if source.num_train == run.data.num_train and _holds(run, spec):
                return spec
    raise BadInput(
        f"the images of run {run.id} ({run.data.title}) are not in the cache any more. To resume, "
        "import the same folder or zip again on the page Data, or name it: python -m lnl resume "
        f"{run.id} --dataset PATH"
    )


def _in_data_folder(spec: RunSpec) -> RunSpec:
    from lnl.data import dataset_card  # loads torch

    gone = spec.data_dir and dataset_card(spec.dataset, spec.data_dir).missing
    return replace(spec, data_dir=None) if gone else spec


def _in_own_file(store: RunStore, run: RunInfo, path: Path) -> RunSpec:
    state = "has changed since the run began" if path.is_file() else "is not there any more"
    for candidate in _candidates(store, path):
        spec = run.spec if candidate == path else replace(run.spec, dataset=str(candidate))
        try:
            if candidate.is_file() and _holds(run, spec):
                return spec
        except BadInput as error:  # a file of something else
            if candidate == path:
                state = f"cannot be read as it was when the run began: {error}"
    raise BadInput(
        f"the file {str(path)!r} {state}. To resume, put the same file back, upload it on the page "
        f"Data, or name it: python -m lnl resume {run.id} --dataset PATH"
    )


def _candidates(store: RunStore, path: Path) -> Iterator[Path]:
    yield path
    yield from sorted(uploads(store), key=lambda upload: upload.name != path.name)


def _holds(run: RunInfo, spec: RunSpec) -> bool:
    """Whether the data that the run began with are there; before it has begun, any are."""
    from lnl.data import data_of  # loads torch

    return run.scheme is None or data_of(spec, run.scheme).fingerprint == run.data.fingerprint
