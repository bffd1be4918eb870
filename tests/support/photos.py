"""Pictures of a user's own, written into a folder."""

import io

import numpy as np
from PIL import Image


def pixels(number, side=12, channels=3):
    """A picture of its own for each number."""
    shape = (side, side, 3) if channels == 3 else (side, side)
    return np.random.default_rng(number).integers(0, 256, shape).astype(np.uint8)


def encoded(array, kind="PNG", **options):
    """The bytes of an image file."""
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, **options)
    return file.getvalue()


class Photos:
    """A folder that images are written into."""

    def __init__(self, folder):
        self.folder = folder
        self._count = 0

    def add(self, path, content=None, **options):
        self._count += 1
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            content = encoded(pixels(self._count, **options))
        place.write_bytes(content)
        return place

    def classes(self, *names, images=6, below="", **options):
        for name in names:
            for number in range(images):
                self.add(f"{below}{name}/{number}.png", **options)
        return self
