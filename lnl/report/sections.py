"""The sections of a report, each as pieces of HTML."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from math import isnan

import plotly.graph_objects as go

from lnl import charts, findings
from lnl.charts import Line
from lnl.charts.offline import embedded
from lnl.comparison import Group, Row, differences, rows
from lnl.comparison.tables import PUBLISHED, published_lines, shown, title, used
from lnl.findings import RunRecords, labels_wrong, training_images
from lnl.findings.summary import RunSummary
from lnl.records import DataFacts, Detection, RunInfo, RunSpec
from lnl.report.page import plain, table
from lnl.runs.store.run_rows import why_not_trained_here

METRICS = ("test accuracy", "memorised", "detection F1")
PACKAGES = ("torch", "numpy", "scikit-learn", "plotly")


@dataclass(frozen=True)
class Options:
    """How the runs are looked at."""

    epoch: int | None = None  # None: the newest of each
    truth: bool = True  # False: as if the true labels were unknown
    judged: bool = True  # False: no verdicts, so that one can guess
    seeds: bool = False  # one line and one row for all stored seeds of a setting


def verdicts(seen: Sequence[RunRecords], options: Options) -> Iterator[str]:
    """What each run shows at the epoch, in words."""
    yield "<h2>What happened</h2>"
    for run in seen:
        told = findings.verdict(run, options.epoch)
        failed = f" {plain(run.info.message)}" if run.info.message else ""
        yield (
            f"<p><b>{plain(run.info.name)}</b> ({plain(run.info.status)}): "
            f"<b>{plain(told.headline)}</b> {plain(told.numbers)}{failed}</p>"
        )


def results(groups: Sequence[Group], seen: Sequence[RunRecords]) -> Iterator[str]:
    """The table, and what was published."""
    summaries = {r.info.id: RunSummary.of(r.info.id, r.info.data, r.records) for r in seen}
    found = rows(groups, summaries)
    columns = used(found)
    yield "<h2>Results</h2>"
    yield "<p class='what'>At the last epoch where nothing else is said; ± one standard deviation "
    yield "over seeds.</p>"
    yield from _measured_on(seen)
    head = ["run", *map(title, columns)]
    yield table(
        head,
        [[r.name, *(shown(r.values[c.title], c.unit) for c in columns)] for r in found],
        numbers_from=1,
        helps={title(column): column.help for column in columns},
    )
    yield from _published(found)


def _measured_on(seen: Sequence[RunRecords]) -> Iterator[str]:
    for sentence in findings.measured_on(run.info.data for run in seen):
        yield f"<p class='what'>{plain(sentence)}</p>"


def _published(found: Sequence[Row]) -> Iterator[str]:
    told = published_lines(found)
    if told:
        yield "<h2>Published for the same data, noise, network and method</h2>"
        yield "<p class='what'>In percent. The papers train longer than a quick run does.</p>"
        yield table(PUBLISHED, told, 3)


def figures(
    groups: Sequence[Group], every: Sequence[RunRecords], options: Options
) -> Iterator[str]:
    """The curves of all runs over one another."""
    by_id = {run.info.id: run for run in every}
    lines = [Line(group.name, tuple(by_id[run.id] for run in group.runs)) for group in groups]
    metrics = [findings.metric(name) for name in METRICS]
    known = [metric for metric in metrics if any(line.course(metric) for line in lines)]
    what = "Each run a line, in its method's colour and dash."
    if options.seeds:
        what = "Mean over the seeds of a setting, with a band of one standard deviation."
    made = charts.compared_curves(lines, known or metrics[:1], options.epoch)
    yield from _figure("Side by side", what, made, _label(every, options))
    yield from _measured_on(every)


def details(seen: list[RunRecords], at_epoch: list[RunRecords], options: Options) -> Iterator[str]:
    """The figures that have a plot a run; ``at_epoch`` holds one record each, with histograms."""
    label = _label(seen, options)
    yield from _figure(
        "Confidence in the given label",
        "Each training sample once, by the probability of its given label: solid clean, hatched "
        "mislabelled.",
        charts.histograms(at_epoch),
        label,
    )
    yield from _figure(
        "Training accuracy against the clean rate",
        "Above the dashed line a network can only get by memorising wrong labels.",
        charts.fitting_curves(seen, options.epoch),
        label,
    )
    if any(_tells(record.detection) for run in seen for record in run.records):
        yield from _figure(
            "Finding the wrong labels",
            "Precision, recall, F1 and AUROC of the method's selection.",
            charts.detection_curves(seen, options.epoch),
            label,
        )


def _tells(found: Detection | None) -> bool:
    """Nothing can be found where nothing is mislabelled."""
    return found is not None and not all(isnan(value) for value in vars(found).values())


def _figure(head: str, what: str, figure: go.Figure, label: str) -> Iterator[str]:
    yield f"<h2>{head}</h2><p class='what'>{what}</p>"
    yield embedded(figure, f"{head}. {label}")


def _label(seen: Sequence[RunRecords], options: Options) -> str:
    told = ((run.info.name, findings.verdict(run, options.epoch).headline) for run in seen)
    return " ".join(f"{name}: {headline}" for name, headline in told)


def settings(infos: Sequence[RunInfo]) -> Iterator[str]:
    """The settings that differ."""
    found = differences(infos)
    if found:
        yield "<h2>Where the settings differ</h2>"
        yield table(["setting", *(run.name for run in infos)], [[d.name, *d.values] for d in found])


def data(infos: Sequence[RunInfo], options: Options) -> Iterator[str]:
    """What the runs were trained on."""
    facts = {run.data.fingerprint: (run.data, run.spec) for run in infos}
    yield "<h2>Data</h2>"
    head = ["data set", "noise", "trained on", "test images", "tested on", "classes"]
    head += ["labels", "id"]
    yield table(head, [_facts(data, spec, options) for data, spec in facts.values()])


def _facts(data: DataFacts, spec: RunSpec, options: Options) -> list[str]:
    known = data if options.truth else replace(data, actual_noise_rate=None)
    return [
        data.title or spec.data_name,
        f"{spec.noise} {spec.rate:.0%}, noise seed {spec.noise_seed}",
        training_images(data),
        f"{data.num_test:,}",
        findings.words_for_test_set(known),
        str(data.num_classes),
        labels_wrong(known),
        data.fingerprint,
    ]


def commands(runs: Iterable[RunInfo], spell: Callable[[RunSpec], str]) -> Iterator[str]:
    """The lines that train the same runs again."""
    yield "<h2>Train them again</h2>"
    for run in runs:
        command = why_not_trained_here(run) or spell(replace(run.spec, data_dir=None))
        yield f"<p><b>{plain(run.name)}</b> · {plain(run.device)}</p><pre>{plain(command)}</pre>"


def made() -> str:
    """When, and with which versions."""
    found = [f"Python {platform.python_version()}", *filter(None, map(_version, PACKAGES))]
    day = time.strftime("%d %B %Y, %H:%M")
    return f"Made by LNL Explorer on {day}, with {', '.join(found)}."


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
