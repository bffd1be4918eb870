"""Runs in groups: what they share, what they are called, what differs within them."""

from dataclasses import replace

import pytest

from lnl.comparison import Group, differing_within, grouped, methods_differ
from lnl.records import RunSpec
from tests.support import made_up


def run(name, method="ce", title="CE", **spec):
    info = made_up.info(method, name, spec=RunSpec(method=method, **spec))
    return replace(info, name=f"{title} · digits · {name}")


RUNS = [
    run("a", seed=0),
    run("b", seed=1, rate=0.2),
    run("c", "nl", "NL", seed=0),
    run("d", "fine", "FINE over CE", settings={"base": "ce"}),
    run("e", "fine", "FINE over SED", settings={"base": "sed"}),
    run("f", noise="none", rate=0.0, network="resnet18"),
    run("g", limit=500),
]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("method", {"CE": "abfg", "NL": "c", "FINE over CE": "d", "FINE over SED": "e"}),
        ("noise", {"no added noise": "f", "symmetric 20 %": "b", "symmetric 40 %": "acdeg"}),
        ("data", {"Digits": "abcdef", "Digits, 500 samples": "g"}),
        ("network", {"default network": "abcdeg", "resnet18": "f"}),
    ],
)
def test_each_way_to_group(by, expected):
    groups = grouped(RUNS, [], False, by)
    assert {g.common: "".join(r.id for r in g.runs) for g in groups} == expected
    assert list(expected) == [g.common for g in groups]


def test_what_is_validated_on_a_share_is_other_data():
    groups = grouped([run("a"), run("b", validation=0.1), run("c", seed=1)], [], False, "data")
    named = {group.common: [each.id for each in group.runs] for group in groups}
    assert named == {"Digits": ["a", "c"], "Digits, 10% to validate on": ["b"]}


def test_by_settings_the_seeds_alone_may_differ():
    seeds = [run("a", seed=0), run("b", seed=1, noise_seed=4), run("c", seed=0, rate=0.2)]
    groups = grouped(seeds, [], False, "setting")
    assert [[r.id for r in g.runs] for g in groups] == [["a", "b"], ["c"]]
    assert groups[0].name.endswith("(2 seeds)")
    assert differing_within(groups) == ["noise seed", "seed"]


def test_a_group_says_how_many_runs_it_has():
    assert Group((RUNS[0],), "CE").name == "CE"
    assert Group(tuple(RUNS[:2]), "CE").name == "CE (2 runs)"


def test_groups_of_one_title_are_numbered():
    matrices = [run(n, noise="matrix", noise_options={"matrix": n}) for n in "ab"]
    assert [g.common for g in grouped(matrices, [], False, "noise")] == [
        "own noise matrix, 1",
        "own noise matrix, 2",
    ]


def test_a_renamed_run_leaves_its_group_the_name_of_the_method():
    groups = grouped([RUNS[0], replace(RUNS[1], name="mine")], [], False, "method")
    assert [g.common for g in groups] == ["ce"]


def test_what_differs_within_groups_is_no_difference_between_them():
    groups = grouped(RUNS[:3], [], False, "method")
    assert differing_within(groups) == ["rate", "seed"]
    assert differing_within(grouped(RUNS, [], False)) == []


def test_methods_tell_groups_apart_or_not():
    assert methods_differ(grouped(RUNS[:3], [], False, "method"))
    assert not methods_differ(grouped(RUNS, [], False, "method")), "FINE twice"
    assert not methods_differ(grouped(RUNS[:3], [], False, "noise"))
