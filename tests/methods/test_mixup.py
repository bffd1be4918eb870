"""mixup: the pairs and their loss, the distribution of λ, and what a wrapper is shown."""

from dataclasses import replace

import pytest
import torch

from lnl.catalogue import pieces_of
from lnl.methods.mixup import method as module
from lnl.methods.mixup.method import MixupSettings, drawn_share
from lnl.methods.registry import registered
from lnl.networks import NetworkOutput
from tests.support.saying import grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])


class Linear(torch.nn.Module):
    """Logits are a linear function of the number that stands for an image."""

    def __init__(self):
        super().__init__()
        self.table = torch.nn.Parameter(torch.tensor([[0.3, -0.2, 0.1]]))
        self.seen = []

    def forward(self, images):
        self.seen.append((images[:, 0, 0, 0].detach(), self.training))
        logits = images[:, 0, 0, :1] * self.table
        return NetworkOutput(logits, logits, None)


def stepped(share=None, order=None, monkeypatch=None, **changes):
    if share is not None:
        monkeypatch.setattr(module, "drawn_share", lambda alpha, random: torch.tensor(share))
    if order is not None:
        monkeypatch.setattr(torch, "randperm", lambda *_, **__: torch.tensor(order))
    method = made("mixup", LABELS, 3)
    method.network = Linear()
    return method, method.training_step(replace(step_of(method), **changes))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_images_and_labels_are_mixed_by_one_share(share, monkeypatch):
    order = [5, 3, 0, 1, 2, 4]
    method, output = stepped(share, order, monkeypatch)
    images = torch.arange(6, dtype=torch.float64)
    mixed = share * images + (1 - share) * images[order]
    ((seen, training),) = method.network.seen
    assert training
    torch.testing.assert_close(seen.double(), mixed, rtol=1e-5, atol=1e-6)
    hot = torch.eye(3, dtype=torch.float64)[LABELS]
    target = share * hot + (1 - share) * hot[order]
    table = method.network.table.detach().double()
    p = (mixed[:, None] * table).softmax(1)
    expected = -(target * p.log()).sum(1).mean()
    loss = output.losses["cross_entropy"]
    torch.testing.assert_close(loss.double(), expected, rtol=1e-5, atol=1e-6)
    pull = (mixed[:, None] * (p - target)).mean(0, keepdim=True)
    torch.testing.assert_close(grad(loss, method.network).double(), pull, rtol=1e-4, atol=1e-6)


def test_each_image_paired_with_itself_is_cross_entropy(monkeypatch):
    method, output = stepped(0.3, [0, 1, 2, 3, 4, 5], monkeypatch)
    logits = torch.arange(6.0)[:, None] * method.network.table
    expected = torch.nn.functional.cross_entropy(logits, LABELS)
    torch.testing.assert_close(output.losses["cross_entropy"], expected)


def test_a_step_draws_a_whole_permutation():
    method, _ = stepped()
    (seen, _), alpha = method.network.seen[0], method.settings.alpha
    share = drawn_share(alpha, torch.Generator().manual_seed(0))
    others = (seen - share * torch.arange(6)) / (1 - share)
    torch.testing.assert_close(others.sort().values, torch.arange(6.0), rtol=1e-4, atol=1e-4)


def test_a_wrapper_is_shown_the_images_unmixed_in_eval_mode():
    method, output = stepped()
    assert not output.shown
    method, output = stepped(show_filtered=True)
    _, (seen, training) = method.network.seen
    assert seen.equal(torch.arange(6.0))
    assert not training
    assert method.network.training
    shown = output.shown["network"]
    assert shown.selected is None
    assert shown.logits.requires_grad


@pytest.mark.parametrize("alpha", [0.001, 0.2, 1.0, 32.0])
def test_the_share_is_drawn_from_the_beta_distribution(alpha):
    random = torch.Generator().manual_seed(0)
    found = torch.stack([drawn_share(alpha, random) for _ in range(4000)])
    assert ((found >= 0) & (found <= 1)).all()
    assert found.mean().item() == pytest.approx(0.5, abs=0.03)
    assert found.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.1)


def test_near_0_no_images_are_mixed():
    random = torch.Generator().manual_seed(0)
    found = torch.stack([drawn_share(1e-4, random) for _ in range(200)])
    assert torch.minimum(found, 1 - found).max() < 1e-3
    assert 60 < found.sum() < 140


def test_presets_have_the_values_of_the_released_code():
    preset = registered("mixup").preset("cifar100", None)
    settings = MixupSettings(**preset.settings)
    assert (settings.alpha, settings.learning_rate, settings.weight_decay) == (1.0, 0.1, 1e-4)
    assert [m * preset.recipe["epochs"] for m in preset.recipe["milestones"]] == [100, 150]
    assert registered("mixup").preset("cifar10", "noisy").settings["alpha"] == 8


def test_its_loss_is_that_of_ce_and_drawn_as_such():
    assert pieces_of("mixup") == ("ce",)
