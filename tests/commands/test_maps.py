"""``python -m lnl map``: what it says, and that it makes nothing twice; UMAP itself is replaced."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lnl import cli
from lnl.maps import layouts, making
from lnl.records import FeatureMap, RunSpec, StageSpan
from lnl.runs.store import RunStore
from tests.support import made_up


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(layouts, "warm_up", lambda store: None)
    monkeypatch.setattr(
        making,
        "make_map",
        lambda epoch, features, start=None: FeatureMap(
            epoch, "umap", np.ones((len(features), 2), np.float16), 0.25
        ),
    )
    store = RunStore()
    run = store.create(RunSpec(), made_up.facts(), (StageSpan("train", 1, 20),))
    for epoch in (1, 2):
        features = np.ones((4, 3), np.float16)
        store.append(run.id, replace(made_up.snapshot(epoch), probe_features=features))
    yield run.id
    store.close()


def test_a_line_a_map_and_none_twice(run, capsys):
    assert cli.main(["map", run]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "epoch 1: umap, 25 % of neighbours kept",
        "epoch 2: umap, 25 % of neighbours kept",
        f"{run}: 2 maps made, 0 were there already",
    ]
    assert cli.main(["map", run, "--json"]) == 0
    (said,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert said == {"event": "mapped", "run": run, "made": 0, "there": 2}


def test_json_lines(run, capsys):
    assert cli.main(["map", run, "--json"]) == 0
    first, *_ = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"event": "map", "run": run, "epoch": 1, "kind": "umap", "kept": 0.25}


def test_an_unknown_run_is_bad_input(run, capsys):
    assert cli.main(["map", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
