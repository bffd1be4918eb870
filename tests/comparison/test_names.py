"""Short names for runs that stand side by side, and names of which no two are the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lnl.comparison import distinct, named, shared, titles
from lnl.records import RunSpec, StageSpan
from tests.support import made_up

NOON = 1_700_000_000.0


def run(run_id, name="CE", epochs=20, created=NOON):
    return made_up.info(
        "ce", run_id, name=name, stages=(StageSpan("train", 1, epochs),), created=created
    )


def test_runs_of_one_name_are_told_apart_by_the_first_thing_in_which_they_differ():
    by_epochs = [run("a", epochs=15), run("b", epochs=20), run("c", "NL", 15)]
    assert titles(by_epochs) == {"a": "CE · 15 epochs", "b": "CE · 20 epochs", "c": "NL"}
    validated = replace(run("b"), spec=RunSpec(validation=0.1))
    assert titles([run("a"), validated]) == {
        "a": "CE · no validation",
        "b": "CE · 10% to validate on",
    }
    by_time = titles([run("a"), run("b", created=NOON + 240)])
    assert all(title.startswith("CE · started ") for title in by_time.values())
    assert "-" not in "".join(by_time.values()), "no id where the minute says it"
    assert titles([run("ce-1"), run("ce-2")]) == {"ce-1": "CE · ce-1", "ce-2": "CE · ce-2"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["CE", "NL", "CE · 15 epochs"]),
            st.sampled_from([15, 20]),
            st.sampled_from([NOON, NOON + 1, NOON + 60, NOON + 86_400]),
        ),
        max_size=9,
    )
)
def test_no_two_runs_have_one_title(facts):
    runs = [run(f"run-{number}", *fact) for number, fact in enumerate(facts)]
    found = titles(runs)
    assert list(found) == [each.id for each in runs]
    assert len(set(found.values())) == len(runs)
    assert len({each.name for each in named(runs)}) == len(runs), "nor on a board"


def test_names_lose_what_they_share():
    names = ["CE · digits · seed 0", "NL · digits · seed 0"]
    assert distinct(names) == ["CE", "NL"]
    assert shared(names) == "digits · seed 0"
    assert distinct(["CE · digits · seed 0", "CE · digits · seed 1"]) == [
        "seed 0",
        "seed 1",
    ]
    assert distinct(names[:1]) == ["CE"]
    assert shared(names[:1]) == "digits · seed 0"


def test_names_stay_whole_where_the_rest_would_be_the_same():
    assert distinct(["a · b", "a · b"]) == ["a · b", "a · b"]
    assert distinct(["a", "a · b"]) == ["a", "a · b"]


@given(st.lists(st.text("ab · "), min_size=1, max_size=8))
def test_short_names_tell_runs_apart_as_well_as_whole_ones(names):
    assert len(set(distinct(names))) == len(set(names))
