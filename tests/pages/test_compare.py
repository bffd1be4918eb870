"""Compare: what stands side by side, its tables and warnings, and where the runs part."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lnl.comparison import results as of_results
from lnl.records import EpochRecord, EpochSnapshot, RunSpec
from pages.ui.shell import knowledge
from tests.support import made_up

PAGE = "pages/compare.py"
TRUE = np.arange(made_up.CLEAN + made_up.MISLABELLED) % 10
GIVEN = np.where(np.arange(len(TRUE)) < made_up.MISLABELLED, (TRUE + 1) % 10, TRUE)


@pytest.fixture
def compare(app, healthy):
    """Opens the page; nothing on it may be broken."""

    def open_page(*ids, **query):
        return healthy(app(PAGE, runs=",".join(ids), **query) if ids else app(PAGE, **query))

    return open_page


@pytest.fixture
def seed(store):
    """A run of CE or SelNLPL with its seeds, and with the predictions that are asked for."""

    def make(method="ce", seed=0, epochs=3, predictions=None, truth=True, **spec):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        facts = replace(facts, fingerprint=spec.pop("fingerprint", facts.fingerprint))
        run = store.create(
            RunSpec(method=method, seed=seed, epochs=20, **spec),
            facts,
            info.stages,
            info.device,
            name=f"{info.name} · digits · seed {seed}",
        )
        for epoch in range(1, epochs + 1):
            shot = made_up.snapshot(epoch, method, truth)
            if predictions is not None:
                samples = replace(shot.samples, prediction=predictions.astype(np.uint16))
                shot = EpochSnapshot(shot.record, samples=samples)
            store.append(run.id, shot)
        store.set_status(run.id, "done")
        return run.id

    return make


@pytest.fixture
def labels(store):
    """Keeps labels and images for the made-up data."""

    def keep(truth=True):
        kept = replace(
            made_up.kept_data(truth),
            given_labels=GIVEN,
            groups=np.where(GIVEN == TRUE, 0, 1) if truth else np.full(len(TRUE), 3),
            class_names=tuple("0123456789"),
        )
        store.keep_data(made_up.facts().fingerprint, kept)

    return keep


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


def tables(at):
    return "\n".join(box.proto.body for box in at.get("html"))


def results(at, key="results"):
    """The cells of a sortable table, by the name of their row, and the headings."""
    shown = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_table"]
    (found,) = (json.loads(proto.json) for proto in shown if key in proto.id.split("-"))
    return {line[0]: line[1:] for line in found["lines"]}, [h["title"] for h in found["head"]]


def drawn(figures, at):
    traces = figures(at)["curves"]["figure"]["data"]
    return [(t["meta"]["run"], t["meta"]["series"]) for t in traces]


def test_without_runs_it_says_where_to_start(app, healthy, figures):
    at = healthy(app(PAGE))
    assert "Nothing to compare yet" in text(at)
    assert not figures(at)


def test_one_run_has_curves_and_a_row_and_nothing_to_differ_from(compare, seed, figures):
    at = compare(seed())
    assert drawn(figures, at) == [
        ("CE", "test accuracy"),
        ("CE", "memorised"),
        ("CE", "detection F1"),
    ]
    rows, heads = results(at)
    assert list(rows) == ["CE"]
    assert heads[:3] == ["run", "last (%)", "best (%)"]
    heads = [box.value for box in at.subheader]
    assert "Results" in heads
    assert "Where they disagree" not in heads
    assert "Where the settings differ" not in heads


def test_two_methods_stand_side_by_side(compare, seed, figures):
    at = compare(seed(), seed("selnlpl"))
    assert {run for run, _ in drawn(figures, at)} == {"CE", "SelNLPL"}
    rows, _ = results(at)
    last = made_up.record(3, "selnlpl").test_accuracy
    assert rows["SelNLPL"][0] == f"{100 * last:.1f}"
    assert "<td>method</td><td>ce</td><td>selnlpl</td>" in tables(at)
    assert {"confidence", "training-accuracy"} <= set(figures(at)), "the panels of Watch too"


def test_the_epoch_of_the_address_drives_all(compare, seed, figures):
    ids = seed(epochs=5), seed("selnlpl", epochs=5)
    past, now = figures(compare(*ids, epoch="2")), figures(compare(*ids))
    for name in ("curves", "confidence", "training-accuracy"):
        assert past[name]["rev"] != now[name]["rev"]
    marks = [s["name"] for s in past["curves"]["figure"]["layout"]["shapes"]]
    assert marks == ["epoch looked at"] * 3


def test_the_numbers_of_the_address_are_drawn(compare, seed, figures):
    at = compare(seed(), metrics="recovered")
    assert drawn(figures, at) == [("CE", "recovered")]
    assert drawn(figures, compare(seed(), metrics="nonsense"))


def test_seeds_join_from_the_whole_store(compare, seed, figures):
    chosen = seed(seed=0)
    seed(seed=1)
    seed(seed=2, rate=0.2)
    alone, together = compare(chosen), compare(chosen, seeds="true")
    assert {run for run, _ in drawn(figures, alone)} == {"CE"}
    assert {run for run, _ in drawn(figures, together)} == {"CE (2 seeds)"}
    assert ("CE (2 seeds)", "test accuracy, plus one standard deviation") in drawn(
        figures, together
    )
    rows, _ = results(together)
    assert rows["CE (2 seeds)"][0].endswith(" ± 0.0"), "equal seeds spread by nothing"
    assert "mean over 2 seeds" in text(together)
    assert "Means are over 2 runs: all stored seeds" in text(together)


def test_the_toggle_does_what_the_address_does(compare, seed, figures):
    chosen = seed(seed=0)
    seed(seed=1)
    at = compare(chosen)
    at.toggle(key="seeds").set_value(True).run()
    assert {run for run, _ in drawn(figures, at)} == {"CE (2 seeds)"}


def test_other_draws_of_the_noise_are_warned_of(compare, seed):
    one, other = seed(), seed("selnlpl", fingerprint="e" * 16, noise_seed=3)
    assert "another noise seed" in text(compare(one, other))
    assert ":material/warning:" not in text(compare(one, seed("selnlpl")))


def test_the_published_number_stands_beside(compare, seed, monkeypatch):
    monkeypatch.setattr(of_results, "read", list)
    run = seed("nlnl", dataset="mnist", rate=0.2, network="lenet5")
    at = compare(run)
    assert "99.35" in tables(at)
    difference = 100 * made_up.record(3, "nlnl").test_accuracy - 99.35
    assert f"{difference:+.1f}" in tables(at)
    assert "NLNL, table 5" in tables(at)
    assert "published" not in tables(compare(seed()))


def test_samples_that_one_gets_right_and_the_other_has_memorised(compare, seed, labels):
    labels()
    half = np.where(np.arange(len(TRUE)) < 30, GIVEN, TRUE)
    memorised, right = seed(predictions=half), seed("selnlpl", predictions=TRUE)
    at = compare(memorised, right)
    assert "30 of 400 mislabelled samples" in text(at)
    assert "SelNLPL predicts their true label, CE repeats the wrong one" in text(at)
    at.selectbox(key="right").set_value("CE").run()
    at.selectbox(key="wrong").set_value("SelNLPL").run()
    assert "0 of 400 mislabelled samples" in text(at)
    at.selectbox(key="right").set_value("SelNLPL").run()
    assert "Choose two different runs" in text(at)


def test_the_run_that_memorised_most_is_asked_about_first(compare, seed, labels):
    labels()
    resists = seed("selnlpl", predictions=TRUE, epochs=20)
    at = compare(resists, seed(predictions=GIVEN, epochs=20))
    assert "SelNLPL predicts their true label, CE repeats the wrong one" in text(at)


def test_runs_on_the_same_data_are_asked_about_first(compare, seed, labels):
    labels()
    other = seed("selnlpl", fingerprint="e" * 16, dataset="mnist", epochs=20)
    ours = seed(predictions=GIVEN, epochs=20), seed("nl", predictions=TRUE, epochs=20)
    at = compare(ours[0], other, ours[1])
    assert "nl predicts their true label, CE repeats the wrong one" in text(at)


@pytest.mark.parametrize("hidden", [True, False])
def test_without_the_truth_only_disagreement(compare, seed, labels, figures, hidden):
    labels(truth=hidden)
    one = seed(predictions=GIVEN, truth=hidden)
    other = seed("selnlpl", predictions=np.where(np.arange(len(TRUE)) < 7, 9 - GIVEN, GIVEN),
                 truth=hidden)  # fmt: skip
    at = compare(one, other)
    if hidden:
        at.segmented_control(key="hide").set_value("truth").run()
    assert "7 of 1,000 samples" in text(at)
    assert {series for _, series in drawn(figures, at)} == {"test accuracy"}
    assert "memorised" not in tables(at)
    assert "40.0%" not in text(at)
    assert "true labels unknown" in text(at)


def test_runs_on_other_data_cannot_part(compare, seed):
    at = compare(seed(), seed("selnlpl", fingerprint="e" * 16, dataset="mnist"))
    assert "not trained on the same images" in text(at)


def test_a_running_run_grows(compare, make_run, store, figures, healthy):
    run_id, other = make_run(epochs=2, status="running"), make_run("selnlpl", epochs=5)
    at = compare(run_id, other)
    assert "training" in text(at)
    before = figures(at)["curves"]["rev"]
    store.append(run_id, made_up.snapshot(3))
    at = healthy(at.run())
    assert figures(at)["curves"]["rev"] != before
    store.set_status(run_id, "done")
    healthy(at.run())


def test_a_run_that_was_just_queued_and_one_that_failed(compare, make_run, store, figures):
    owner = store.own()
    queued = store.create(RunSpec(), name="SelNLPL · digits · seed 0", owner=owner.token).id
    failed = make_run(status="failed", message="the loss is not finite")
    at = compare(queued, failed)
    assert "waiting for its turn" in text(at)
    waiting = compare(queued)
    assert "true labels" not in text(waiting).lower(), "nothing is known of them yet, and told"
    assert figures(waiting)["curves"]["figure"]["layout"]["xaxis"]["dtick"] == 1
    assert "the loss is not finite" in text(at)
    assert figures(at)
    owner.release()


@pytest.fixture
def many(seed):
    """Ten runs: CE with noise of two rates, SelNLPL with one."""
    ids = [seed(seed=n, rate=0.2) for n in range(3)]
    ids += [seed(seed=n, rate=0.4) for n in range(3)]
    return ids + [seed("selnlpl", seed=n, rate=0.4) for n in range(4)]


def names(figures, at):
    return list(dict.fromkeys(run for run, series in drawn(figures, at) if "," not in series))


def test_up_to_eight_runs_are_lines_and_more_are_groups(compare, many, figures):
    at = compare(*many[:8])
    assert len(names(figures, at)) == 8
    assert at.selectbox(key="group_by").value == "run"
    at = compare(*many)
    assert names(figures, at) == ["CE (6 runs)", "SelNLPL (4 runs)"]
    assert at.selectbox(key="group_by").value == "method"
    assert "Single runs" not in at.selectbox(key="group_by").options
    assert "mean over 4 to 6 runs" in text(at)
    assert "Within a group the runs differ in: rate, seed." in text(at)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("method", ["CE (6 runs)", "SelNLPL (4 runs)"]),
        ("noise", ["symmetric 20 % (3 runs)", "symmetric 40 % (7 runs)"]),
        ("data", ["Digits (10 runs)"]),
        ("network", ["default network (10 runs)"]),
        (
            "setting",
            ["CE · digits, 1 (3 seeds)", "CE · digits, 2 (3 seeds)", "SelNLPL · digits (4 seeds)"],
        ),
        ("run", ["CE (6 runs)", "SelNLPL (4 runs)"]),  # ten are not drawn one by one
        ("nonsense", ["CE (6 runs)", "SelNLPL (4 runs)"]),
    ],
)
def test_the_address_says_how_runs_are_grouped(compare, many, figures, by, expected):
    at = compare(*many, group_by=by)
    assert names(figures, at) == expected
    assert list(results(at)[0]) == expected
    assert at.query_params.get("group_by") == (None if by in ("run", "nonsense") else by)


def test_few_runs_are_grouped_when_asked(compare, many, figures):
    at = compare(*many[2:8])
    at.selectbox(key="group_by").set_value("noise").run()
    assert names(figures, at) == ["symmetric 20 %", "symmetric 40 % (5 runs)"]
    assert at.query_params["group_by"] == "noise"
    titles = [a["text"] for a in figures(at)["confidence"]["figure"]["layout"]["annotations"]]
    assert "<b>symmetric 40 % (5 runs)</b>" in titles
    single, _ = results(at, "single_runs")
    assert len(single) == 6
    at = compare(*many[2:8], group_by="noise", lecture="true")
    assert names(figures, at) == ["symmetric 20 %", "symmetric 40 % (5 runs)"]


def test_more_runs_than_fit_say_so_in_one_line(compare, seed, figures):
    ids = [seed(seed=number, epochs=1) for number in range(26)]
    at = compare(*ids)
    assert names(figures, at) == ["CE (24 runs)"]
    assert "Showing the first 24 of 26 runs" in text(at)
    assert len(at.multiselect(key="runs").value) == 24
    at = compare(*ids[:24])
    assert "Showing the first" not in text(at)
    together = compare(*ids[:2], seeds="true")
    assert names(figures, together) == ["CE (26 seeds)"]


def test_groups_of_other_wrong_labels_are_warned_of(compare, seed):
    one, other = seed(), seed("selnlpl", fingerprint="e" * 16, noise_seed=3)
    assert "another noise seed" in text(compare(one, other, group_by="method"))
    both = seed("selnlpl"), seed(fingerprint="e" * 16, noise_seed=3)
    assert ":material/warning:" not in text(compare(one, other, *both, group_by="method"))


def test_the_report_takes_runs_one_by_one(compare, many):
    (report, _) = compare(*many).get("download_button")
    assert report.proto.disabled
    (report, _) = compare(*many[:8]).get("download_button")
    assert not report.proto.disabled


def test_results_are_sorted_as_the_address_says(compare, seed):
    ids = [seed(method, seed=n) for n, method in enumerate(("ce", "selnlpl", "nl"))]
    usual = list(results(compare(*ids))[0])
    rows, _ = results(compare(*ids, sort="last"))
    values = [float(cells[0]) for cells in rows.values()]
    assert values == sorted(values)
    assert list(results(compare(*ids, sort="-last"))[0]) != list(rows)
    assert list(results(compare(*ids, sort="-run"))[0]) == ["SelNLPL · seed 1", *usual[::2][::-1]]
    assert list(results(compare(*ids, sort="nonsense"))[0]) == usual


def test_a_smoothed_curve_has_the_measured_one_behind_it(compare, seed, figures):
    at = compare(seed(), smoothing="0.5", metrics="test accuracy")
    assert [series for _, series in drawn(figures, at)] == [
        "test accuracy, measured",
        "test accuracy",
    ]
    assert at.slider(key="smoothing").value == 0.5
    at.slider(key="smoothing").set_value(0.0).run()
    assert "smoothing" not in at.query_params
    assert len(drawn(figures, at)) == 1


def test_names_are_text(compare, store, seed):
    run_id, other = seed(), seed("selnlpl")
    store.rename(run_id, "<img src=x> **bold** [a](http://b)")
    at = compare(run_id, other)
    assert "<img" not in tables(at)
    assert "&lt;img" in tables(at)
    assert "**bold**" not in text(at)


def test_the_lecture_has_figures_and_results_alone(compare, seed, figures):
    at = compare(seed(), seed("selnlpl"))
    at.toggle(key="lecture").set_value(True).run()
    assert "curves" in figures(at)
    heads = [box.value for box in at.subheader]
    assert "Results" in heads
    assert "Where the settings differ" not in heads
    size = figures(at)["curves"]["figure"]["layout"]["font"]["size"]
    assert size == 22


def test_the_report_is_made_when_somebody_asks_for_it(compare, seed, monkeypatch):
    monkeypatch.setattr("lnl.report.report", lambda *args: pytest.fail("made unasked"))
    at = compare(seed(), epoch="2")
    assert [b.label for b in at.get("download_button")] == ["Report", "CSV"]


def test_an_epoch_without_an_evaluation(compare, seed, store, figures):
    run_id = seed(epochs=1)
    bare = EpochRecord(2, "train", 1.0, 0.0, 1.0, {}, {"cross_entropy": 1.0}, evaluated=False)
    store.append(run_id, EpochSnapshot(bare))
    assert drawn(figures, compare(run_id, epoch="2"))


def test_the_samples_of_a_run_that_is_gone(compare, make_run):
    run_id = make_run()
    at = compare(run_id, "gone")
    assert any("not in the store" in box.value for box in at.warning)


def test_who_was_told_the_noise_has_a_sign(compare, seed, healthy):
    ids = [seed("ce"), seed("co-teaching"), seed("jocor", settings={"rate_from": "estimated"})]
    at = healthy(compare(*ids))
    signed = [name for name in results(at)[0] if "†" in name]
    assert [name.split(" ")[0] for name in signed] == ["co-teaching"]
    assert knowledge.FOOTNOTE in [box.value for box in at.caption]
    at = healthy(compare(*ids[::2]))
    assert knowledge.FOOTNOTE not in [box.value for box in at.caption]
