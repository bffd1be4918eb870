"""Which runs are listed, in which order, on which page."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lnl.runs.store.listing import matching, pages, starts
from tests.support import made_up


def run(run_id, created=0.0, **changes):
    return made_up.info(
        run_id=run_id, created=created, group=changes.pop("group", run_id), **changes
    )


RUNS = [
    run("a", name="First look", status="done", tags=("lecture",), starred=True),
    run("b", name="CE 10", status="failed", note="the Rate was too high"),
    run("c", name="SelNLPL", method="selnlpl", status="running"),
]


def ids(runs):
    return [found.id for found in runs]


def test_words_are_found_wherever_people_put_them():
    assert ids(matching(RUNS, "first")) == ["a"]
    assert ids(matching(RUNS, "LECTURE look")) == ["a"], "a tag and a word of the name"
    assert ids(matching(RUNS, "too rate")) == ["b"], "of the note, in any order"
    assert ids(matching(RUNS, "selnlpl")) == ["c"], "the method"
    assert ids(matching(RUNS, "digits")) == ["a", "b", "c"], "the data"
    assert ids(matching(RUNS, "first selnlpl")) == [], "every word must be there"
    assert matching(RUNS, "  ") == RUNS


def test_status_and_star():
    assert ids(matching(RUNS, statuses=("failed", "running"))) == ["b", "c"]
    assert ids(matching(RUNS, starred=True)) == ["a"]
    assert ids(matching(RUNS, statuses=("failed",), starred=True)) == []


def test_newest_first_and_starts_together():
    runs = [run("a", 1.0), run("b1", 2.0, group="b"), run("c", 3.0), run("b2", 2.1, group="b")]
    assert [ids(start) for start in starts(runs)] == [["c"], ["b1", "b2"], ["a"]]


def test_a_start_whose_runs_lie_apart_stands_where_its_newest_is():
    runs = [run("b1", 1.0, group="b"), run("c", 2.0), run("b2", 3.0, group="b")]
    assert [ids(start) for start in starts(runs)] == [["b1", "b2"], ["c"]]


def test_by_best_accuracy_those_without_one_last():
    best = {"a": 0.5, "b": None, "c": 0.9, "d": 0.0}
    runs = [replace(run(key), best_test_accuracy=value) for key, value in best.items()]
    assert [ids(start) for start in starts(runs, "best")] == [["c"], ["a"], ["d"], ["b"]]


def test_by_name_numbers_by_their_value():
    runs = [run(str(n), name=name) for n, name in enumerate(("Seed 10", "seed 9", "AFMU", "seed"))]
    assert [ids(start) for start in starts(runs, "name")] == [["2"], ["3"], ["1"], ["0"]]


@given(st.lists(st.integers(1, 8), max_size=30), st.integers(1, 12))
def test_pages_hold_every_run_once_and_tear_no_start_apart(sizes, rows):
    groups = [[run(f"{g}.{n}") for n in range(size)] for g, size in enumerate(sizes)]
    found = pages(groups, rows)
    assert [group for page in found for group in page] == groups
    for page in found:
        assert len(page) == 1 or sum(map(len, page)) <= rows
