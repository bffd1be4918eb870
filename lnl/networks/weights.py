"""Where files of weights lie on this machine. Nothing is ever downloaded."""

from pathlib import Path

import torch


def folder_of_weights() -> Path:
    """The folder of torch.hub, in which torchvision and timm keep what they were told to fetch."""
    return Path(torch.hub.get_dir()) / "checkpoints"
