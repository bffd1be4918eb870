"""A comparison as one HTML page: replay, figures, tables, commands; it needs no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lnl import findings
from lnl.charts.grid import MOST
from lnl.comparison import grouped, mismatches, named, scope, shared
from lnl.errors import BadInput
from lnl.findings import RunRecords
from lnl.records import RunInfo, RunSpec
from lnl.report import replay, sections
from lnl.report.page import page, plain
from lnl.report.sections import Options
from lnl.runs.store import RunStore

__all__ = ["Options", "report"]


def report(
    store: RunStore,
    run_ids: Sequence[str],
    spell: Callable[[RunSpec], str],
    options: Options | None = None,
) -> str:
    """The page as text; ``spell`` writes a run as the command that trains it.

    Raises BadInput for no or too many runs, or one that is not stored.
    """
    options = options or Options()
    if not 1 <= len(run_ids) <= MOST:
        raise BadInput(f"a report shows 1 to {MOST} runs, got {len(run_ids)}; name fewer")
    stored = [store.run(run_id) for run_id in run_ids]
    known = store.alike(run.spec for run in stored) if options.seeds else []
    groups = grouped(stored, known, options.seeds)
    chosen = named(stored)
    every = [_seen(store, run, options) for group in groups for run in group.runs]
    seen = [_seen(store, run, options) for run in chosen]
    heading = ", ".join(dict.fromkeys(run.name.split(" · ")[0] for run in stored))
    answers = [
        *sections.verdicts(seen, options),
        *sections.results(groups, every),
        *sections.figures(groups, every, options),
        *sections.details(seen, [_looked_at(store, run, options) for run in seen], options),
        *sections.settings(chosen),
        *sections.data(chosen, options),
        *sections.commands(stored, spell),
    ]
    body = [
        f"<h1>{plain(heading)}</h1>",
        f"<p class='what'>{plain(_subtitle(stored, options))} {scope(groups)}</p>",
        *(f"<p class='note'>{plain(sentence)}</p>" for sentence in mismatches(groups)),
        replay.replay(store, chosen, options),
        f"<div class='lnl-answers'>{''.join(answers)}</div>",
        f"<footer>{plain(sections.made())}</footer>",
    ]
    return page(heading, "\n".join(body), replay.STYLE, replay.SCRIPT)


def _seen(store: RunStore, run: RunInfo, options: Options) -> RunRecords:
    known = RunRecords(run, store.records(run.id), options.judged)
    return known if options.truth else findings.blind(known)


def _looked_at(store: RunStore, run: RunRecords, options: Options) -> RunRecords:
    found = run.at(options.epoch)
    records = [store.record(run.info.id, found.epoch)] if found else []
    one = RunRecords(run.info, records, options.judged)
    return one if options.truth else findings.blind(one)


def _subtitle(runs: Sequence[RunInfo], options: Options) -> str:
    when = "the newest epoch" if options.epoch is None else f"epoch {options.epoch}"
    hidden = "" if options.truth else "; as if nobody knew the true labels"
    count = "One run" if len(runs) == 1 else f"{len(runs)} runs"
    common = shared([run.name for run in runs])
    return f"{count} of learning with noisy labels, at {when}{hidden}. {common}."
