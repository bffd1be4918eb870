"""All methods. A file dropped into this folder is registered by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lnl.methods.base import Method
from lnl.methods.registry import Registered, all_methods, register, registered
from lnl.methods.settings import MethodSettings, Preset, setting

__all__ = [
    "Method",
    "MethodSettings",
    "Preset",
    "Registered",
    "all_methods",
    "register",
    "registered",
    "setting",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
