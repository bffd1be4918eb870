"""Networks that say what a test wants, so that a method's steps can be worked out by hand.

The "image" of sample i is the number i; its strong view is N + i. A network looks its logits up.
"""

import torch
from torch import nn

from lnl.methods.interface import EpochContext, Predictions, Step
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan
from lnl.networks import NetworkOutput
from lnl.shapes import Batch, DataSpec, Oracle, Recipe


class Says(nn.Module):
    """A table of logits [N or 2 N, K], the strong views' in the second half."""

    def __init__(self, *tables):
        super().__init__()
        self.table = nn.Parameter(torch.cat([torch.as_tensor(t).float() for t in tables]))

    def forward(self, images):
        logits = self.table[images[:, 0, 0, 0].long()]
        return NetworkOutput(logits, logits, None)


def made(name, labels, classes, **settings):
    labels = torch.as_tensor(labels)
    spec = DataSpec("made-up", len(labels), classes, (1, 8, 8), Recipe("tiny", 4))
    return registered(name).make(spec, settings, labels, Oracle(None, None, None))


def step_of(method, stage="selection", rows=None, epoch=0):
    count = method.spec.num_train
    index = torch.arange(count) if rows is None else torch.tensor(rows, dtype=torch.long)
    views = tuple((index + k * count).float()[:, None, None, None] for k in range(2))
    batch = Batch(views, method.given_labels[index], index)
    place = StagePlan(stage, 10)
    return Step(
        (batch,), place, epoch, epoch, 0, 0.0, lambda name: torch.Generator().manual_seed(0)
    )


def epoch_of(method, stage="selection", epoch=0):
    def predict(network, view, draws):
        logits = network.table[: method.spec.num_train].detach()
        return Predictions(logits.softmax(1), logits, method.given_labels, lambda: logits)

    place = StagePlan(stage, 10)
    return EpochContext(place, epoch, epoch, predict, lambda name: torch.Generator().manual_seed(0))


def enter(method, stage="selection", epoch=0):
    """What happens before the first pass of an epoch; returns its streams."""
    return next(method.passes(epoch_of(method, stage, epoch)))


def grad(loss, network):
    (found,) = torch.autograd.grad(loss, network.table, retain_graph=True)
    return found
