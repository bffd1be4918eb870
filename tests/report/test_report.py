"""The report: whole, self-contained, and nothing of a name can break out of it."""

import json
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest

from lnl import report as module
from lnl.commands.run_as_command import command
from lnl.errors import BadInput
from lnl.records import Detection, RunSpec
from lnl.report import Options, report
from tests.support import made_up

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Reader(HTMLParser):
    """What a browser would make of a page: addresses, tags in their order, texts."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.open, self.tags, self.texts, self.scripts = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [
            value for name, value in attrs if name in ("src", "href", "srcset", "action", "data")
        ]
        assert not [name for name, _ in attrs if name.startswith("on")], "no code in attributes"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        within = self.open[-1] if self.open else ""
        if within != "style":
            (self.scripts if within == "script" else self.texts).append(data)

    @property
    def figures(self):
        return [json.loads(s) for s in self.scripts if s.startswith('{"figure"')]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def make_run(store):
    def make(method="ce", epochs=3, name="", truth=True, **spec):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        wanted = RunSpec(method=method, epochs=20, **spec)
        run = store.create(wanted, facts, info.stages, info.device, name=name or f"{method} · x")
        for epoch in range(1, epochs + 1):
            store.append(run.id, made_up.snapshot(epoch, method, truth))
        return run.id

    return make


def read(store, runs, **options):
    return Reader(report(store, runs, command, Options(**options)))


def titles(reader):
    return [figure["figure"]["layout"]["annotations"][0]["text"] for figure in reader.figures]


def test_it_holds_everything_and_fetches_nothing(store, make_run):
    page = report(store, [make_run(), make_run("selnlpl")], command)
    reader = Reader(page)
    assert reader.addresses == []
    assert reader.open == ["html", "body"] or reader.open == []
    assert not re.search(r"@import|url\(", page[: page.index("</style>")])
    assert "default-src 'none'" in page, "and a browser refuses what we overlooked"
    assert len(reader.figures) == 4
    assert page.count("plotly.js (basic - minified) v") == 1, (
        "the library once, whatever the number of figures"
    )
    for word in ("What happened", "Results", "Where the settings differ", "Data", "Train them"):
        assert word in reader.text
    assert "Memorising" in reader.text or "learning" in reader.text


def test_the_commands_train_the_same_runs(store, make_run):
    page = read(store, [make_run(seed=7, data_dir="/home/somebody/secret")])
    assert "python -m lnl train" in page.text
    assert "--seed 7" in page.text
    assert "secret" not in page.text, "where files lie is nobody else's business"


def test_a_run_whose_spec_is_not_known_whole_has_no_command(store, make_run):
    run = make_run()
    with store.database.writing() as connection:
        connection.execute(
            "UPDATE runs SET spec = json_set(spec, '$.unknown', json('[\"flavour\"]'))"
        )
    page = read(store, [run])
    assert "python -m lnl train" not in page.text
    assert "can only be looked at here: its spec has flavour" in page.text


def test_names_are_text(store, make_run):
    evil = "</script><script>alert(1)</script><img src=http://x onerror=alert(2)> · \"'&"
    page = read(store, [make_run(name=evil), make_run("selnlpl")])
    assert page.addresses == []
    assert "img" not in page.tags
    assert page.tags.count("script") == 4 + 1 + 2, "figures, replay, library and drawing"
    assert "<img src=http://x" in page.text


def test_where_nothing_is_mislabelled_no_detection_is_reported(store, make_run, monkeypatch):
    made = made_up.record

    def clean(*arguments):
        undefined = Detection(*[float("nan")] * 5)
        return replace(made(*arguments), detection=undefined, memorised=None, recovered=None)

    noisy = make_run()
    monkeypatch.setattr(made_up, "record", clean)
    alone = make_run("gmm")
    text = Reader(report(store, [alone], command)).text
    assert "Finding the wrong labels" not in text
    assert "detection F1" not in text
    assert "nan" not in text.lower().split()
    beside = Reader(report(store, [noisy, alone], command)).text
    assert "Finding the wrong labels" in beside
    assert "–" in beside


def test_the_epoch_is_the_one_asked_for(store, make_run):
    run = make_run(epochs=5)
    early, late = read(store, [run], epoch=2), read(store, [run])
    assert "epoch 2" in early.text
    assert "newest epoch" in late.text
    assert early.figures[1] != late.figures[1], "the histograms follow"


def test_seeds_are_gathered_from_the_store(store, make_run):
    first = make_run(name="CE · seed 0")
    make_run(name="CE · seed 1", seed=1)
    alone, together = read(store, [first]), read(store, [first], seeds=True)
    assert "CE (2 seeds)" not in alone.text
    assert "CE (2 seeds)" in together.text
    told = "Means are over 2 runs: all stored seeds"
    assert told in together.text
    assert told not in alone.text
    names = {t["meta"]["series"] for t in together.figures[0]["figure"]["data"]}
    assert "test accuracy, plus one standard deviation" in names


@pytest.mark.parametrize("hidden", [True, False])
def test_without_the_truth_nothing_follows_from_it(store, make_run, hidden):
    run = make_run(truth=hidden)  # hidden by a switch, or not known at all
    page = read(store, [run], truth=not hidden)
    assert len(page.figures) == 3, "no figure of detection"
    assert "unknown" in page.text
    for word in ("memorised (%)", "AUROC (%)", "40.0%"):
        assert word not in page.text


def test_runs_without_an_epoch_and_failed_ones_have_a_report_too(store, make_run):
    waits, failed = make_run(epochs=0), make_run("selnlpl", epochs=1)
    store.set_status(failed, "failed", "the loss is not finite")
    page = read(store, [waits, failed])
    assert "Nothing to see yet" in page.text
    assert "the loss is not finite" in page.text


def test_other_draws_of_the_noise_are_warned_of(store, make_run, monkeypatch):
    one, other = make_run(), make_run("selnlpl")
    assert "chance" not in read(store, [one, other]).text
    real = store.run

    def drawn_anew(run_id):
        run = real(run_id)
        if run_id != other:
            return run
        spec = RunSpec(**{**asdict(run.spec), "noise_seed": 3})
        return replace(run, data=replace(run.data, fingerprint="e" * 16), spec=spec)

    monkeypatch.setattr(store, "run", drawn_anew)
    page = read(store, [one, other])
    assert "another noise seed" in page.text


@pytest.mark.parametrize("count", [0, 9])
def test_too_few_or_many_runs(store, make_run, count):
    with pytest.raises(BadInput, match="1 to 8"):
        module.report(store, [make_run(epochs=1)] * count, command)
