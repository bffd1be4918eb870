"""Networks for small images, by name. A new file is imported here, which registers it."""

from lnl.networks import cnn7, cnn9, frozen, preact_resnet, resnet, resnet50, small_cnn  # noqa: F401
from lnl.networks.dropout import Dropout, dropout_from
from lnl.networks.network import (
    ImageShape,
    Network,
    NetworkCard,
    NetworkOutput,
    check_network,
    make_network,
    network_cards,
    network_names,
    recipe_of,
    threads_of,
    trains_on_one,
)

__all__ = [
    "Dropout",
    "ImageShape",
    "Network",
    "NetworkCard",
    "NetworkOutput",
    "check_network",
    "dropout_from",
    "make_network",
    "network_cards",
    "network_names",
    "recipe_of",
    "threads_of",
    "trains_on_one",
]
