"""The lessons' texts and runs, and that a finished run is found again."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from lnl.catalogue import resolve
from lnl.lessons import LESSONS
from lnl.lessons.finding import finished
from lnl.lessons.lesson import changed
from lnl.records import RunSpec
from tests.support import made_up

ROOT = Path(__file__).parents[2]
MOST_WORDS = 60
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)


def test_there_are_at_least_eight():
    assert len(LESSONS) >= 8
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)


@EACH
def test_texts_are_short(lesson):
    for text in (lesson.question, lesson.watch, lesson.why):
        assert 10 <= len(text.split()) <= MOST_WORDS, text
    assert 2 <= len(lesson.choices) <= 4
    assert 0 <= lesson.answer < len(lesson.choices)
    assert 1 <= len(lesson.changes) <= 2


def test_what_is_learned_and_how_long_it_takes_are_those_of_the_benchmark():
    """Seed 0 was measured on an idle machine: see benchmarks/README.md."""
    with (ROOT / "benchmarks" / "lessons.csv").open(encoding="utf-8", newline="") as table:
        measured = {int(r["lesson"]): r for r in csv.DictReader(table) if r["seed"] == "0"}
    for number, lesson in enumerate(LESSONS, 1):
        row = measured[number]
        assert row["title"] == lesson.title
        assert int(row["epochs"]) == sum(run.spec.epochs for run in lesson.runs)
        assert abs(lesson.seconds - float(row["seconds"])) <= 0.5
        assert 8 <= len(lesson.learns.split()) <= 20
        assert lesson.choices[lesson.answer] not in lesson.learns, "nothing is given away"


@EACH
def test_every_run_can_be_trained_and_a_change_changes_it(lesson):
    for change in (None, *range(1, len(lesson.changes) + 1)):
        planned = lesson.planned(change)
        assert len(planned) == len(lesson.runs), "the claim reads as many"
        assert len({run.name for run in planned}) == len(planned)
        for run in planned:
            assert resolve(run.spec).spec.epochs == run.spec.epochs, "told before it starts"
        if change:
            assert [run.spec for run in planned] != [run.spec for run in lesson.runs]


def test_a_seed_draws_network_and_noise():
    assert {(run.spec.seed, run.spec.noise_seed) for run in LESSONS[1].planned(seed=2)} == {(2, 2)}


def test_a_change_keeps_what_it_does_not_name():
    runs = changed(LESSONS[3].runs, rate=0.6, settings={"learning_rate": 0.05})
    for before, after in zip(LESSONS[3].runs, runs, strict=True):
        assert after.spec.rate == 0.6
        assert after.spec.settings == {**before.spec.settings, "learning_rate": 0.05}
        assert (after.name, after.spec.epochs) == (before.name, before.spec.epochs)


def kept(spec, **changes):
    """A run as the store keeps it: every default filled in."""
    told = resolve(spec)
    return replace(made_up.info(spec=told.spec, stages=told.stages), **changes)


def test_a_finished_run_of_the_same_spec_is_found():
    spec = RunSpec(method="nl", epochs=20, settings={"complementary_labels": 5})
    run, told = kept(spec), resolve(spec).spec
    assert finished([run], told) == run
    assert finished([kept(spec, id="newer"), run], told).id == "newer"


@pytest.mark.parametrize(
    "other",
    [
        {"epochs": 21},
        {"seed": 1},
        {"noise_seed": 1},
        {"rate": 0.2},
        {"settings": {"complementary_labels": 4}},
        {"settings": {"complementary_labels": 5, "learning_rate": 0.01}},
        {"noise_options": {"sampling": "iid"}},
        {"network": "cnn7"},
        {"batch_size": 32},
        {"limit": 100},
    ],
    ids=str,
)
def test_a_run_of_another_spec_is_not(other):
    spec = RunSpec(method="nl", epochs=20, settings={"complementary_labels": 5})
    assert finished([kept(replace(spec, **other))], resolve(spec).spec) is None


def test_an_unfinished_run_is_not():
    spec = RunSpec(epochs=20)
    assert finished([kept(spec, status="stopped")], resolve(spec).spec) is None
