"""``lessons``: list the guided experiments, or check their claims on several seeds."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from lnl.commands.files import check_table
from lnl.commands.output import print_json
from lnl.commands.streams import nobody_need_listen
from lnl.lessons import LESSONS
from lnl.runs.store import RunStore


def lessons(arguments: Namespace) -> int:
    """List them; with ``--check`` train them, 1 if a claim does not hold."""
    if arguments.check:
        return _check(arguments)
    for number, lesson in enumerate(LESSONS, 1):
        if arguments.json:
            told = {"title": lesson.title, "source": lesson.source, "question": lesson.question}
            print_json({"lesson": number, **told, "runs": [run.name for run in lesson.runs]})
        else:
            print(f"{number:>2}. {lesson.title} ({lesson.source})")
    return 0


@nobody_need_listen()
def _check(arguments: Namespace) -> int:
    from lnl.lessons.checking import Checked, check, write

    if arguments.table:
        check_table(arguments.table, Checked)
    holds = True
    for result in check(RunStore(), arguments.only, arguments.seeds):
        holds &= result.shows
        if arguments.table:
            write([result], arguments.table)
        if arguments.json:
            print_json(asdict(result))
        else:
            verdict = "shows" if result.shows else "DOES NOT SHOW"
            print(
                f"{result.lesson:>2}. seed {result.seed}, {result.seconds:.0f} s: {verdict}: "
                f"{result.effects}",
                flush=True,
            )
    return 0 if holds else 1
