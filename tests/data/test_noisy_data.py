"""Loading a data set with noise: what is kept, told and refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.data import load_data
from lnl.data.noise import checked_rate
from lnl.data.noise.model import measured_transition_matrix
from lnl.errors import BadInput
from lnl.records import DataFacts


def test_actual_rate_is_measured_and_kept_beside_the_nominal():
    data = load_data("digits", noise="symmetric-inc", rate=0.5, seed=3)
    wrong = (data.given_labels != data.true_labels).double().mean().item()
    assert data.noise.actual_rate == wrong
    assert data.noise.nominal_rate == 0.5
    assert wrong == pytest.approx(0.45, abs=0.04)
    assert data.facts.actual_noise_rate == wrong


def test_images_test_set_and_true_labels_stay_as_they_are():
    clean, noisy = load_data("digits"), load_data("digits", noise="symmetric", rate=0.6)
    assert torch.equal(clean.train_images, noisy.train_images)
    assert torch.equal(clean.test_labels, noisy.test_labels)
    assert torch.equal(clean.given_labels, noisy.true_labels)
    assert clean.noise.actual_rate == 0


def test_groups_tell_clean_mislabelled_and_open_set():
    data = load_data("digits", noise="open-set", rate=0.3)
    groups = data.groups
    assert groups.dtype == torch.int8
    assert torch.equal(groups == 2, data.true_labels == -1)
    assert torch.equal(groups == 0, data.given_labels == data.true_labels)
    assert data.noise.open_set_rate == (groups == 2).double().mean().item()
    assert data.facts.open_set_rate == data.noise.open_set_rate
    assert data.noise.actual_rate == (groups != 0).double().mean().item()
    assert data.num_classes == 8


def test_own_labels_without_noise_are_unknown(write_npz):
    data = load_data(str(write_npz()))
    assert data.true_labels is None
    assert data.noise.actual_rate is None
    assert data.facts.actual_noise_rate is None
    assert data.oracle.noise_rate is None
    assert data.oracle.noise_kind is None
    assert data.oracle.transition_matrix is None
    assert (data.groups == 3).all()


def test_own_labels_are_taken_as_true_once_noise_is_asked_for(write_npz):
    data = load_data(str(write_npz()), noise="symmetric", rate=0.5)
    assert data.true_labels.tolist() == (np.arange(12) % 3).tolist()
    assert data.noise.actual_rate == 0.5


def test_the_oracle_knows_the_noise():
    oracle = load_data("digits", noise="pair", rate=0.2).oracle
    assert oracle.noise_kind == "pair"
    assert oracle.noise_rate == pytest.approx(0.2, abs=1e-3)
    assert oracle.transition_matrix[9, 0].item() == pytest.approx(0.2)
    assert oracle.transition_matrix.dtype == torch.float32


def test_spec_and_facts():
    data = load_data("digits", noise="symmetric", rate=0.4, limit=500)
    assert data.spec.num_train == 500
    assert data.spec.image_shape == (1, 8, 8)
    assert data.spec.recipe is data.recipe
    assert data.facts == DataFacts(
        data.fingerprint,
        "Digits (8 x 8)",
        500,
        360,
        10,
        tuple("0123456789"),
        (1, 8, 8),
        0.4,
        scheme=4,
        images_fingerprint=data.images.fingerprint,
    )


def sorted_by_class(write_npz):
    """As a folder of classes gives them: 4, 20 and 36 images of three classes."""
    labels = np.repeat([0, 1, 2], [4, 20, 36])
    images = np.random.RandomState(0).randint(0, 256, (60, 8, 8)).astype(np.uint8)
    return write_npz(x_train=images, y_train=labels, x_test=images, y_test=labels)


@pytest.mark.parametrize(
    ("limit", "sizes"), [(15, [1, 5, 9]), (30, [2, 10, 18]), (60, [4, 20, 36])]
)
def test_a_limit_takes_of_each_class_its_share(write_npz, limit, sizes):
    path = sorted_by_class(write_npz)
    for seed in range(3):
        few = load_data(path, limit=limit, seed=seed)
        assert np.bincount(few.given_labels).tolist() == sizes
        whole = load_data(path)
        assert torch.equal(few.train_images, whole.train_images[torch.as_tensor(few.train_rows)])
    assert (
        load_data(path, limit=limit, seed=1).fingerprint
        == load_data(path, limit=limit, seed=1).fingerprint
    )


def test_a_smaller_limit_is_part_of_a_larger_one():
    few, more = (load_data("digits", limit=limit, seed=3).train_rows for limit in (100, 200))
    assert set(few.tolist()) < set(more.tolist())
    other = load_data("digits", limit=100, seed=4).train_rows
    assert few.tolist() != other.tolist()


def test_a_limit_that_takes_all_changes_nothing():
    assert load_data("digits", limit=5000).fingerprint == load_data("digits").fingerprint


MODELS = [
    ("symmetric", {}),
    ("symmetric", {"sampling": "iid"}),
    ("symmetric-inc", {}),
    ("asymmetric", {"map": "next"}),
    ("pair", {}),
    ("instance", {}),
    ("open-set", {"known": 5}),
    ("open-set", {"known": 5, "kind": "asymmetric"}),
]


@pytest.mark.parametrize(("noise", "options"), MODELS, ids=lambda value: str(value))
def test_noise_gives_no_label_without_an_image(write_npz, noise, options):
    labels = np.arange(60) % 3 * 2  # 0, 2, 4 of six classes; the test set has them all
    images = np.random.RandomState(0).randint(0, 256, (60, 8, 8)).astype(np.uint8)
    path = write_npz(x_train=images, y_train=labels, x_test=images, y_test=np.arange(60) % 6)
    data = load_data(path, noise=noise, rate=0.9, **options)
    assert set(data.given_labels.tolist()) <= {0, 2, 4}
    if noise not in ("asymmetric", "pair") and "asymmetric" not in options.values():
        assert data.noise.actual_rate > 0.4
    matrix = data.noise.transition_matrix
    assert torch.allclose(matrix.sum(dim=1), torch.ones(len(matrix)))


def test_of_one_class_noise_leaves_all_labels():
    for noise, options in MODELS[:6]:
        alone = load_data("digits", noise=noise, rate=0.9, limit=1, **options)
        assert alone.noise.actual_rate == 0


def test_names_are_told_apart(write_npz):
    names = np.array(["crane", "", "crane"])
    data = load_data(write_npz(class_names=names))
    assert data.class_names == ("crane (class 0)", "class 1", "crane (class 2)")
    assert data.labels.class_names == ("crane", "", "crane"), "the fingerprint stays"


def test_the_fingerprint_tells_data_apart():
    draws = [
        load_data("digits", noise="symmetric", rate=0.4),
        load_data("digits", noise="symmetric", rate=0.4, seed=1),
        load_data("digits", noise="symmetric", rate=0.2),
        load_data("digits", noise="symmetric", rate=0.4, sampling="iid"),
        load_data("digits", noise="symmetric", rate=0.4, limit=700),
        load_data("digits"),
        load_data("shapes"),
    ]
    assert len({d.fingerprint for d in draws}) == len(draws)
    again = load_data("digits", noise="symmetric", rate=0.4)
    assert again.fingerprint == draws[0].fingerprint
    assert torch.equal(again.given_labels, draws[0].given_labels)


def test_the_fingerprint_knows_whether_the_true_labels_are_known(write_npz):
    path = str(write_npz())
    unknown, known = load_data(path), load_data(path, noise="symmetric", rate=0)
    assert torch.equal(unknown.given_labels, known.given_labels)
    assert unknown.fingerprint != known.fingerprint


def test_options_are_resolved_and_kept():
    assert load_data("digits", noise="asymmetric", rate=0.4).noise.options == {
        "map": "digits",
        "sampling": "exact",
    }
    assert (
        load_data("digits", noise="asymmetric", rate=0.4, map="next").noise.options["map"] == "next"
    )


def test_noise_without_a_rate_has_none():
    assert load_data("digits", noise="none", rate=0.4).noise.nominal_rate == 0


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (40, r"must lie in \[0, 1\], got 40; write 0.4 for 40 %"),
        (-0.1, r"must lie in \[0, 1\], got -0.1$"),
        (float("nan"), r"must lie in \[0, 1\], got nan$"),
        (1000, r"got 1000$"),
        ("0.4", "must be a number"),
        (None, "must be a number"),
        (True, "must be a number"),
    ],
)
def test_a_rate_that_is_none(rate, message):
    with pytest.raises(BadInput, match=message):
        load_data("digits", noise="symmetric", rate=rate)


@given(rate=st.floats(0, 1))
def test_every_rate_from_0_to_1_is_fine(rate):
    assert checked_rate(rate) == rate


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"name": "dgits"}, "unknown data set 'dgits'. Did you mean 'digits'"),
        ({"noise": "symetric"}, "unknown noise model 'symetric'. Did you mean 'symmetric'"),
        ({"noise": "symmetric", "map": "next"}, "unknown option of the noise model 'symmetric'"),
        ({"noise": "symmetric", "sampling": "ids"}, "'ids'. Did you mean 'iid'"),
        ({"noise": "asymmetric", "map": "cifar10"}, "unknown map of .* Known: digits, next"),
        ({"noise": "human"}, "there are no human labels for Digits"),
        ({"limit": 0}, "at least 1 training sample, got 0"),
        ({"seed": -1}, "noise seed must lie in"),
        ({"name": "nowhere.npz"}, "there is no file 'nowhere.npz'"),
    ],
)
def test_wrong_wishes_say_what_is_known(wish, message):
    with pytest.raises(BadInput, match=message):
        load_data(**{"name": "digits", **wish})


def test_own_data_has_no_superclasses(write_npz):
    with pytest.raises(BadInput, match="own has no super-classes"):
        load_data(str(write_npz()), noise="superclass", rate=0.2)


def test_measured_matrix_leaves_open_set_out_and_keeps_empty_classes():
    true = torch.tensor([0, 0, 0, 0, 1, -1])
    given = torch.tensor([0, 0, 0, 1, 1, 2])
    expected = [[0.75, 0.25, 0], [0, 1, 0], [0, 0, 1]]
    assert measured_transition_matrix(true, given, 3).tolist() == expected


def test_instance_noise_is_measured():
    data = load_data("digits", noise="instance", rate=0.3)
    assert torch.equal(
        data.noise.transition_matrix,
        measured_transition_matrix(data.true_labels, data.given_labels, 10).float(),
    )
