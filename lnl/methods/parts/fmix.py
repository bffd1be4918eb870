"""Masks of few, large patches, by which two images are pieced together.

Source: FMix (Harris et al., 2020, arXiv 2002.12047): a random image of low frequencies, cut so that
a given share of its pixels is 1.
"""

import torch
from torch import Tensor

DECAY = 3.0


def drawn_mask(
    height: int, width: int, share: Tensor, random: torch.Generator, decay: float = DECAY
) -> Tensor:
    """1.0 on the ``share`` of pixels where a smooth random image is largest, [height, width]."""
    device = random.device
    down = torch.fft.fftfreq(height, device=device)[:, None]
    along = torch.fft.rfftfreq(width, device=device)[None]
    frequency = (down.square() + along.square()).sqrt().clamp_min(1 / max(height, width))
    parts = torch.randn(*frequency.shape, 2, generator=random, device=device)
    spectrum = torch.view_as_complex(parts) / frequency**decay
    smooth = torch.fft.irfft2(spectrum, s=(height, width)).flatten()
    ranks = smooth.argsort(descending=True, stable=True).argsort()
    # The number of ones stays on the device.
    mask: Tensor = (ranks < (share * len(ranks)).round()).float()
    return mask.view(height, width)
