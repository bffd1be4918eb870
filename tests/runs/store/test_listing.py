"""Which runs are listed, in which order, on which page: SQLite beside plain Python."""

import json
import tempfile
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.errors import BadInput
from lnl.records import RunSpec, StageSpan
from lnl.runs.store import RunStore, run_rows, search_columns
from lnl.runs.store.database import insert
from lnl.runs.store.listing import ORDERS, Query, listed
from tests.support import made_up

STAGES = [StageSpan("train", 1, 2)]


def put(store, run_id, **columns):
    """A run with what is said of it; all else is as plain as can be."""
    spec = RunSpec(**columns.pop("spec", {}))
    row = {
        "id": run_id,
        "name": run_id,
        "spec": json.dumps(asdict(spec)),
        "data": json.dumps(asdict(made_up.facts())),
        "stages": "[]",
        "device": "",
        "status": "done",
        "created": 0.0,
        "group_id": run_id,
        **columns,
    }
    with store.database.writing() as connection:
        insert(connection, "runs", row)
        search_columns.refresh(connection, run_id)
    return run_id


def ids(starts):
    return [[run.id for run in start] for start in starts]


def found(store, *, rows=12, page=1, **asked):
    return ids(listed(store.database, Query(**asked), page, rows).starts)


@pytest.fixture
def three(store):
    put(store, "a", name="First look", tags='["lecture"]', starred=1)
    put(store, "b", name="CE 10", status="failed", note="the Rate was too high", created=1)
    put(store, "c", name="SelNLPL", spec={"method": "selnlpl"}, status="running", created=2)
    return store


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("first", "a"),
        ("LECTURE look", "a"),  # a tag and a word of the name
        ("too rate", "b"),  # of the note, in any order
        ("selnlpl", "c"),  # the method
        ("digits", "cba"),  # the data
        ("symmetric", "cba"),  # the noise
        ("first selnlpl", ""),  # every word must be there
        ("  ", "cba"),
    ],
)
def test_words_are_found_wherever_people_put_them(three, text, there):
    assert found(three, text=text) == [[run_id] for run_id in there]


def test_status_and_star(three):
    assert found(three, statuses=("failed", "running")) == [["c"], ["b"]]
    assert found(three, starred=True) == [["a"]]
    assert found(three, statuses=("failed",), starred=True) == []


@pytest.mark.parametrize(
    "text", ["100 %", "a_b", 'say "so"', "it's", "back\\slash", "[x]*?", "Übung", "Straße", "σς"]
)
@pytest.mark.parametrize("column", ["name", "note", "tags"])
def test_letters_that_mean_something_to_sql_are_letters(store, text, column):
    stored = json.dumps([text], ensure_ascii=False) if column == "tags" else text
    put(store, "with", **{column: stored})
    put(store, "without", name="axb Ubung Strase", note="100", tags='["say so"]', created=1)
    for asked in (text, text.upper(), text.swapcase()):
        assert found(store, text=asked) == [["with"]]


def test_what_is_said_of_a_run_can_be_found_at_once(store):
    run_id = store.create(RunSpec(), name="before").id
    store.rename(run_id, "Seed 7")
    store.annotate(run_id, "too steep", ["exam"])
    for text in ("seed", "steep", "exam"):
        assert found(store, text=text) == [[run_id]]
    assert found(store, text="before") == []
    store.annotate(run_id, "", [])
    assert found(store, text="exam") == []
    store.describe(run_id, RunSpec(noise="pair"), made_up.facts(title="Zebras"), STAGES, "CPU")
    assert found(store, text="zebras pair") == [[run_id]]


def test_deleted_runs_are_not_listed(three):
    three.trash("b")
    assert found(three) == [["c"], ["a"]]
    three.restore("b")
    assert found(three) == [["c"], ["b"], ["a"]]


def test_a_damaged_run_is_named_on_its_page(three):
    with three.database.writing() as connection:
        connection.execute("UPDATE runs SET stages = 'x', spec = 'y' WHERE id = 'b'")
    page = listed(three.database, Query())
    assert ids(page.starts) == [["c"], ["a"]]
    assert "run b is damaged" in page.problems[0]
    assert found(three, text="ce 10") == []


def test_numbers_in_names_are_sorted_by_their_value(store):
    for number, name in enumerate(("Seed 10", "seed 9", "AFMU", "seed", "Seed9b", "run10", "run9")):
        put(store, str(number), name=name)
    assert found(store, order="name") == [["2"], ["6"], ["5"], ["3"], ["1"], ["0"], ["4"]]


def test_by_best_accuracy_those_without_one_last(store):
    for run_id, value in {"a": 0.5, "b": None, "c": 0.9, "d": 0.0}.items():
        put(store, run_id, best_accuracy=value)
    assert found(store, order="best") == [["c"], ["a"], ["d"], ["b"]]


def test_a_run_whose_method_is_unknown_comes_last(three):
    with three.database.writing() as connection:
        connection.execute("UPDATE runs SET spec = 'x' WHERE id = 'a'")
    page = listed(three.database, Query(order="method"))
    assert ids(page.starts) == [["b"], ["c"]]
    assert page.problems


def test_a_start_whose_runs_lie_apart_stands_where_its_newest_is(store):
    for run_id, created, group in (("b1", 1.0, "b"), ("c", 2.0, "c"), ("b2", 3.0, "b")):
        put(store, run_id, created=created, group_id=group)
    assert found(store) == [["b1", "b2"], ["c"]]


def test_a_page_beyond_the_last_is_the_last(three):
    page = listed(three.database, Query(), 7, 2)
    assert (page.page, page.pages, page.count, ids(page.starts)) == (2, 2, 3, [["a"]])


def test_an_empty_list(store):
    assert listed(store.database, Query()).count == 0
    assert listed(store.database, Query(order="name")).pages == 0


# --- beside plain Python ------------------------------------------------------------------------

LETTERS = st.sampled_from("aAbBüÜß0129%_'\"\\*? ")
WORDS = st.text(LETTERS, max_size=4)
RUNS = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "note": WORDS,
            "tags": st.lists(WORDS, max_size=2),
            "status": st.sampled_from(["done", "failed", "queued"]),
            "starred": st.integers(0, 1),
            "best_accuracy": st.none() | st.sampled_from([0.0, 0.25, 0.5]),
            "last_accuracy": st.none() | st.sampled_from([0.0, 0.25, 0.5]),
            "seconds": st.sampled_from([0.0, 1.5, 90.0]),
            "spec": st.sampled_from([{"method": "ce"}, {"method": "act"}]),
            "group_id": st.sampled_from("pqrst"),
            "created": st.sampled_from([0.0, 1.0, 2.0]),
            "trashed": st.sampled_from([None, None, None, 1.0]),
        }
    ),
    max_size=14,
)
QUERIES = st.builds(
    Query,
    st.text(LETTERS, max_size=3),
    st.sampled_from([(), ("done",), ("failed", "queued")]),
    st.booleans(),
    st.sampled_from(sorted(ORDERS)),
)


def matches(run, query):
    method = run["spec"]["method"]
    text = "\n".join([run["id"], run["name"], run["note"], method, "digits", "symmetric", "Digits"])
    text = "\n".join([text, *run["tags"]]).casefold()
    return (
        run["trashed"] is None
        and (not query.statuses or run["status"] in query.statuses)
        and (run["starred"] or not query.starred)
        and all(word in text for word in query.text.casefold().split())
    )


def twin(runs, query):
    """Starts in order."""
    runs = [run for run in runs if matches(run, query)]
    if query.order != "newest":
        return [[run["id"]] for run in sorted(runs, key=KEYS[query.order])]
    newest = {g: max(r["created"] for r in runs if r["group_id"] == g) for g in groups(runs)}
    runs.sort(key=lambda r: (-newest[r["group_id"]], r["group_id"], r["created"], r["id"]))
    return [[r["id"] for r in start] for _, start in groupby(runs, key=lambda r: r["group_id"])]


def groups(runs):
    return {run["group_id"] for run in runs}


def by_accuracy(which):
    def key(run):
        value = run[f"{which}_accuracy"]
        return value is None, -(value or 0.0), *newest_first(run)

    return key


def newest_first(run):
    return -run["created"], -int(run["id"])


def by_name(run):
    name = run["name"].casefold()
    parts = ["".join(part) for _, part in groupby(name, key=str.isdecimal)]
    key = "".join(f"{int(part):012}" if part.isdecimal() else part for part in parts)
    return key, run["created"], run["id"]


KEYS = {
    "oldest": lambda run: (run["created"], run["id"]),
    "best": by_accuracy("best"),
    "last": by_accuracy("last"),
    "longest": lambda run: (-run["seconds"], *newest_first(run)),
    "method": lambda run: (run["spec"]["method"], *by_name(run)),
    "name": by_name,
}


@given(RUNS, QUERIES, st.integers(1, 5))
def test_every_page_is_that_of_plain_python(made, query, rows):
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        runs = [run | {"id": f"{number:02}"} for number, run in enumerate(made)]
        for run in runs:
            put(store, run["id"], **{k: v for k, v in run.items() if k not in ("id", "tags")})
            store._say(run["id"], tags=json.dumps(run["tags"], ensure_ascii=False))
        expected, shown = twin(runs, query), []
        first = listed(store.database, query, 1, rows)
        assert first.count == sum(map(len, expected))
        for number in range(1, first.pages + 1):
            starts = ids(listed(store.database, query, number, rows).starts)
            assert starts, "no page is empty"
            *others, last = map(len, starts)
            assert sum(others) < rows, f"only the last start of a page may pass it, not {last}"
            shown += starts
        assert shown == expected
        store.close()


# --- other questions ----------------------------------------------------------------------------


def test_runs_by_id_in_the_order_asked_for(three):
    three.trash("b")
    assert [run.id for run in three.found(["c", "gone", "b", "a"])] == ["c", "a"]
    assert three.found([]) == []


def test_the_newest_of_a_kind(store):
    put(store, "old")
    put(store, "other", created=1, spec={"method": "nl"})
    put(store, "recorded", created=2, group_id="recorded")
    assert [run.id for run in store.newest(2)] == ["recorded", "other"]
    assert [run.id for run in store.newest(2, besides="recorded")] == ["other", "old"]
    assert [run.id for run in store.newest(2, method="ce", besides="recorded")] == ["old"]
    assert store.newest(2, network="none such") == []
    assert (store.count(), store.count(besides="recorded")) == (3, 2)


def test_runs_of_a_start_as_they_were_started(store):
    for run_id, created in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        put(store, run_id, created=created, group_id="g")
    assert [run.id for run in store.started_with("g", 2)] == ["a", "b"]


@pytest.mark.parametrize("rate", [0.0, 0.07, 0.1, 0.29, 1 / 3, 0.9])
def test_runs_of_the_same_kind(store, rate):
    spec = {"rate": rate}
    put(store, "one", spec=spec)
    put(store, "two", spec=spec | {"seed": 5}, created=1)
    for name, value in (("method", "nl"), ("noise", "pair"), ("dataset", "mnist"), ("rate", 0.5)):
        put(store, f"other-{name}", spec=spec | {name: value})
    same = [RunSpec(**spec), RunSpec(**spec, seed=9)]
    assert [run.id for run in store.alike(same)] == ["two", "one"]


def test_tags_of_all_runs(three):
    three.annotate("b", "", ["exam", "lecture"])
    with three.database.writing() as connection:
        connection.execute("UPDATE runs SET tags = 'x' WHERE id = 'c'")
    assert three.tags() == ["exam", "lecture"]


def test_tags_are_given_to_several_runs_and_taken_away(three):
    three.retag(["a", "b"], ["Exam"], ["lecture"])
    assert [three.run(run_id).tags for run_id in "abc"] == [("exam",), ("exam",), ()]


def test_tags_that_one_run_refuses_change_none(three):
    three.annotate("b", "", [f"tag {number}" for number in range(12)])
    with pytest.raises(BadInput, match="up to 12 tags"):
        three.retag(["a", "b"], ["one more"], [])
    assert three.run("a").tags == ("lecture",)


def test_ids_by_status_and_the_trash(three):
    three.trash("a")
    assert three.ids_of(["failed", "done"]) == ["b"]
    assert three.ids_of(["failed", "done"], trashed=True) == ["a"]
    assert [run.id for run in three.deleted(5)] == ["a"]
    assert [run.id for run in three.alive()] == ["c"]


def test_whether_there_is_any_run(store):
    assert store.is_empty()
    put(store, "a", trashed=1.0)
    assert not store.is_empty()
    assert store.datasets() == ["digits"]


def test_a_path_that_is_no_text_can_be_listed(store):
    spec = {"dataset": "/data/\udcff/my.npz"}
    put(store, "odd", spec=spec)
    assert found(store, text="/data/") == [["odd"]]
    assert [run.id for run in store.alike([RunSpec(**spec)])] == ["odd"]
    assert store.datasets() == [spec["dataset"]]


def test_a_list_reads_no_more_than_its_page(store, monkeypatch):
    for number in range(40):
        put(store, f"{number:02}", created=number)
    read = []
    plain = run_rows.run_info
    monkeypatch.setattr(run_rows, "run_info", lambda row: read.append(row["id"]) or plain(row))
    for order in ORDERS:
        read.clear()
        listed(store.database, Query(order=order), 2, 5)
        assert len(read) == 5
