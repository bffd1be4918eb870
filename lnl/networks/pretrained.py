"""Networks that go on from ImageNet's weights: what is common to all of them.

The name says so (``pretrained:resnet50`` beside ``resnet50``): a run is what its network is called,
whatever files lie on the machine on which it is resumed.
"""

from collections.abc import Callable
from dataclasses import replace

from lnl.networks.inputs import InputForm
from lnl.shapes import Recipe

PREFIX = "pretrained:"
HIGHEST_RATE = 0.01  # of SGD: above, the first steps forget what the weights know


def pretrained_recipe(form: InputForm) -> Callable[[Recipe], Recipe]:
    """Images on the scale that the weights know, and no higher rate than they stand."""

    def adapt(recipe: Recipe) -> Recipe:
        rate = min(recipe.learning_rate, HIGHEST_RATE)
        return replace(form.scaled(recipe), learning_rate=rate)

    return adapt
