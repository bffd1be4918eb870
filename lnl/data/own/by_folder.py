"""Labels by folder: one for each class, with train, val and test above it or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lnl.data.own.listing import Entry, Listing, Reading, is_image, listing_of
from lnl.data.own.tree import FileTree, FoundFile, Skipped
from lnl.data.parts import PART_NAMES, Part


def list_by_folder(
    tree: FileTree, files: Sequence[FoundFile], title: str, reading: Reading
) -> Listing:
    """The images below class folders, in the order of their paths. Raises BadInput."""
    images = [file for file in files if is_image(file.path)]
    root = common_root([file.path for file in images])
    entries, skipped = [], list(tree.skipped)
    parts = _parts([file.path for file in images], root)
    for file in images:
        folders = file.path.split("/")[len(root) : -1]
        part: Part = "train"
        if parts:
            part, folders = PART_NAMES[folders[0].casefold()], folders[1:]
        if folders:
            entries.append(Entry(file, label=folders[0], part=part))
        else:
            skipped.append(Skipped(file.path, "in no class folder"))
    return listing_of(tree, title, entries, skipped, _notes(files), reading)


def common_root(paths: Sequence[str]) -> list[str]:
    """The folders that stand above all images and above more than one folder of them."""
    folders = [path.split("/")[:-1] for path in paths]
    root: list[str] = []
    while folders and all(len(each) > len(root) for each in folders):
        names = {each[len(root)] for each in folders}
        if len(names) > 1 or not any(len(each) > len(root) + 1 for each in folders):
            break
        root.append(names.pop())
    return root


def _parts(paths: Sequence[str], root: list[str]) -> bool:
    """Whether what stands below the root is splits, not classes."""
    tops = {path.split("/")[len(root)].casefold() for path in paths if path.count("/") > len(root)}
    return bool(tops) and tops <= PART_NAMES.keys()


def _notes(files: Sequence[FoundFile]) -> list[str]:
    others = Counter(
        file.path.rpartition(".")[2].lower() if "." in file.path else "no ending"
        for file in files
        if not is_image(file.path)
    )
    if not others:
        return []
    kinds = ", ".join(f"{count:,} .{ending}" for ending, count in others.most_common(4))
    return [f"files that are no images are left out: {kinds}"]
