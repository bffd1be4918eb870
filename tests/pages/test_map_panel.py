"""The panel Map: colours offered, PCA until UMAP is there, what is hidden with the truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lnl.records import FeatureMap
from pages.ui.board import probe_maps, probe_samples
from pages.ui.shell import state
from tests.support import made_up

PROBE = len(made_up.kept_data().probe)


class Maker:
    """A map maker of nothing; it remembers what it was asked for."""

    def __init__(self, status="starting"):
        self.state, self.why, self.wished, self.no = status, "", [], {}
        self.retried = 0

    def want(self, run_id, epoch):
        self.wished.append((run_id, epoch))

    def refused(self, run_id, epoch):
        return self.no.get((run_id, epoch), "")

    def retry(self):
        self.retried += 1
        self.state = "idle"

    def close(self):
        pass


@pytest.fixture
def maker(monkeypatch):
    found = Maker()
    monkeypatch.setattr(state, "map_maker", lambda: found)
    return found


@pytest.fixture
def mapped_run(store):
    """A run whose epochs have features, and maps where ``maps`` says so."""

    def make(method="ce", epochs=2, maps=(), truth=True, status="done"):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        store.keep_data(facts.fingerprint, made_up.kept_data(truth))
        name = f"{info.name} · digits"
        run = store.create(info.spec, facts, info.stages, "CPU", name=name).id
        for epoch in range(1, epochs + 1):
            features = np.random.default_rng(epoch).normal(size=(PROBE, 5)).astype(np.float16)
            snapshot = made_up.snapshot(epoch, method, truth)
            store.append(run, replace(snapshot, probe_features=features))
        for epoch in maps:
            store.keep_map(run, a_map(epoch))
        store.set_status(run, status)
        return run

    return make


def a_map(epoch):
    places = np.random.default_rng(epoch).uniform(-6, 6, (PROBE, 2)).astype(np.float16)
    return FeatureMap(epoch, "umap", places, 0.5)


def drawn(figures, at):
    return figures(at)["feature-map"]["figure"]


def over_the_maps(figures, at):
    return {a["text"] for a in drawn(figures, at)["layout"]["annotations"]}


def captions(at):
    return "\n".join(caption.value for caption in at.caption)


def sent_for_hover(at):
    (found,) = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_hover"]
    return json.loads(found.bytes.split(b"\n", 1)[1])


def test_a_map_that_is_there_is_shown(app, healthy, figures, mapped_run, maker):
    run = mapped_run(maps=(1, 2))
    at = healthy(app(runs=run, panels="Map"))
    assert "UMAP, 50 % of neighbours kept" in over_the_maps(figures, at)
    assert maker.wished == []
    assert "UMAP is starting" not in captions(at)
    assert "seed 0" in captions(at)
    assert "mean little" in captions(at)


def test_pca_is_shown_until_the_map_is_there(app, healthy, figures, mapped_run, maker, store):
    run = mapped_run()
    at = healthy(app(runs=run, panels="Map"))
    assert "PCA" in over_the_maps(figures, at)
    assert set(maker.wished) == {(run, 2)}
    assert "UMAP is starting" in captions(at)
    store.keep_map(run, a_map(2))
    healthy(at.run())
    assert "UMAP, 50 % of neighbours kept" in over_the_maps(figures, at)
    assert "UMAP is starting" not in captions(at)


def test_the_board_refreshes_itself_only_while_a_map_is_awaited(
    app, healthy, mapped_run, maker, store
):
    run = mapped_run()
    at = healthy(app(runs=run, panels="Map"))
    assert at.session_state["_waits_board"] is True
    store.keep_map(run, a_map(2))
    healthy(at.run())
    assert at.session_state["_waits_board"] is False


def test_the_epoch_looked_at_is_the_one_mapped(app, healthy, figures, mapped_run, maker):
    run = mapped_run(epochs=3, maps=(3,))
    at = healthy(app(runs=run, panels="Map", epoch="1"))
    assert "PCA" in over_the_maps(figures, at)
    assert set(maker.wished) == {(run, 1)}


def test_maps_stand_side_by_side(app, healthy, figures, mapped_run, maker):
    first, second = mapped_run(maps=(2,)), mapped_run("selnlpl", maps=(2,))
    at = healthy(app(runs=f"{first},{second}", panels="Map"))
    probe = drawn(figures, at)["layout"]["meta"]["probe"]
    assert [each["run"] for each in probe.values()] == [first, second]
    assert list(sent_for_hover(at)) == ["f" * 16], "pictures of the same data are sent once"


def test_the_truth_can_be_hidden(app, healthy, figures, mapped_run, maker):
    run = mapped_run(maps=(2,))
    at = healthy(app(runs=run, panels="Map", hide="true"))
    offered = at.selectbox(key="colour").options
    assert "mislabelled" not in offered
    assert "true label" not in offered
    assert "mislabelled" not in json.dumps(drawn(figures, at)["data"])
    assert sent_for_hover(at)["f" * 16]["true"] is None


def test_without_true_labels_there_are_none_to_show(app, healthy, figures, mapped_run, maker):
    at = healthy(app(runs=mapped_run(maps=(2,), truth=False), panels="Map"))
    assert at.selectbox(key="colour").options == ["given label", "prediction", "confidence"]
    assert sent_for_hover(at)["f" * 16]["true"] is None


def test_each_colour_can_be_chosen(app, healthy, figures, mapped_run, maker):
    at = healthy(app(runs=mapped_run(maps=(2,)), panels="Map"))
    for colour in at.selectbox(key="colour").options:
        healthy(at.selectbox(key="colour").set_value(colour).run())
        assert drawn(figures, at)["data"]
    assert "coloraxis" in drawn(figures, at)["layout"], "the last is the confidence"


def test_a_failure_is_told_and_can_be_tried_again(app, healthy, figures, mapped_run, maker):
    maker.state, maker.why = "failed", "numba: illegal instruction"
    at = healthy(app(runs=mapped_run(), panels="Map"))
    assert "numba: illegal instruction" in captions(at).replace("\\", "")
    assert at.session_state["_waits_board"] is False, "nothing to wait for"
    healthy(at.button(key="map_again").click().run())
    assert maker.retried == 1
    assert "UMAP is starting" in captions(at)


def test_what_is_refused_is_told_once(app, healthy, mapped_run, maker):
    run = mapped_run()
    maker.no[run, 2] = "the arrays are damaged"
    at = healthy(app(runs=run, panels="Map"))
    assert "the arrays are damaged" in captions(at)
    assert "UMAP is starting" not in captions(at)
    assert at.session_state["_waits_board"] is False


def test_a_run_without_features_says_when_there_will_be_a_map(app, healthy, make_run, maker):
    at = healthy(app(runs=make_run(), panels="Map"))
    assert any("kept at the end of an epoch" in box.value for box in at.info)
    assert maker.wished == []


def test_a_recording_without_features_still_has_its_maps(
    app, healthy, figures, make_run, maker, store
):
    run = make_run()
    store.keep_data("f" * 16, made_up.kept_data())
    store.keep_map(run, a_map(2))
    at = healthy(app(runs=run, panels="Map"))
    assert "UMAP, 50 % of neighbours kept" in over_the_maps(figures, at)
    assert maker.wished == []


def test_a_damaged_run_stands_empty_beside_a_whole_one(
    app, healthy, figures, mapped_run, maker, store
):
    whole, damaged = mapped_run(maps=(2,)), mapped_run("selnlpl")
    (store.folder / "runs" / damaged / "arrays-0.bin").write_bytes(b"")
    at = healthy(app(runs=f"{whole},{damaged}", panels="Map"))
    assert "no features kept of this epoch" in over_the_maps(figures, at)
    assert "UMAP, 50 % of neighbours kept" in over_the_maps(figures, at)


@pytest.fixture
def data(store):
    store.keep_data("f" * 16, made_up.kept_data())
    return store.data("f" * 16)


def test_the_browser_knows_each_sample_of_the_probe(data):
    known = probe_samples.described(data, truth=True)
    assert known["ids"] == data.probe.tolist()
    assert known["given"] == data.given_labels[data.probe].tolist()
    assert known["true"] == data.true_labels[data.probe].tolist()
    assert known["sheet"]["uri"].startswith("data:image/png;base64,")
    assert probe_samples.described(data, truth=False)["true"] is None


def test_pictures_that_are_not_kept_are_left_out(data):
    few = replace(data, image_ids=data.image_ids[:1], images=data.images[:1])
    assert probe_samples.described(few, truth=True)["sheet"] is None


def test_a_large_sheet_is_sent_as_jpeg(data, monkeypatch):
    monkeypatch.setattr(probe_samples, "PNG_UP_TO", 10)
    assert probe_samples.described(data, truth=True)["sheet"]["uri"].startswith(
        "data:image/jpeg;base64,"
    )


def test_beliefs_are_those_of_the_probe(store, mapped_run, maker):
    run = mapped_run(maps=(2,))
    data = store.data("f" * 16)
    found = probe_maps.points(probe_maps.stand(store.run(run), 2), truth=True)
    _, row = store.samples(run, 2)
    assert np.array_equal(found.prediction, row.prediction[data.probe])
    assert np.array_equal(found.confidence, row.confidence[data.probe])
    assert np.array_equal(found.given, data.given_labels[data.probe])
    assert np.array_equal(found.groups, data.groups[data.probe])
