"""torchvision's data sets: on-disk formats read without a network, downloads on request only."""

import gzip
import io
import pickle
import subprocess
import tarfile
from hashlib import md5

import numpy as np
import pytest
import torch
from scipy.io import savemat
from torchvision import datasets

from lnl.data import dataset_card, dataset_cards, download, load_data
from lnl.data.source import data_folder, registered
from lnl.errors import BadInput

RANDOM = np.random.RandomState(0)
GREY = {
    "train": (RANDOM.randint(0, 256, (30, 28, 28)).astype(np.uint8), np.arange(30) % 10),
    "t10k": (RANDOM.randint(0, 256, (20, 28, 28)).astype(np.uint8), np.arange(20) % 10),
}
COLOUR = RANDOM.randint(0, 256, (12, 3072)).astype(np.uint8)


def idx_files():
    """MNIST's four files, by name."""
    for part, (images, labels) in GREY.items():
        head = np.array([0x803, len(images), 28, 28], ">i4").tobytes()
        yield f"{part}-images-idx3-ubyte", head + images.tobytes()
        head = np.array([0x801, len(labels)], ">i4").tobytes()
        yield f"{part}-labels-idx1-ubyte", head + labels.astype(np.uint8).tobytes()


RAW = {"mnist": "MNIST/raw", "fashion-mnist": "FashionMNIST/raw", "kmnist": "KMNIST/raw"}


@pytest.fixture(params=RAW)
def grey_root(request, tmp_path):
    raw = tmp_path / RAW[request.param]
    raw.mkdir(parents=True)
    for name, content in idx_files():
        (raw / name).write_bytes(content)
    return request.param, tmp_path


def cifar_files(kind):
    """CIFAR's pickles, by name; two images each."""
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    if kind == "cifar100":
        names = ["train", "test"]
    key = "fine_labels" if kind == "cifar100" else "labels"
    for i, name in enumerate(names):
        yield name, {"data": COLOUR[2 * i : 2 * i + 2], key: [i, 9 - i]}
    if kind == "cifar100":
        yield "meta", {"fine_label_names": [str(c) for c in range(100)]}
    else:
        yield "batches.meta", {"label_names": list("abcdefghij")}


@pytest.fixture(params=["cifar10", "cifar100"])
def cifar_root(request, tmp_path, monkeypatch):
    cls = {"cifar10": datasets.CIFAR10, "cifar100": datasets.CIFAR100}[request.param]
    folder = tmp_path / cls.base_folder
    folder.mkdir()
    sums = {}
    for name, content in cifar_files(request.param):
        (folder / name).write_bytes(pickle.dumps(content, protocol=2))
        sums[name] = md5((folder / name).read_bytes()).hexdigest()
    # torchvision refuses files with other checksums than the publisher's.
    for attribute in ("train_list", "test_list"):
        checked = [[name, sums[name]] for name, _ in getattr(cls, attribute)]
        monkeypatch.setattr(cls, attribute, checked)
    monkeypatch.setattr(cls, "meta", {**cls.meta, "md5": sums[cls.meta["filename"]]})
    return request.param, tmp_path


@pytest.fixture
def svhn_root(tmp_path, monkeypatch):
    sums = {}
    for part, rows in (("train", slice(0, 8)), ("test", slice(8, 12))):
        images = COLOUR[rows].reshape(-1, 3, 32, 32).transpose(2, 3, 1, 0)
        labels = np.resize([10, 1, 9, 10], (images.shape[-1], 1))
        file = tmp_path / f"{part}_32x32.mat"
        savemat(file, {"X": images, "y": labels})
        url, name, _ = datasets.SVHN.split_list[part]
        sums[part] = [url, name, md5(file.read_bytes()).hexdigest()]
    monkeypatch.setattr(datasets.SVHN, "split_list", sums)
    return tmp_path


@pytest.fixture
def stl_root(tmp_path, monkeypatch):
    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    for part, count in (("train", 4), ("test", 2)):
        images = RANDOM.randint(0, 256, (count, 3, 96, 96)).astype(np.uint8)
        (folder / f"{part}_X.bin").write_bytes(images.transpose(0, 1, 3, 2).tobytes())
        (folder / f"{part}_y.bin").write_bytes(bytes([1, 10, 3, 4][:count]))
        np.save(tmp_path / f"{part}.npy", images)
    (folder / "unlabeled_X.bin").write_bytes(b"")
    (folder / "fold_indices.txt").write_text("0 1\n" * 10)
    for attribute in ("train_list", "test_list"):
        checked = [
            [name, md5((folder / name).read_bytes()).hexdigest()]
            for name, _ in getattr(datasets.STL10, attribute)
        ]
        monkeypatch.setattr(datasets.STL10, attribute, checked)
    return tmp_path


def test_svhn_format(svhn_root):
    data = load_data("svhn", data_dir=svhn_root)
    assert np.array_equal(data.train_images.flatten(1).numpy(), COLOUR[:8])
    assert np.array_equal(data.test_images.flatten(1).numpy(), COLOUR[8:])
    assert data.given_labels.tolist() == [0, 1, 9, 0] * 2  # 10 stands for the digit 0
    assert data.test_labels.tolist() == [0, 1, 9, 0]


def test_stl10_format(stl_root):
    data = load_data("stl10", data_dir=stl_root)
    for part, images in (("train", data.train_images), ("test", data.test_images)):
        assert np.array_equal(images.numpy(), np.load(stl_root / f"{part}.npy"))
    assert data.given_labels.tolist() == [0, 9, 2, 3]
    assert data.test_labels.tolist() == [0, 9]


def test_mnist_format(grey_root):
    name, root = grey_root
    data = load_data(name, data_dir=root)
    assert np.array_equal(data.train_images[:, 0].numpy(), GREY["train"][0])
    assert np.array_equal(data.test_images[:, 0].numpy(), GREY["t10k"][0])
    assert data.given_labels.tolist() == GREY["train"][1].tolist()
    assert data.test_labels.tolist() == GREY["t10k"][1].tolist()
    assert len(data.class_names) == 10


def test_cifar_format(cifar_root):
    name, root = cifar_root
    data = load_data(name, data_dir=root)
    rows = 10 if name == "cifar10" else 2
    assert np.array_equal(data.train_images.flatten(1).numpy(), COLOUR[:rows])
    assert np.array_equal(data.test_images.flatten(1).numpy(), COLOUR[rows : rows + 2])
    assert data.given_labels[:4].tolist() == [0, 9, 1, 8][:rows]
    assert data.num_classes == len(set(data.class_names)) == (10 if name == "cifar10" else 100)


def test_human_labels_beside_the_images(cifar_root):
    name, root = cifar_root
    clean = load_data(name, data_dir=root).given_labels.numpy()
    keys = ("worse_label", "noisy_label", "aggre_label")
    wrong = {key: (clean + (np.arange(len(clean)) == i)) % 10 for i, key in enumerate(keys)}
    file = {"cifar10": "CIFAR-10_human.npz", "cifar100": "CIFAR-100_human.npz"}[name]
    np.savez(root / file, clean_label=clean, **wrong)
    data = load_data(name, noise="human", data_dir=root)
    assert data.noise.actual_rate == 1 / len(clean)
    key = "worse_label" if name == "cifar10" else "noisy_label"
    assert data.given_labels.tolist() == wrong[key].tolist()
    assert data.noise.options == {"labels": "worst" if name == "cifar10" else "noisy"}
    if name == "cifar10":
        other = load_data(name, noise="human", data_dir=root, labels="aggregate")
        assert other.given_labels.tolist() == wrong["aggre_label"].tolist()


def test_the_folder_may_come_from_the_environment(grey_root, monkeypatch):
    name, root = grey_root
    monkeypatch.setenv("LNL_DATA", str(root))
    assert len(load_data(name).given_labels) == 30


def test_the_folder_by_rank(monkeypatch, tmp_path):
    monkeypatch.setenv("LNL_DATA", "from-environment")
    assert str(data_folder(tmp_path)) == str(tmp_path)
    assert str(data_folder()) == "from-environment"
    monkeypatch.delenv("LNL_DATA")
    assert str(data_folder()) == "data"


@pytest.mark.parametrize("name", [c.name for c in dataset_cards() if not (c.embedded or c.own)])
def test_a_missing_set_says_what_to_do(name, tmp_path):
    card = dataset_card(name, tmp_path)
    with pytest.raises(BadInput) as error:
        load_data(card.name, data_dir=tmp_path)
    message = str(error.value)
    assert str(tmp_path) in message
    assert f"missing are {card.missing[0]}" in message
    command = f"python -m lnl datasets --download {card.name} --data-dir {tmp_path}"
    assert (command in message) == card.can_download
    assert card.can_download or card.obtain in message


def test_one_missing_file_is_named(grey_root):
    name, root = grey_root
    next(root.rglob("t10k-labels*")).unlink()
    with pytest.raises(BadInput, match=r"missing are \S*raw/t10k-labels-idx1-ubyte\. Put"):
        load_data(name, data_dir=root)


def moved(name, root):
    """Run the commands that the message about a set names; the set then."""
    with pytest.raises(BadInput) as error:
        load_data(name, data_dir=root)
    subprocess.run(str(error.value).rpartition(": ")[2], shell=True, check=True)
    return load_data(name, data_dir=root)


def test_files_that_are_still_packed_are_told(grey_root):
    name, root = grey_root
    for file in list((root / RAW[name]).iterdir()):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert len(moved(name, root).given_labels) == 30


def test_the_names_of_kaggles_copy_are_told(grey_root):
    name, root = grey_root
    copy = root / f"{name} dataset" / "deep"
    copy.mkdir(parents=True)
    for file in list((root / RAW[name]).iterdir()):
        file.rename(copy / file.name.replace("-idx", ".idx"))
    (root / RAW[name]).rmdir()
    assert len(moved(name, root).given_labels) == 30


def test_files_of_another_set_are_not_taken_for_missing_ones(grey_root):
    name, root = grey_root
    for other in RAW:
        if other != name:
            with pytest.raises(BadInput, match=f"download {other}"):
                load_data(other, data_dir=root)


def test_a_folder_one_level_too_deep_is_told(cifar_root):
    name, root = cifar_root
    base = {"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python"}[name]
    (root / "deep").mkdir()
    (root / base).rename(root / "deep" / base)
    (root / "deep").rename(root / base)
    assert moved(name, root).given_labels[0] == 0


def test_a_mat_file_elsewhere_is_told(svhn_root):
    (svhn_root / "SVHN").mkdir()
    for file in list(svhn_root.glob("*.mat")):
        file.rename(svhn_root / "SVHN" / file.name)
    assert len(moved("svhn", svhn_root).given_labels) == 8


@pytest.mark.parametrize("content", [b"", b"\x00\x00\x08\x03\x00\x00\x10\x00", b"text, not images"])
def test_damaged_mnist_files_are_told(grey_root, content):
    name, root = grey_root
    next(root.rglob("train-images*")).write_bytes(content)
    with pytest.raises(BadInput, match=r"are damaged .* download the data set again"):
        load_data(name, data_dir=root)


@pytest.mark.parametrize(
    ("labels", "message"),
    [(range(29), "30 images, 29 labels"), ([11] * 30, "labels from 11 to 11")],
)
def test_labels_that_do_not_fit_are_told(grey_root, labels, message):
    name, root = grey_root
    content = np.array([0x801, len(labels)], ">i4").tobytes() + bytes(labels)
    next(root.rglob("train-labels*")).write_bytes(content)
    with pytest.raises(BadInput, match=message):
        load_data(name, data_dir=root)


def test_damaged_cifar_files_are_told(cifar_root):
    name, root = cifar_root
    next(root.rglob("test*")).write_bytes(b"damaged")
    with pytest.raises(BadInput, match="are damaged"):
        load_data(name, data_dir=root)


# --- downloads, from a server on this machine -----------------------------------------------------


@pytest.fixture
def mnist_mirror(server, monkeypatch):
    resources = []
    for name, content in idx_files():
        packed = server.files[f"{name}.gz"] = gzip.compress(content)
        resources.append((f"{name}.gz", md5(packed).hexdigest()))
    monkeypatch.setattr(datasets.MNIST, "resources", resources)
    monkeypatch.setattr(datasets.MNIST, "mirrors", [f"{server.url}nowhere/", server.url])
    return server


def test_download_of_mnist_with_progress(mnist_mirror, tmp_path):
    heard = []
    root = download("mnist", tmp_path / "root", lambda share, text: heard.append((share, text)))
    assert len(load_data("mnist", data_dir=root).given_labels) == 30
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.3
    assert heard[-1] == (1.0, "done")
    assert {"train-images-idx3-ubyte.gz: 0 of 0 MB", "unpacking"} <= {text for _, text in heard}
    assert not list(root.rglob("*.part"))


def test_what_is_there_is_not_downloaded_again(mnist_mirror, tmp_path):
    download("mnist", tmp_path)
    mnist_mirror.asked.clear()
    download("mnist", tmp_path)
    raw = tmp_path / "MNIST" / "raw"
    (raw / "train-images-idx3-ubyte").unlink()  # its archive is still there
    download("mnist", tmp_path)
    assert (raw / "train-images-idx3-ubyte").is_file()
    assert mnist_mirror.asked == []


def test_download_of_cifar(cifar_root, server, tmp_path_factory, monkeypatch):
    name, root = cifar_root
    cls = {"cifar10": datasets.CIFAR10, "cifar100": datasets.CIFAR100}[name]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(root / cls.base_folder, cls.base_folder)
    server.files["archive.tar.gz"] = packed.getvalue()
    monkeypatch.setattr(cls, "url", f"{server.url}archive.tar.gz")
    monkeypatch.setattr(cls, "tgz_md5", md5(packed.getvalue()).hexdigest())
    target = tmp_path_factory.mktemp("data")
    download(name, target)
    assert torch.equal(
        load_data(name, data_dir=target).train_images, load_data(name, data_dir=root).train_images
    )


def test_download_of_svhn(svhn_root, server, tmp_path_factory, monkeypatch):
    parts = {}
    for part, (_, name, checksum) in datasets.SVHN.split_list.items():
        server.files[name] = (svhn_root / name).read_bytes()
        parts[part] = [f"{server.url}{name}", name, checksum]
    monkeypatch.setattr(datasets.SVHN, "split_list", parts)
    target = tmp_path_factory.mktemp("data")
    download("svhn", target)
    assert len(load_data("svhn", data_dir=target).given_labels) == 8


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_embedded_sets_need_no_download(name):
    with pytest.raises(BadInput, match="there is nothing to download"):
        download(name)


def test_an_unknown_set_cannot_be_downloaded():
    with pytest.raises(BadInput, match=r"unknown data set 'minst'\. Did you mean 'mnist'"):
        download("minst")


# --- the real files -------------------------------------------------------------------------------


@pytest.mark.benchmark_data
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10"])
def test_real_files(name):
    card = next(c for c in dataset_cards() if c.name == name)
    data = load_data(name)
    assert len(data.train_images) == len(data.given_labels) == card.num_train
    assert len(data.test_images) == len(data.test_labels) == card.num_test
    assert data.image_shape == card.image_shape
    assert torch.bincount(data.test_labels, minlength=10).min() > 890
    mean, std = registered(name).load(data_folder()).channel_statistics()
    assert mean == pytest.approx(card.recipe.mean, abs=1e-3)
    assert std == pytest.approx(card.recipe.std, abs=1e-3)


@pytest.mark.benchmark_data
@pytest.mark.parametrize(
    ("name", "noise", "share"),
    [
        ("mnist", {"map": "mnist"}, 29_693 / 60_000),
        ("fashion-mnist", {"map": "fashion-mnist"}, 0.5),
        ("cifar10", {"map": "cifar10"}, 0.5),
        ("cifar10", {"map": "cifar10-oneway"}, 0.4),
        ("cifar10", {"map": "next"}, 1.0),
    ],
)
def test_actual_rates_of_the_maps_on_real_files(name, noise, share):
    data = load_data(name, noise="asymmetric", rate=0.3, **noise)
    assert data.noise.actual_rate == pytest.approx(0.3 * share, abs=2e-5)


@pytest.mark.benchmark_data
@pytest.mark.parametrize(("nominal", "actual"), [(0.1, 0.09), (0.3, 0.27), (0.5, 0.45)])
def test_rates_of_nlnl_on_real_cifar10(nominal, actual):
    data = load_data("cifar10", noise="symmetric-inc", rate=nominal)
    three_sigma = 3 * (actual * (1 - actual) / 50_000) ** 0.5
    assert data.noise.actual_rate == pytest.approx(actual, abs=three_sigma)
