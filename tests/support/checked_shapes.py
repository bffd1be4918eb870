"""A plugin of pytest: in tests each shape that `lnl` annotates is checked at each call.

It must be loaded before `lnl` is. Left out are modules without shapes, and those that import their
parts on demand, which the hook cannot follow.
"""

from jaxtyping import install_import_hook

install_import_hook(
    [
        "lnl.data.augment",
        "lnl.data.loader",
        "lnl.data.rand_augment",
        "lnl.diagnostics",
        "lnl.losses",
        "lnl.methods.base",
        "lnl.networks",
        "lnl.training.evaluation",
        "lnl.training.passes",
        "lnl.training.previewing",
    ],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",
)
