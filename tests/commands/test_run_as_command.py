"""A run's command line: parsed again it is the same run, and short."""

import shlex
import subprocess
import sys
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl import catalogue
from lnl.cli import COMMANDS
from lnl.commands.arguments import parser, spec_of
from lnl.commands.run_as_command import command, implied_by
from lnl.records import RunSpec
from lnl.training import prepare

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.floats(allow_nan=False) | st.integers(-(2**40), 2**40)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.sampled_from(["null", "1e3", '"x"', "[1", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
pairs = st.recursive(
    st.dictionaries(names, values, max_size=4),
    lambda inner: st.builds(
        lambda plain, nested: {**plain, "base_settings": nested},
        st.dictionaries(names, values, max_size=3),
        inner | st.dictionaries(texts | names, values, max_size=2),
    ),
    max_leaves=3,
)
counts = st.none() | st.integers(-5, 10**6)
specs = st.builds(
    RunSpec,
    dataset=texts,
    noise=texts,
    rate=st.floats(allow_nan=False),
    noise_seed=st.integers(),
    noise_options=pairs,
    method=texts,
    settings=pairs,
    preset=st.none() | texts,
    network=st.none() | texts,
    batch_size=counts,
    epochs=counts,
    seed=st.integers(),
    limit=counts,
    device=texts,
    precision=texts,
    threads=counts,
    evaluate_every=st.integers(1, 9),
    data_dir=st.none() | texts,
)


def parsed(line):
    words = shlex.split(line)
    assert words[:3] == ["python", "-m", "lnl"]
    return spec_of(parser(COMMANDS).parse_args(words[3:]))


@settings(max_examples=300)
@given(specs)
def test_the_line_parsed_again_is_the_same_run(spec):
    again = parsed(command(spec))
    assert again == spec
    assert again.to_json() == spec.to_json(), "1, 1.0 and true are one to ==, not to a setting"


def test_it_always_says_data_noise_method_and_seeds():
    told = "--dataset digits --noise symmetric --rate 0.4 --noise-seed 0 --method ce --seed 0"
    assert command(RunSpec()) == f"python -m lnl train {told}"


def test_other_options_equal_to_the_defaults_are_omitted():
    spec = RunSpec(rate=0.2, method="fine", settings={"base": "sed", "base_settings": {"a": 1}})
    assert command(spec) == (
        "python -m lnl train --dataset digits --noise symmetric --rate 0.2 --noise-seed 0 "
        "--method fine --set base=sed base.a=1 --seed 0"
    )


def test_it_is_quoted_for_a_shell():
    spec = RunSpec(dataset="my data/$(reboot).npz", noise_options={"map": "a b"}, preset="-x")
    line = command(spec)
    assert "'my data/$(reboot).npz'" in line
    assert "--noise-set 'map=a b' --method ce --preset=-x" in line


def test_every_field_of_a_spec_is_spelled():
    odd = RunSpec(**{f.name: "odd" for f in fields(RunSpec)})
    shown = command(replace(odd, noise_options={"a": 1}, settings={"b": 2}))
    options = {"noise_options": "noise-set", "settings": "set"}
    for field in fields(RunSpec):
        assert f"--{options.get(field.name, field.name.replace('_', '-'))} " in shown


def test_a_run_that_is_not_prepared_yet_takes_what_it_will_take():
    asked = RunSpec(method="selnlpl", epochs=20)
    line = command(asked, implied_by(asked, catalogue.resolve))
    assert line == (
        "python -m lnl train --dataset digits --noise symmetric --rate 0.4 --noise-seed 0 "
        "--method selnlpl --epochs 20 --seed 0"
    )


@pytest.mark.parametrize(
    "asked",
    [
        RunSpec(limit=64),
        RunSpec(method="selnlpl", epochs=6, limit=64, seed=3, settings={"threshold": 0.4}),
        RunSpec(method="pmnar", noise="asymmetric", epochs=4, limit=64, batch_size=32),
        RunSpec(method="fine", limit=64, settings={"base": "act"}),
        RunSpec(
            method="fine", limit=64, preset="as-written", settings={"base_settings": {"alpha": 2}}
        ),
        RunSpec(dataset="shapes", noise="none", rate=0.0, network="cnn7", limit=64, threads=1),
    ],
    ids=lambda spec: spec.method,
)
def test_the_short_line_of_a_resolved_run_resolves_to_it_again(asked):
    kept, _ = prepare(asked)
    line = command(kept, implied_by(kept, catalogue.resolve))
    assert prepare(parsed(line))[0] == kept
    assert len(line) <= len(command(asked)) + 50, "it tells what was asked for, not what followed"


def test_it_loads_no_torch():
    code = "import sys, lnl.commands.run_as_command; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
