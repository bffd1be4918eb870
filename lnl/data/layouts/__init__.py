"""The data sets of the papers that come as folders and lists of images, each as it is published.

A file put here is found and registered by itself: it says which image has which label; all else
(decoding, resuming, mapping) is shared with a user's own images.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
