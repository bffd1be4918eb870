"""The catalogue: cards are plain, defaults follow the data set, previews say what was drawn."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from lnl import catalogue
from lnl.errors import BadInput
from lnl.methods.registry import all_methods
from lnl.records import RunSpec


def test_every_method_has_a_card_that_is_plain_data():
    cards = catalogue.methods()
    assert [card.name for card in cards] == [entry.name for entry in all_methods()]
    for card in cards:
        assert json.loads(json.dumps(asdict(card)))["title"] == card.title
        assert card.summary
        assert card.source
        for field in card.settings["properties"].values():
            assert field["description"]
            assert "default" in field


@pytest.mark.parametrize("entry", all_methods(), ids=lambda entry: entry.name)
def test_every_method_tells_defaults_and_schedule_without_data(entry):
    card = catalogue.method(entry.name)
    told = catalogue.resolve(RunSpec(method=entry.name, epochs=30))
    assert told.spec.settings.keys() == card.settings["properties"].keys()
    assert told.spec.epochs == 30


def test_a_part_s_card_shows_its_own_defaults():
    assert catalogue.method("nl").settings["properties"]["selnl_epochs"]["default"] == 0
    assert catalogue.method("selnlpl").settings["properties"]["selnl_epochs"]["default"] > 0


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="Did you mean 'selnlpl'"):
        catalogue.method("selnlp")
    with pytest.raises(BadInput, match="digits"):
        catalogue.dataset("digit")
    with pytest.raises(BadInput, match="network"):
        catalogue.resolve(RunSpec(network="lenet"))
    with pytest.raises(BadInput, match=r"write 0\.4 for 40 %"):
        catalogue.resolve(RunSpec(rate=40))
    with pytest.raises(BadInput, match="at least 3, one for each stage"):
        catalogue.resolve(RunSpec(method="selnlpl", epochs=2))


def test_cards_of_data_noise_and_networks():
    assert catalogue.dataset("digits").num_train > 1000
    assert catalogue.dataset("digits").available
    assert {"none", "symmetric"} <= {card.name for card in catalogue.noises("digits")}
    assert catalogue.dataset("digits").recipe.network in {
        card.name for card in catalogue.network_cards("digits")
    }


def test_preview_shows_what_was_drawn():
    spec = RunSpec(noise="symmetric", rate=0.4, noise_seed=3)
    preview = catalogue.preview(spec, count=12)
    assert preview.images.shape == (12, 1, 8, 8)
    assert preview.images.dtype == np.uint8
    assert (preview.given_labels != preview.true_labels).all()
    assert preview.actual_rate == pytest.approx(0.4, abs=0.03)
    assert preview.nominal_rate == 0.4
    assert preview.transition_matrix.sum(1) == pytest.approx(np.ones(10))
    assert preview.class_rates.mean() == pytest.approx(0.4, abs=0.05)
    again = catalogue.preview(spec, count=12)
    assert (again.ids == preview.ids).all()
    mixed = catalogue.preview(spec, count=200, mislabelled_first=False)
    assert 0.2 < (mixed.given_labels != mixed.true_labels).mean() < 0.6


def test_preview_counts_and_tells_what_was_asked_for():
    seen = catalogue.preview(RunSpec(noise="asymmetric", rate=0.3))
    assert not seen.counted
    assert seen.requested_rates == pytest.approx(1 - seen.transition_matrix.diagonal())
    assert seen.given_counts.sum() == seen.true_counts.sum() == seen.num_train
    by_image = catalogue.preview(RunSpec(noise="instance", rate=0.3))
    assert by_image.counted
    assert by_image.requested_rates == pytest.approx(np.full(10, 0.3))
    open_set = catalogue.preview(RunSpec(noise="open-set", rate=0.2))
    assert open_set.true_counts.sum() == round(open_set.num_train * (1 - open_set.open_set_rate))
    assert len(open_set.class_rates) == len(open_set.class_names) == 8


def test_one_s_own_file_has_a_card_too(tmp_path):
    labels = np.arange(12) % 3
    images = np.zeros((12, 8, 8), np.uint8)
    file = tmp_path / "mine.npz"
    np.savez(file, x_train=images, y_train=labels, x_test=images, y_test=labels)
    card = catalogue.dataset(str(file))
    assert (card.num_classes, card.available, card.own, card.embedded) == (3, True, True, False)
    seen = catalogue.preview(RunSpec(dataset=str(file), noise="none", rate=0.0), count=5)
    assert seen.true_labels is None
    assert seen.actual_rate is None
    assert seen.requested_rates is None
    assert list(seen.given_counts) == [4, 4, 4]


def test_warming_up_draws_no_random_number():
    import torch

    before = torch.random.get_rng_state()
    catalogue.warm_up()
    assert torch.equal(torch.random.get_rng_state(), before), "a run may be drawing beside it"
