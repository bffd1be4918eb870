"""The confident joint by hand, as a property, and beside cleanlab where that is installed.

Slow twins of its parts stand in ``tests/methods/test_cl.py``.
"""

import numpy as np
import pytest
import torch
from cleanlab import count
from hypothesis import given
from hypothesis import strategies as st

from lnl.confident_joint import joint, joint_counts
from lnl.findings.joints import by_true_class, noise_rate
from lnl.records import RunSpec
from lnl.training import prepare

# Two classes, three samples each. Mean probability of 0 where 0 is given: (0.9 + 0.8 + 0.1) / 3 =
# 0.6; of 1 where 1 is given: (0.9 + 0.9 + 0.3) / 3 = 0.7. The third sample is confidently of 1
# (0.9 >= 0.7), the last one of 0 (0.7 >= 0.6): C = [[2, 1], [1, 2]].
P = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9], [0.7, 0.3]]).double()
LABELS = torch.tensor([0, 0, 0, 1, 1, 1])
EXPECTED = torch.tensor([[2, 1], [1, 2]]).double()


def test_by_hand():
    assert joint_counts(P, LABELS).tolist() == [[2, 1], [1, 2]]
    assert torch.allclose(joint(P, LABELS), EXPECTED / 6)
    assert torch.allclose(by_true_class(joint(P, LABELS)), EXPECTED / 3)
    assert noise_rate(joint(P, LABELS)) == pytest.approx(1 / 3)


def test_rows_are_true_classes():
    counts = np.array([[6.0, 2.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])  # rows: given labels
    found = by_true_class(counts)
    assert found.tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 0]]
    assert torch.equal(by_true_class(torch.from_numpy(counts)), torch.from_numpy(found))


def noisy(seed, classes, rate, count=4000):
    """Predictions of a network that knows the classes, and labels with symmetric noise."""
    random = torch.Generator().manual_seed(seed)
    true = torch.randint(classes, (count,), generator=random)
    other = (true + torch.randint(1, classes, (count,), generator=random)) % classes
    wrong = torch.rand(count, generator=random) < rate
    logits = torch.randn(count, classes, generator=random, dtype=torch.float64)
    logits[torch.arange(count), true] += 6
    return logits.softmax(1), torch.where(wrong, other, true), wrong.double().mean().item()


@given(seed=st.integers(0, 10**6), classes=st.integers(2, 8), rate=st.floats(0, 0.4))
def test_a_network_that_knows_the_classes_counts_the_noise(seed, classes, rate):
    p, labels, actual = noisy(seed, classes, rate)
    found = joint(p, labels)
    assert found.sum().item() == pytest.approx(1)
    sizes = torch.bincount(labels, minlength=classes).double() / len(labels)
    assert torch.allclose(found.sum(1), sizes)
    assert noise_rate(found) == pytest.approx(actual, abs=0.02)
    rows = by_true_class(found).sum(1)
    assert torch.allclose(rows, torch.ones(classes).double())


@given(seed=st.integers(0, 10**6), classes=st.integers(2, 8))
def test_a_network_that_has_memorised_sees_nothing(seed, classes):
    _, labels, _ = noisy(seed, classes, 0.4)
    said = torch.nn.functional.one_hot(labels, classes).double()
    assert noise_rate(joint(said, labels)) == pytest.approx(0, abs=1e-9)


def test_beside_cleanlab():
    for seed in range(5):
        p, labels, _ = noisy(seed, 5, 0.3)
        theirs = count.compute_confident_joint(labels.numpy(), p.numpy())
        assert np.array_equal(joint_counts(p, labels).numpy(), theirs)


def test_each_evaluated_epoch_keeps_that_of_its_training_predictions():
    _, trainer = prepare(RunSpec(limit=300, epochs=2, threads=1, evaluate_every=2))
    first, second = trainer
    assert first.joint is None
    p = trainer._evaluator.predictions(trainer.method.network).probabilities
    expected = joint(p.double(), trainer.data.given_labels).float().numpy()
    assert np.array_equal(second.joint, expected)
