"""The set-up form: how many runs a Start trains, and what it says of them."""

import pytest

from lnl.runs.running.manager import RunManager


def text(at):
    return "\n".join(box.value for box in at.caption)


@pytest.fixture
def started(monkeypatch):
    found = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: found.append(specs) or [])
    return found


def test_one_start_trains_several_seeds(app, started, healthy):
    at = healthy(app(methods="ce,FINE", seed="5", seed_count="3"))
    assert "6 runs**: every method with the seeds 5 to 7." in text(at)
    assert "FINE over SED" in text(at)
    at.button(key="start").click().run()
    ((*specs,),) = started
    assert [(spec.method, spec.seed) for spec in specs] == [
        (method, seed) for seed in (5, 6, 7) for method in ("ce", "fine")
    ]
    assert {spec.noise_seed for spec in specs} == {0}, "the same wrong labels"


def test_of_more_runs_than_fit_the_first_are_shown(app, monkeypatch, make_run, healthy):
    monkeypatch.setattr(
        RunManager, "start", lambda self, specs: [make_run(s.method, 1, group="g") for s in specs]
    )
    at = healthy(app(methods="CE,NL", seed_count="5"))
    assert "10 runs**: every method with the seeds 0 to 4. The first 8 are shown" in text(at)
    at.button(key="start").click().run()
    assert len(at.query_params["runs"].split(",")) == 8


def test_too_many_runs_are_refused_before_the_start(app, store, healthy):
    at = app(methods="CE,NL", seed_count="13")
    (told,) = [box.value for box in at.error]
    assert "one start takes 1 to 24 runs, got 26" in told
    at.button(key="start").click().run()
    assert not store.runs()
    healthy(at.number_input(key="seed_count").set_value(12).run())


@pytest.mark.parametrize("asked", ["0", "-3", "x", "1e9", "101"])
def test_a_strange_number_of_seeds_breaks_nothing(app, started, asked):
    at = app(seed_count=asked)
    assert not at.exception
    at.button(key="start").click().run()
    assert all(len(specs) <= 200 for specs in started)


def test_a_single_seed_needs_no_word(app, healthy):
    assert "runs**: every" not in text(healthy(app()))
