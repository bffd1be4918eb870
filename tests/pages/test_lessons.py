import json
from dataclasses import replace

import numpy as np
import pytest

from lnl import recorded
from lnl.catalogue import resolve
from lnl.errors import BadInput
from lnl.lessons import LESSONS
from lnl.records import Previews
from lnl.runs.running.manager import RunManager
from pages.ui.board import panels
from tests.support import made_up
from tests.support.controls import control

PAGE = "pages/lessons.py"


def text(at):
    boxes = (*at.markdown, *at.caption, *at.warning, *at.header, *at.title)
    return "\n".join(box.value for box in boxes).replace("\\", "")


def keys(at):
    return {button.key for button in at.button}


@pytest.fixture
def trained(store):
    """Puts the runs of a lesson into the store, as if trained; their ids."""
    owners = []

    def make(number, epochs=None, status="done", message=""):
        ids = []
        owners.append(store.own())
        for planned in LESSONS[number - 1].runs:
            told = resolve(planned.spec)
            spec = replace(told.spec, device="auto", precision="auto", threads=None)
            run = store.create(
                spec,
                made_up.facts(),
                told.stages,
                name=f"{planned.name} · lesson {number}",
                group="lesson",
                owner=owners[-1].token if status == "running" else "",
            )
            for epoch in range(1, (told.stages[-1].last if epochs is None else epochs) + 1):
                store.append(run.id, made_up.snapshot(epoch, planned.spec.method))
            store.set_status(run.id, status, message)
            ids.append(run.id)
        return ids

    yield make
    for owner in owners:
        owner.release()


@pytest.fixture
def started(monkeypatch):
    calls = []
    monkeypatch.setattr(
        RunManager, "start", lambda self, specs, names=(): calls.append((specs, names)) or []
    )
    return calls


def test_all_lessons_are_listed_without_runs(app, healthy, figures):
    at = healthy(app(PAGE))
    for number, lesson in enumerate(LESSONS, 1):
        assert f"{number}. {lesson.title}" in text(at)
        assert lesson.learns in text(at)
        assert f"about {lesson.seconds} s of training · after {lesson.source}" in text(at)
        assert f"open_lesson_{number}" in keys(at)
    assert not figures(at)


def test_a_lesson_begins_with_its_question_and_the_images(app, healthy):
    at = healthy(app(PAGE))
    at.button(key="open_lesson_2").click().run()
    assert dict(at.query_params) == {"lesson": "2"}
    assert LESSONS[1].question in text(at)
    assert at.radio(key="guess_2").options == list(LESSONS[1].choices)
    assert at.radio(key="guess_2").value is None, "nothing is guessed for you"
    shown = [e.proto.component_name for e in at.get("bidi_component")]
    assert shown.count("lnl_pictures") == 1


def test_one_step_after_the_other_and_back(app, healthy):
    at = app(PAGE, lesson="2")
    at.radio(key="guess_2").set_value("Both").run()
    healthy(at.button(key="lesson_next").click().run())
    assert LESSONS[1].watch in text(at)
    assert "lesson_next" not in keys(at), "nothing was run yet"
    healthy(at.button(key="lesson_back").click().run())
    assert at.radio(key="guess_2").value == "Both"
    at.button(key="lessons_all").click().run()
    assert not at.query_params


def test_the_button_trains_the_runs_of_the_lesson(app, started):
    at = app(PAGE, lesson="2", step="2")
    at.button(key="lesson_start").click().run()
    ((specs, names),) = started
    assert specs == [run.spec for run in LESSONS[1].runs]
    assert names == ["CE · lesson 2", "NL · lesson 2"]


def test_a_change_trains_the_changed_runs(app, started):
    at = app(PAGE, lesson="2", step="4")
    at.button(key="lesson_change_1").click().run()
    assert at.query_params["change"] == "1"
    assert LESSONS[1].changes[0].text in text(at)
    at.button(key="lesson_start").click().run()
    ((specs, _),) = started
    assert [spec.rate for spec in specs] == [0.6, 0.6]


def test_what_is_refused_is_said(app, monkeypatch):
    def refuse(self, specs, names=()):
        raise BadInput("20 batches are already queued")

    monkeypatch.setattr(RunManager, "start", refuse)
    at = app(PAGE, lesson="2", step="2")
    at.button(key="lesson_start").click().run()
    assert any("20 batches are already" in box.value for box in at.error)


def test_runs_that_are_here_are_offered(app, trained, figures, healthy):
    ids = trained(2)
    at = healthy(app(PAGE, lesson="2", step="2"))
    assert "Show the stored runs" in at.button(key="lesson_here").label
    healthy(at.button(key="lesson_here").click().run())
    assert at.query_params["runs"] == ",".join(ids)
    assert {"confidence", "training-accuracy"} <= figures(at).keys()
    assert "lesson_next" in keys(at)


def test_the_recorded_run_serves_a_lesson(app, first_start, healthy):
    at = healthy(app(PAGE, lesson="3", step="2"))
    healthy(at.button(key="lesson_here").click().run())
    healthy(at.button(key="lesson_next").click().run())
    assert "Far surer, but not of wrong labels" in text(at)


def test_no_run_is_offered_that_is_another(app, trained, store, healthy):
    for run_id in trained(2)[:1]:
        store.trash(run_id)
    assert "lesson_here" not in keys(healthy(app(PAGE, lesson="2", step="2")))


def test_a_lesson_that_is_training(app, trained, figures, healthy):
    ids = trained(2, epochs=3, status="running")
    at = healthy(app(PAGE, lesson="2", step="2", runs=",".join(ids)))
    assert "Training…" in text(at)
    assert "lesson_next" not in keys(at)
    assert "confidence" in figures(at)
    at = healthy(app(PAGE, lesson="2", step="3", runs=",".join(ids)))
    assert "Not finished yet" in text(at)


def test_a_lesson_that_stopped_says_so_and_can_go_on(app, trained, healthy):
    ids = trained(2, epochs=3, status="failed", message="out of memory")
    at = healthy(app(PAGE, lesson="2", step="2", runs=",".join(ids)))
    assert "CE · lesson 2: failed. out of memory" in text(at)
    assert f"resume_{ids[0]}" in keys(at)


@pytest.mark.parametrize(
    ("guess", "told"),
    [
        ("CE only", "You guessed it: “CE only”."),
        ("Both", "CE only.** Your guess was “Both”."),
        (None, "**CE only.**"),
    ],
)
def test_the_answer_comes_after_the_run_with_its_numbers(app, trained, healthy, guess, told):
    ids = trained(2)
    at = app(PAGE, lesson="2", step="1", runs=",".join(ids))
    if guess:
        at.radio(key="guess_2").set_value(guess).run()
    assert "repeats" not in text(at)
    at.button(key="lesson_next").click().run()
    healthy(at.button(key="lesson_next").click().run())
    assert told in text(at)
    assert "CE repeats 90% of the wrong labels in the end, NL 5%" in text(at)


def test_an_effect_that_does_not_show_is_admitted(app, trained, store, healthy):
    ids = trained(2)
    with store.database.writing() as connection:  # the second run memorises, too
        connection.execute(
            "UPDATE records SET scalars = (SELECT scalars FROM records AS other WHERE"
            " other.run_id = ? AND other.epoch = records.epoch) WHERE run_id = ?",
            ids,
        )
    at = healthy(app(PAGE, lesson="2", step="3", runs=",".join(ids)))
    assert "Not this time" in text(at)
    assert "CE only" not in text(at)


def test_the_last_step_explains_and_leads_on(app, trained, healthy):
    ids = trained(2)
    at = healthy(app(PAGE, lesson="2", step="4", runs=",".join(ids)))
    assert LESSONS[1].why in text(at)
    assert LESSONS[1].source in text(at)
    healthy(at.button(key="lesson_following").click().run())
    assert dict(at.query_params) == {"lesson": "3"}
    last = healthy(app(PAGE, lesson=str(len(LESSONS)), step="4"))
    assert "lesson_following" not in keys(last)


@pytest.mark.parametrize("lesson", ["0", "99", "two", "-1", "²", "1" * 50, ""])
def test_a_bad_lesson_in_the_address(app, healthy, lesson):
    at = healthy(app(PAGE, lesson=lesson))
    assert "open_lesson_1" in keys(at)
    assert at.query_params.get("lesson", "99") == "99", "what says nothing is taken off"
    assert (f"numbered 1 to {len(LESSONS)}" in text(at)) == (lesson == "99")


@pytest.mark.parametrize(
    "query", [{"step": "9"}, {"step": "x"}, {"change": "7"}, {"runs": "gone,too"}]
)
def test_other_nonsense_in_the_address_is_ignored(app, healthy, query):
    at = healthy(app(PAGE, **{"lesson": "2", **query}))
    assert LESSONS[1].question in text(at)
    assert {"step", "change"}.isdisjoint(at.query_params)


def test_more_or_fewer_runs_than_the_lesson_has_are_not_shown(app, make_run, figures, healthy):
    at = healthy(app(PAGE, lesson="2", step="2", runs=make_run(epochs=3)))
    assert not figures(at)
    assert "lesson_start" in keys(at)


def test_every_panel_of_a_lesson_exists():
    known = {panel.label for panel in panels.PANELS}
    for lesson in LESSONS:
        assert set(lesson.panels) <= known, lesson.title
        assert lesson.panels


def test_the_recorded_runs_are_those_of_lessons():
    """Else their first look would need training."""
    methods = {run.spec.method for lesson in LESSONS for run in lesson.runs}
    assert {path.stem for path in recorded.FOLDER.glob("*.zip")} <= methods


OTHERS = {"bars": "count", "fitting": "mislabelled", "detection": "curve", "of": "clean scores"}


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("step", ["2", "3", "4"])
def test_every_control_of_a_step_may_be_used_before_its_buttons(
    app, trained, healthy, number, step
):
    """Words that a widget had bound could not be rewritten by a step: the page broke."""
    ids = trained(number)
    at = healthy(app(PAGE, lesson=str(number), step=step, runs=",".join(ids)))
    for switch in list(at.toggle):
        healthy(switch.set_value(not switch.value).run())
    there = {box.key for box in at.segmented_control}
    for key, other in OTHERS.items():
        if key in there:
            healthy(control(at, "segmented_control", key).set_value(other).run())
    changed = dict(at.query_params)
    assert changed.items() >= {"lecture": "true", "log": "true", "of": "clean scores"}.items()
    healthy(at.button(key="lesson_back").click().run())
    assert dict(at.query_params) == {**changed, "step": str(int(step) - 1)} or step == "2"
    assert at.query_params["runs"] == ",".join(ids)
    healthy(at.button(key="lessons_all").click().run())
    assert "open_lesson_1" in keys(at)


@pytest.fixture
def restored(store):
    """Puts finished runs of lesson 6 into the store; ``shown`` are the levels they distort to."""
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())

    def make(shown, epochs=(2, 2)):
        ids = []
        for planned, level, last in zip(LESSONS[5].runs, shown, epochs, strict=True):
            told = resolve(planned.spec)
            run = store.create(planned.spec, made_up.facts(), told.stages, group="lesson")
            for epoch in range(1, last + 1):
                images = [np.zeros((9, 1, 8, 8), np.uint8) for _ in range(3)]
                images[1][:] = level
                images[2][:] = 51 * epoch if planned is LESSONS[5].runs[0] else 102 * epoch
                made = replace(made_up.snapshot(epoch, "rfl"), previews=Previews(*images))
                store.append(run.id, made)
            store.set_status(run.id, "done")
            ids.append(run.id)
        return ids

    return make


def grids(at):
    shown = [e.proto for e in at.get("bidi_component")]
    return [json.loads(p.json) for p in shown if p.component_name == "lnl_pictures"]


def test_restorations_of_the_same_distortion_stand_side_by_side(app, restored, healthy):
    at = healthy(app(PAGE, lesson="6", step="2", runs=",".join(restored((51, 51)))))
    (grid,) = grids(at)
    assert "original, distorted, restored by each network (right labels, 80 % wrong)" in text(at)
    line = "error: right labels 0.160, 80 % wrong 0.640"  # (102 / 255)², (204 / 255)²
    assert {picture["lines"][0] for picture in grid["pictures"]} == {line}
    assert grid["width"] == 4 * 8 + 3, "four images and the lines between them"
    assert "distorted images 0.0400" in text(at)


def test_they_are_of_one_epoch(app, restored, healthy):
    at = healthy(app(PAGE, lesson="6", step="2", runs=",".join(restored((51, 51), (1, 2)))))
    assert "Epoch 1: mean error" in text(at)
    assert "right labels **0.0400**, 80 % wrong **0.1600**" in text(at)


def test_older_runs_with_draws_of_their_own_are_shown_one_by_one(app, restored, healthy):
    at = healthy(app(PAGE, lesson="6", step="2", runs=",".join(restored((51, 102)))))
    assert len(grids(at)) > 2
    assert "restored by each network" not in text(at)
