"""Human labels in the CIFAR-N authors' files."""

import numpy as np
import pytest
import torch

from lnl.data.cifar_n import HumanFile
from lnl.data.noise.model import Sample
from lnl.data.source import HumanLabels, LabelledImages
from lnl.errors import BadInput
from tests.data.conftest import make_source

CLEAN = np.arange(20) % 4
WORST = (np.arange(20) + (np.arange(20) % 5 == 0)) % 4
FILE = HumanFile(("h.pt", "h.npz"), {"worst": "worse_label", "random1": "random_label1"})


def labels(dtype=np.int64):
    return {"clean_label": CLEAN.astype(dtype), "worse_label": WORST.astype(dtype)}


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("folder", [".", "cifar-n"])
def test_the_authors_pt_file(tmp_path, zipped, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    path = tmp_path / folder / "h.pt"
    held = {**labels(), "noisy_coarse_label": WORST.tolist()}
    torch.save(held, path, _use_new_zipfile_serialization=zipped)
    found = FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN))
    assert found.dtype == torch.int64
    assert found.tolist() == WORST.tolist()


def test_an_npz_with_the_same_keys(tmp_path):
    np.savez(tmp_path / "h.npz", **labels(np.uint8))
    assert FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN)).tolist() == WORST.tolist()


@pytest.mark.parametrize(
    "worst", [WORST[:7], WORST[:0], WORST[:, None], WORST / 2, WORST.astype(str)]
)
def test_labels_that_do_not_fit_are_refused(tmp_path, worst):
    np.savez(tmp_path / "h.npz", **{**labels(), "worse_label": worst})
    with pytest.raises(
        BadInput, match=r"as 'worse_label', expected 20 whole numbers, one for each"
    ):
        FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN))


@pytest.mark.parametrize("limit", [None, 8])
def test_the_labels_of_a_data_set(draw, limit):
    """Through the noise model: a limit takes those of its samples; classes must be known."""
    names = {"human_labels": HumanLabels(("mine",), lambda *_: torch.from_numpy(WORST))}
    places = None if limit is None else np.arange(limit) * 2
    out = draw("human", CLEAN, source=made(**names), sample=Sample(places))
    assert out.given_labels.tolist() == (WORST if places is None else WORST[places]).tolist()
    strange = HumanLabels(("mine",), lambda *_: torch.from_numpy(WORST + 3 * (CLEAN == 2)))
    with pytest.raises(BadInput, match="outside the classes 0 to 3: image 2 has 5"):
        draw("human", CLEAN, source=made(human_labels=strange))


def made(**more):
    """A data set of which only the labels are loaded."""
    images = torch.zeros(20, 1, 4, 4, dtype=torch.uint8)
    true = torch.from_numpy(CLEAN)
    data = LabelledImages.of(images, true, images, true, tuple("abcd"))
    return make_source(4, load=lambda folder: data, **more)


def test_another_order_is_refused(tmp_path):
    np.savez(tmp_path / "h.npz", **labels())
    with pytest.raises(BadInput, match="another order than the images"):
        FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN[::-1].copy()))


def test_a_missing_file_says_where_to_put_it(tmp_path):
    with pytest.raises(BadInput, match=r"put h\.pt of the CIFAR-N authors"):
        FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN))


def test_a_missing_key_is_named(tmp_path):
    np.savez(tmp_path / "h.npz", **labels())
    with pytest.raises(BadInput, match="has no 'random_label1'; it holds clean_label, worse_label"):
        FILE.read(tmp_path, "random1", torch.from_numpy(CLEAN))


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


def test_a_file_that_would_execute_something_is_refused(tmp_path, capsys):
    torch.save({**labels(), "evil": Evil()}, tmp_path / "h.pt")
    with pytest.raises(BadInput, match="cannot be read as human labels"):
        FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN))
    assert "executed" not in capsys.readouterr().out


def test_a_file_that_is_no_dict_is_refused(tmp_path):
    torch.save([1, 2], tmp_path / "h.pt")
    with pytest.raises(BadInput, match="holds a list"):
        FILE.read(tmp_path, "worst", torch.from_numpy(CLEAN))
