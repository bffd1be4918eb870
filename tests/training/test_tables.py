"""Methods on tables of vectors: they learn, resume exactly, and refuse what needs images."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.linear_model import LogisticRegression

from lnl.data import load_data
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.training import make_method, prepare, train
from lnl.training.resolve import resolve
from tests.support.trainers import numbers

SETS = {"wine": load_wine, "cancer": load_breast_cancer, "digits": load_digits}


def saved(folder, name):
    found = SETS[name]()
    np.savez(folder / f"{name}.npz", x_train=found.data, y_train=found.target)
    return str(folder / f"{name}.npz")


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("tables"), "wine")


@pytest.mark.parametrize("name", SETS)
def test_cross_entropy_reaches_what_logistic_regression_does(name, tmp_path):
    data = load_data(saved(tmp_path, name))
    vectors = data.images.vectors
    seen, unseen = (vectors.read(rows).numpy() for rows in (data.train_rows, data.test.rows))
    line = LogisticRegression(max_iter=2000).fit(seen, data.given_labels.numpy())
    result = train(make_method("ce", data), data, device="cpu")
    least = line.score(unseen, data.test_labels.numpy()) - 2 / len(unseen)
    assert result.test_accuracy >= least


def test_a_resumed_run_gives_the_same_numbers(wine):
    spec = RunSpec(wine, "symmetric", rate=0.3, epochs=3, threads=1)
    whole = numbers(prepare(spec)[1])
    _, begun = prepare(spec)
    assert len(next(begun).probe_features) == 142  # the map of features has something to show
    state = begun.checkpoint()
    _, again = prepare(spec)
    again.restore(state)
    assert numbers(again) == whole[1:]


@pytest.mark.parametrize("method", ["selnlpl", "dividemix", "promix", "fine", "sop-plus"])
def test_methods_with_views_train_on_vectors(wine, method):
    data = load_data(wine, noise="symmetric", rate=0.3)
    result = train(make_method(method, data, epochs=6), data, device="cpu")
    assert all(np.isfinite(list(r.losses.values())).all() for r in result.records)


def test_what_restores_images_is_refused_by_name(wine):
    with pytest.raises(BadInput, match="network 'mlp' has no feature map, so nothing can be"):
        make_method("rfl", load_data(wine))


@pytest.mark.parametrize(
    "network", ["resnet18", "small-cnn", "frozen:efficientnet-lite0", "timm:resnet18"]
)
def test_networks_of_images_are_refused_before_anything_is_stored(wine, network):
    with pytest.raises(BadInput, match=r"takes images, and these data are a table of vectors"):
        resolve(RunSpec(wine, network=network))
