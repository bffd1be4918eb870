"""Miniatures of published sets, written as their publishers lay them out."""

import io

import numpy as np
from PIL import Image

from tests.support.photos import encoded, pixels


class Miniature:
    """A folder that files and images are written into."""

    def __init__(self, folder):
        self.folder = folder
        self._count = 0

    def write(self, path, content):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def list(self, path, *lines, ends="\n"):
        return self.write(path, "".join(line + ends for line in lines))

    def image(self, path, kind="JPEG", **options):
        """A picture of its own, in colour."""
        self._count += 1
        return self.write(path, encoded(pixels(self._count, **options), kind))

    def odd_images(self, *paths):
        """A grey, a CMYK and a palette image, and one that breaks off."""
        content = [
            encoded(pixels(1, channels=1), "JPEG"),
            _in_mode("CMYK", "JPEG"),
            _in_mode("P", "PNG"),
            encoded(pixels(4, side=40), "JPEG")[:1000],
        ]
        for path, each in zip(paths, content, strict=True):
            self.write(path, each)


def _in_mode(mode, kind):
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels(2))).convert(mode).save(file, kind)
    return file.getvalue()


def tiny_imagenet(root):
    """Three classes of 4 training and 2 test images; odd ones among the second."""
    made = Miniature(root / "tiny-imagenet-200")
    wnids = ("n03", "n01", "n02")
    made.list("wnids.txt", *wnids, ends="\r\n")
    made.list("words.txt", "n01\tgoldfish, Carassius", "n02\tcrane", "n03\tcrane, bird", "n09\tx")
    for wnid in wnids:
        for number in range(4):
            made.image(f"train/{wnid}/images/{wnid}_{number}.JPEG", side=64)
        made.list(f"train/{wnid}/{wnid}_boxes.txt", f"{wnid}_0.JPEG\t0\t0\t9\t9")
    made.odd_images(*(f"train/n02/images/n02_{number}.JPEG" for number in range(10, 14)))
    rows = []
    for number, wnid in enumerate((*wnids, *wnids)):
        made.image(f"val/images/val_{number}.JPEG", side=64)
        rows.append(f"val_{number}.JPEG\t{wnid}\t0\t0\t9\t9")
    made.list("val/val_annotations.txt", *rows, "val_77.JPEG\tn01\t0\t0\t9\t9")
    made.image("test/images/test_0.JPEG", side=64)
    return made


def web(root, name="web-car", classes=("Audi A3", "BMW 1", "Volvo")):
    """A folder for each class, 4 images in ``train`` and 3 in ``val``."""
    made = Miniature(root / name)
    for label in classes:
        for number in range(4):
            made.image(f"train/{label}/{number}.jpg", side=20)
        for number in range(3):
            made.image(f"val/{label}/{number}.jpg", side=20)
    made.odd_images(*(f"train/{classes[1]}/odd{number}.jpg" for number in range(4)))
    return made


def clothing1m(root, lists="", below="images/"):
    """Two of 14 classes in use, and one image in both lists of labels, under other ones."""
    made = Miniature(root / "clothing1m")
    names = [f"class {label}" for label in range(14)]
    made.list(f"{lists}category_names_eng.txt", *names, ends="\r\n")
    noisy = {
        f"images/{label % 10}/n{label}_{n}.jpg": label for label in range(14) for n in range(2)
    }
    clean = {
        f"images/{label % 10}/c{label}_{n}.jpg": label for label in range(14) for n in range(3)
    }
    both = "images/3/n3_0.jpg"  # noisy label 3, clean label 5
    clean_splits = {
        split: [key for key in clean if key.endswith(f"_{n}.jpg")]
        for n, split in enumerate(("train", "val", "test"))
    }
    clean_splits["train"].append(both)
    for key in (*noisy, *clean):
        made.image(below + key.removeprefix("images/"), side=20)
    odd = {f"images/9/n9_odd{number}.jpg": 9 for number in range(4)}
    made.odd_images(*(below + key.removeprefix("images/") for key in odd))
    noisy |= odd
    made.list(f"{lists}noisy_label_kv.txt", *(f"{key} {v}" for key, v in noisy.items()))
    rows = [f"{key} {label}" for key, label in {**clean, both: 5}.items()]
    made.list(f"{lists}clean_label_kv.txt", *reversed(rows), ends="\r\n")
    made.list(f"{lists}noisy_train_key_list.txt", *sorted(noisy, reverse=True))
    for split, keys in clean_splits.items():
        made.list(f"{lists}clean_{split}_key_list.txt", *keys)
    return made


def webvision(root):
    """Classes 0 to 49, two training images and a test image each, and one image of class 51."""
    made = Miniature(root / "webvision")
    train = [(f"google/q{label:04}/{n}.jpg", label) for label in range(50) for n in range(2)]
    train.append(("google/q0051/0.jpg", 51))
    test = [(f"val{label:06}.jpg", label) for label in (*range(50), 51)]
    for path, _ in train:
        made.image(path, side=16)
    for name, _ in test:
        made.image(f"val_images_256/{name}", side=16)
    made.odd_images(*(f"google/q0007/odd{number}.jpg" for number in range(4)))
    odd = [(f"google/q0007/odd{number}.jpg", 7) for number in range(4)]
    made.list("info/train_filelist_google.txt", *(f"{p} {v}" for p, v in (*odd, *train)))
    made.list("info/val_filelist.txt", *(f"{p} {v}" for p, v in reversed(test)), ends="\r\n")
    return made


def food101n(root):
    """Three dishes; the list has a header with a slash, and one image that is not there."""
    made = Miniature(root / "food-101n")
    dishes = ("waffles", "apple_pie", "ramen")
    made.list("meta/classes.txt", "class_name", *dishes, ends="\r\n")
    train = [f"{dish}/{n}.jpg" for dish in dishes for n in range(4)]
    test = [f"{dish}/{n}" for dish in dishes for n in range(2)]
    for path in train:
        made.image(f"images/{path}", side=20)
    for path in test:
        made.image(f"food-101/images/{path}.jpg", side=20)
    odd = [f"ramen/odd{number}.jpg" for number in range(4)]
    made.odd_images(*(f"images/{path}" for path in odd))
    made.list("meta/imagelist.tsv", "class_name/key", *train, *odd, "waffles/gone.jpg")
    made.list(
        "meta/verified_train.tsv",
        "class_name/key\tlabel",
        *(f"{p}\t{i % 4 and 1}" for i, p in enumerate(train)),
    )
    made.list("food-101/meta/test.txt", *test)
    return made


def animal10n(root):
    """Labels in the names of the files."""
    made = Miniature(root / "animal-10n")
    for label in range(10):
        for number in range(3):
            made.image(f"training/{label}_{label * 100 + number}.jpg", side=64)
        made.image(f"testing/{label}_{label}.jpg", side=64)
    made.odd_images(*(f"training/8_{number}.jpg" for number in range(4)))
    made.image("training/cat.jpg")
    return made
