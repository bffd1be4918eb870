"""Networks for small images, by name. A new file is imported here, which registers it."""

from lnl.networks import (  # noqa: F401
    cnn7,
    cnn9,
    frozen,
    mlp,
    preact_resnet,
    resnet,
    resnet50,
    small_cnn,
    timm_models,
)
from lnl.networks.dropout import Dropout, dropout_from
from lnl.networks.network import (
    ImageShape,
    Network,
    NetworkCard,
    NetworkOutput,
    adapted_recipe,
    check_kind,
    check_network,
    make_network,
    network_card,
    network_cards,
    network_names,
    side_of,
    threads_of,
    trains_on_one,
)

__all__ = [
    "Dropout",
    "ImageShape",
    "Network",
    "NetworkCard",
    "NetworkOutput",
    "adapted_recipe",
    "check_kind",
    "check_network",
    "dropout_from",
    "make_network",
    "network_card",
    "network_cards",
    "network_names",
    "side_of",
    "threads_of",
    "trains_on_one",
]
