"""MNIST and CIFAR with test labels that people corrected, each a data set of its own."""

from lnl.data.better_test_labels import Correction, reviewed, voted
from lnl.data.source import register, registered
from lnl.data.sources import cifar10, cifar100, mnist  # noqa: F401  # register what is corrected

CHANGED = {"mnist": 10, "cifar10": 18, "cifar100": 318}  # of 10,000, by the published files
VOTED = 77

for _name, _count in CHANGED.items():
    _base = registered(_name)
    _reviews = Correction(
        (f"label-errors/{_name}_mturk.json", f"label-errors/{_name}_test.npz"),
        reviewed,
        f"Get mturk/{_name}_mturk.json from github.com/cleanlab/label-errors",
    )
    register(
        _reviews.of(
            _base,
            f"{_name}-corrected",
            f"{_base.title}, corrected test labels",
            f"{_base.title}, but {_count} of its 10,000 test labels are those that most reviewers "
            "chose (Northcutt et al., NeurIPS 2021).",
        )
    )

_votes = Correction(
    ("cifar10h/cifar10h-counts.npy", "cifar10h/cifar10h.npz"),
    voted,
    "Get data/cifar10h-counts.npy from github.com/jcpeterson/cifar-10h",
)
register(
    _votes.of(
        registered("cifar10"),
        "cifar10h",
        "CIFAR-10H",
        f"CIFAR-10, but {VOTED} of its 10,000 test labels are others by the votes of about 50 "
        "people each (Peterson et al., ICCV 2019).",
    )
)
