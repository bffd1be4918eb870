"""Data sets, noise on their labels, and batches on the device."""

from lnl.data.cards import DatasetCard, NoiseCard, dataset_card, dataset_cards, noise_cards
from lnl.data.download import download, prepare, what_helps
from lnl.data.images import ImageSet
from lnl.data.labels import LabelSet, NoiseApplied
from lnl.data.loader import Loader
from lnl.data.noise import NoiseOption
from lnl.data.noisy_data import NoisyData, data_of, load_data
from lnl.data.source import Split
from lnl.data.sources import is_read_at_once, state_of

__all__ = [
    "DatasetCard",
    "ImageSet",
    "LabelSet",
    "Loader",
    "NoiseApplied",
    "NoiseCard",
    "NoiseOption",
    "NoisyData",
    "Split",
    "data_of",
    "dataset_card",
    "dataset_cards",
    "download",
    "is_read_at_once",
    "load_data",
    "noise_cards",
    "prepare",
    "state_of",
    "what_helps",
]
