"""Data sets, noise on their labels, and batches on the device."""

from lnl.data.cards import DatasetCard, NoiseCard, dataset_card, dataset_cards, noise_cards
from lnl.data.download import download
from lnl.data.loader import Loader
from lnl.data.noise import NoiseOption
from lnl.data.noisy_data import NoiseApplied, NoisyData, load_data

__all__ = [
    "DatasetCard",
    "Loader",
    "NoiseApplied",
    "NoiseCard",
    "NoiseOption",
    "NoisyData",
    "dataset_card",
    "dataset_cards",
    "download",
    "load_data",
    "noise_cards",
]
