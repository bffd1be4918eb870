"""The bytes that a method keeps of a sample: as its tensors have them, linear in the classes."""

import pytest

from lnl.errors import BadInput
from lnl.methods.registry import all_methods
from lnl.training import make_method
from lnl.training.sample_state import SAMPLES, SampleState, _bytes, _data, sample_state
from tests.support.trainers import trainer_of


@pytest.mark.parametrize(
    ("method", "fixed", "per_class"),
    [
        ("ce", 0, 0),
        ("elr", 0, 4),  # a target, float32 [N, K]
        ("elr-plus", 0, 8),  # of each network
        ("sop", 8, 8),  # u [N] and v [N, K], each with its gradient
        ("pencil", 0, 8),  # logits of labels [N, K] with their gradient
        ("gmm", 1, 0),  # the clean ones, bool
    ],
)
def test_of_known_methods(method, fixed, per_class):
    assert sample_state(method) == SampleState(fixed, per_class)
    assert sample_state(method).of(100) == fixed + 100 * per_class


@pytest.mark.parametrize("method", [entry.name for entry in all_methods()])
def test_it_is_linear_in_the_classes(method):
    state = sample_state(method)
    assert min(state.fixed, state.per_class) >= 0
    assert _bytes(make_method(method, _data(12))) == state.of(12)


@pytest.mark.parametrize("method", ["sop", "sop-plus", "pencil", "elr", "selnlpl"])
def test_it_is_what_a_run_holds(method):
    data = _data(12)
    trainer = trainer_of(method, data, per_stage=1, batch_size=256)
    most = 0
    for _ in trainer:
        held = [t for t in trainer.method.state_dict().values() if t.shape[:1] == (SAMPLES,)]
        learned = [p for p in trainer.method.parameters() if p.shape[:1] == (SAMPLES,)]
        held += [p.grad for p in learned if p.grad is not None]
        for optimiser in trainer.checkpoint()["optimisers"].values():
            kept = [t for state in optimiser["state"].values() for t in state.values()]
            held += [t for t in kept if getattr(t, "shape", ())[:1] == (SAMPLES,)]
        most = max(most, sum(t.nbytes for t in held))
    assert most == SAMPLES * sample_state(method).of(12)


def test_an_unknown_method_is_bad_input():
    with pytest.raises(BadInput, match=r"unknown method 'elrr'.*elr"):
        sample_state("elrr")
