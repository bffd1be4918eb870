"""The replay of a report: every epoch, with the truth and without it, in few bytes."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from plotly.offline import get_plotlyjs_version

from lnl.charts.offline import LIBRARY, library
from lnl.commands.run_as_command import command
from lnl.maps import making
from lnl.records import EpochSnapshot, FeatureMap
from lnl.report import Options, report
from lnl.report import replay as module
from lnl.report.replay import CONFIDENCE, FITTING, MAP
from tests.support import made_up, replayed
from tests.support.mapped import mapped_run, places

MEGABYTES = 1_000_000
REPLAY = re.compile(r"<section class='lnl-replay'.*?</section>", re.S)
FIGURE = re.compile(r'<script type="application/json">(\{"figure".*?)</script>', re.S)


def text_of(store, runs, **options):
    return report(store, runs, command, Options(**options))


def content(text):
    """What the script of the page reads."""
    (section,) = REPLAY.findall(text)
    return json.loads(section.split('json">')[1].split("</script>")[0])


def names(found, side, film, frame):
    """The traces that are drawn."""
    figure = replayed.framed(found["sides"][side]["films"][film], frame, found["places"])
    return {trace["name"] for trace in figure["data"]}


def test_every_epoch_of_every_run_is_there(store):
    runs = [mapped_run(store, "ce", 20), mapped_run(store, "selnlpl", 15)]
    found = content(text_of(store, runs))
    assert found["epochs"] == list(range(1, 21))
    for side in found["sides"]:
        assert list(side["films"]) == [CONFIDENCE, FITTING, MAP]
        assert len(side["words"]) == 20
        assert side["films"][CONFIDENCE]["tracks"]
        assert side["films"][FITTING]["tracks"]
        for film in side["films"].values():
            assert all(len(track["at"]) == 20 for track in film["tracks"])
    told, _ = found["sides"]
    assert [len(set(map(str, found["places"][x]["values"]))) for x in ("x", "x2")] == [20, 15]
    numbers = [words[0][2] for words in told["words"]]
    assert len(set(numbers)) == 20
    assert told["words"][0] != told["words"][19]


def test_its_bars_and_points_are_those_of_the_store(store):
    run = mapped_run(store, "ce", 8)
    found = content(text_of(store, [run]))
    shown, hidden = found["sides"]
    for frame in range(8):
        wanted = store.record(run, frame + 1).confidence["mean"]
        counts = {
            trace["name"]: replayed.array(trace["customdata"])[:, 0].sum()
            for trace in replayed.framed(shown["films"][CONFIDENCE], frame)["data"]
        }
        assert counts == {group: each.sum() for group, each in wanted.items()}
        (together,) = replayed.framed(hidden["films"][CONFIDENCE], frame)["data"]
        bars = sum(wanted.values()).reshape(10, -1).sum(1)
        assert replayed.array(together["customdata"])[:, 0].tolist() == bars[bars > 0].tolist()
        track = found["places"]["x"]
        kept = replayed.whole_numbers(track["values"][track["at"][frame]]).reshape(-1, 2)
        true = store.map(run, frame + 1).places.astype(float)
        scale = np.abs(true).max() / np.abs(kept).max()
        assert kept * scale == pytest.approx(true, abs=2e-3), "0.01 % of the map's width"


def test_the_hidden_side_tells_nothing(store):
    found = content(text_of(store, [mapped_run(store, "ce", 20)]))
    shown, hidden = found["sides"]
    assert names(found, 0, CONFIDENCE, 10) == {"clean", "mislabelled"} == names(found, 0, MAP, 10)
    assert {"true labels", "memorised", "recovered"} <= names(found, 0, FITTING, 10)
    assert names(found, 1, CONFIDENCE, 10) == {"all samples (true labels unknown)"}
    given = {str(label) for label in store.data("f" * 16).given_labels}
    assert names(found, 1, MAP, 10) == given, "the colours are the given labels"
    text = json.dumps(hidden)
    for word in (
        "clean rate 60",
        "mislabelled",
        "memorised",
        "recovered",
        'true labels"',
        "estimated",
    ):
        assert word not in text
    assert {words[0][1] for words in hidden["words"]} == {"Learning, or memorising?"}
    assert "Memorising" in shown["words"][19][0][1]


@pytest.mark.parametrize("known", [True, False])
def test_what_nobody_may_know_is_not_in_the_file(store, known):
    run = mapped_run(store, "ce", 5, truth=known)
    text = text_of(store, [run], truth=not known)
    found = content(text)
    assert len(found["sides"]) == 1
    assert "mislabelled" not in json.dumps(found)
    assert "class='lnl-truth'" not in text
    assert MAP in found["sides"][0]["films"]


def test_a_report_to_guess_from_has_no_verdict(store):
    run = mapped_run(store, "ce", 20)
    judged, guess = (text_of(store, [run], truth=False, judged=judged) for judged in (True, False))
    for words in ("Probably memorising", "estimated clean rate"):
        assert words in judged
        assert words not in guess


def test_a_run_beside_one_without_known_truth(store):
    ids = [mapped_run(store, "ce", 5), mapped_run(store, "selnlpl", 5, truth=False)]
    drawn = names(content(text_of(store, ids)), 0, CONFIDENCE, 4)
    assert drawn == {"clean", "mislabelled", "all samples (true labels unknown)"}


def test_without_maps_or_a_second_epoch(store):
    unmapped, single = mapped_run(store, "ce", 4, maps=False), mapped_run(store, "selnlpl", 1)
    assert list(content(text_of(store, [unmapped]))["sides"][0]["films"]) == [CONFIDENCE, FITTING]
    assert "<section class='lnl-replay'" not in text_of(store, [single]), "nothing to replay"


def test_it_opens_at_the_epoch_asked_for(store):
    run = mapped_run(store, "ce", 6)
    for epoch, value in ((None, 5), (6, 5), (2, 1)):
        (section,) = REPLAY.findall(text_of(store, [run], epoch=epoch))
        assert re.findall(r"max='(\d+)' value='(\d+)'", section) == [("5", str(value))]


def test_epochs_without_an_evaluation_and_long_runs(store):
    rare = mapped_run(store, "ce", 12, every=5)
    assert content(text_of(store, [rare]))["epochs"] == [5, 10]
    long = mapped_run(store, "selnlpl", 701, probe=4, maps=False)
    epochs = content(text_of(store, [long]))["epochs"]
    assert len(epochs) == 300
    assert (epochs[0], epochs[-1]) == (1, 701)
    assert set(np.diff(epochs)) <= {2, 3}


def test_of_many_maps_some_are_left_out(store, monkeypatch):
    run = mapped_run(store, "ce", 19)
    monkeypatch.setattr(module, "MOST_POINTS", 10 * 40 + 39)
    at = content(text_of(store, [run]))["places"]["x"]["at"]
    assert at == [n // 2 for n in range(19)], "each for two epochs, the last for itself"


@pytest.mark.parametrize("made", [(), (2,), (1, 2, 3)])
def test_all_maps_of_a_run_are_of_one_kind(store, made):
    """UMAP where each epoch has its map, else PCA of each: nothing jumps from one to the other."""
    info = made_up.info()
    store.keep_data(info.data.fingerprint, replace(made_up.kept_data(), probe=np.arange(60)))
    run = store.create(info.spec, info.data, info.stages, "CPU", name="CE").id
    features = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float16)
    for epoch in (1, 2, 3):
        record = made_up.record(epoch)
        store.append(run, EpochSnapshot(record, probe_features=features + np.float16(epoch)))
    for epoch in made:
        store.keep_map(run, FeatureMap(epoch, "umap", places(60, epoch), 0.5))
    assert len(making.missing(store, run)) == 3 - len(made)
    text = json.dumps(content(text_of(store, [run]))["sides"][0]["films"][MAP])
    assert ("UMAP" in text, "PCA" in text) == (len(made) == 3, len(made) < 3)


def test_two_runs_of_sixty_epochs_travel_in_three_megabytes(store):
    runs = [mapped_run(store, method, 60, probe=2000) for method in ("ce", "selnlpl")]
    text = text_of(store, runs)
    assert len(content(text)["epochs"]) == 60
    whole, beside = len(text.encode()), len(text.encode()) - len(library().encode())
    assert beside <= 3 * MEGABYTES, f"{beside:,} bytes"
    assert whole <= 4.5 * MEGABYTES, f"{whole:,} bytes, of which {beside:,} are ours"


def test_the_library_draws_all_that_a_report_has(store):
    bundle = LIBRARY.read_text(encoding="utf-8")
    able = set(re.findall(r'moduleType:"trace",name:"(\w+)"', bundle))
    assert {"scatter", "bar"} <= able
    text = text_of(store, [mapped_run(store, m, 3, probe=1200) for m in ("ce", "selnlpl")])
    figures = [json.loads(found)["figure"] for found in FIGURE.findall(text)]
    replay = content(text)
    figures += [film["figure"] for side in replay["sides"] for film in side["films"].values()]
    assert len(figures) == 4 + 6
    assert {trace["type"] for figure in figures for trace in figure["data"]} <= able


def test_the_library_is_the_one_inside_plotly():
    """After an update of plotly: npm pack plotly.js-basic-dist-min@VERSION, and unpack it there."""
    head = LIBRARY.read_text(encoding="utf-8")[:200]
    (version,) = re.findall(r"plotly.js \(basic - minified\) v([\d.]+)", head)
    assert version.split(".")[0] == get_plotlyjs_version().split(".")[0]
    assert "MIT license" in head
    assert "Permission is hereby granted" in LIBRARY.with_name("LICENSE").read_text()
