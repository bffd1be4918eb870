"""The switch Test points of the panel Map: offered where they are kept, drawn when asked for."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lnl.maps.placing import placed
from lnl.records import FeatureMap, UnseenRow
from lnl.runs.store.kept_test_images import UnseenImages, unseen_file
from pages.ui.board import probe_maps, probe_samples
from pages.ui.shell import state
from tests.pages.test_map_panel import Maker, captions, drawn, sent_for_hover
from tests.support import made_up

PROBE, T = len(made_up.kept_data().probe), 4
LABELS = np.array([0, 1, 2, 0])


@pytest.fixture(autouse=True)
def maker(monkeypatch):
    found = Maker("ready")
    monkeypatch.setattr(state, "map_maker", lambda: found)
    return found


def images():
    return np.arange(T * 64, dtype=np.uint8).reshape(T, 1, 8, 8)


def row(epoch):
    random = np.random.default_rng(100 + epoch)
    features = random.normal(size=(T, 5)).astype(np.float16)
    return UnseenRow(features, np.array([0, 1, 1, 2], np.uint16), np.full(T, 0.25, np.float16))


@pytest.fixture
def make(store):
    """A run of two epochs with maps; ``tests=False``: as earlier versions kept it."""

    def make(method="ce", tests=True, truth=True, maps=(1, 2)):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        known = UnseenImages(np.array([3, 5, 8, 9]), LABELS, images()) if tests else None
        store.keep_data(facts.fingerprint, replace(made_up.kept_data(truth), unseen=known))
        run = store.create(info.spec, facts, info.stages, "CPU", name=f"{info.name} · digits").id
        for epoch in (1, 2):
            features = np.random.default_rng(epoch).normal(size=(PROBE, 5)).astype(np.float16)
            snapshot = replace(made_up.snapshot(epoch, method, truth), probe_features=features)
            store.append(run, replace(snapshot, unseen=row(epoch) if tests else None))
        for epoch in maps:
            places = np.random.default_rng(epoch).uniform(-6, 6, (PROBE, 2)).astype(np.float16)
            store.keep_map(run, FeatureMap(epoch, "umap", places, 0.5))
        store.set_status(run, "done")
        return run

    return make


def offered(at):
    return any(each.key == "test_points" for each in at.toggle)


def diamonds(figures, at):
    return [t for t in drawn(figures, at)["data"] if t["name"].startswith("test images")]


def test_they_are_drawn_when_asked_for_and_the_map_stays(app, healthy, figures, make):
    at = healthy(app(runs=make(), panels="Map"))
    assert diamonds(figures, at) == []
    before = [t for t in drawn(figures, at)["data"] if t["name"] in ("clean", "mislabelled")]
    healthy(at.toggle(key="test_points").set_value(True).run())
    assert len(diamonds(figures, at)) == 1
    after = [t for t in drawn(figures, at)["data"] if t["name"] in ("clean", "mislabelled")]
    assert [(t["x"], t["y"]) for t in after] == [(t["x"], t["y"]) for t in before]
    assert "4 of 200 test images" in captions(at)


def test_the_address_asks_for_them(app, healthy, figures, make):
    at = healthy(app(runs=make(), panels="Map", test_points="true"))
    assert at.toggle(key="test_points").value is True
    assert len(diamonds(figures, at)) == 1


def test_nothing_is_placed_or_sent_before_it_is_asked_for(app, healthy, make, monkeypatch):
    monkeypatch.setattr(probe_maps, "placed", None)
    at = healthy(app(runs=make(), panels="Map"))
    assert offered(at)
    assert "test" not in sent_for_hover(at)["f" * 16]
    assert "Diamonds" not in captions(at)


def test_pictures_and_classes_are_sent_for_hover(app, healthy, make):
    at = healthy(app(runs=make(), panels="Map", test_points="true"))
    sent = sent_for_hover(at)["f" * 16]["test"]
    assert (sent["ids"], sent["true"]) == ([3, 5, 8, 9], LABELS.tolist())
    assert sent["sheet"]["uri"].startswith("data:image/png;base64,")
    bare = UnseenImages(np.arange(T), LABELS, images()).without_images
    assert probe_samples.described_unseen(bare)["sheet"] is None


def test_a_run_of_an_earlier_version_is_not_offered_them(app, healthy, figures, make):
    run = make(tests=False)
    at = healthy(app(runs=run, panels="Map"))
    assert not offered(at)
    assert "No test points" not in captions(at), "no word of what nobody has asked for"
    at = healthy(app(runs=run, panels="Map", test_points="true"))
    assert not offered(at)
    assert diamonds(figures, at) == []
    assert "No test points of CE" in captions(at)
    assert "earlier versions" in captions(at)


def test_a_recording_with_maps_alone_is_not_offered_them(app, healthy, make_run, store):
    run = make_run()
    store.keep_data("f" * 16, made_up.kept_data())
    places = np.zeros((PROBE, 2), np.float16)
    store.keep_map(run, FeatureMap(2, "umap", places, 0.5))
    at = healthy(app(runs=run, panels="Map", test_points="true"))
    assert not offered(at)
    assert "No test points of" in captions(at)


def test_beside_one_of_an_earlier_version_it_is_said_whose_are_missing(app, healthy, figures, make):
    old, new = make(tests=False), make("selnlpl")
    at = healthy(app(runs=f"{old},{new}", panels="Map"))
    assert offered(at)
    assert "No test points" not in captions(at)
    healthy(at.toggle(key="test_points").set_value(True).run())
    (trace,) = diamonds(figures, at)
    assert trace["xaxis"] == "x2"
    assert "No test points of CE:" in captions(at)


def test_while_umap_is_awaited_they_stand_on_pca(app, healthy, figures, make, store):
    run = make(maps=())
    healthy(app(runs=run, panels="Map", test_points="true"))
    stand = probe_maps.stand(store.run(run), 2)
    found = probe_maps.points(stand, truth=True)
    assert (stand.made, stand.unseen, found.found.kind) == (False, True, "pca")
    expected = placed(row(2).features, store.probe_features(run, 2), found.found)
    assert np.array_equal(found.unseen.places, expected)


def test_the_epoch_looked_at_is_theirs_too(store, make):
    run = make()
    for epoch in (1, 2):
        found = probe_maps.points(probe_maps.stand(store.run(run), epoch), truth=True)
        features = store.probe_features(run, epoch)
        assert np.array_equal(
            found.unseen.places, placed(row(epoch).features, features, store.map(run, epoch))
        )
        assert found.unseen.prediction.tolist() == [0, 1, 1, 2]
        assert found.unseen.true.tolist() == LABELS.tolist()


def test_with_the_truth_hidden_no_given_label_is_given_away(app, healthy, figures, make):
    address = {"panels": "Map", "test_points": "true", "hide": "true"}
    at = healthy(app(runs=make(), **address))
    assert "true label" not in at.selectbox(key="colour").options
    assert "mislabelled" not in json.dumps(drawn(figures, at)["data"])
    sent = sent_for_hover(at)["f" * 16]
    assert sent["true"] is None
    assert sent["test"]["true"] == LABELS.tolist(), "test labels are never wrong"


@pytest.mark.parametrize("spoil", ["damaged", "gone", "others"])
def test_without_their_classes_a_map_is_still_a_map(app, healthy, figures, make, store, spoil):
    run = make()
    path = unseen_file(store.folder / "data", "f" * 16)
    if spoil == "others":
        np.savez(path, ids=np.arange(2), labels=np.arange(2), images=images()[:2])
    elif spoil == "damaged":
        path.write_bytes(b"PK")
    else:
        path.unlink()
    at = healthy(app(runs=run, panels="Map", test_points="true"))
    assert diamonds(figures, at) == []
    assert {"clean", "mislabelled"} <= {t["name"] for t in drawn(figures, at)["data"]}
    assert "test" not in sent_for_hover(at)["f" * 16]
