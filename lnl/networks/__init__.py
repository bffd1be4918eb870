"""Networks for small images, by name."""

from lnl.networks.network import Network, NetworkOutput, make_network, network_names

__all__ = ["Network", "NetworkOutput", "make_network", "network_names"]
