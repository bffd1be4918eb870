import os
import zipfile

import pytest

from lnl.data.own.tree import FoundFile, Stopped, tree_at
from lnl.errors import BadInput


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def paths(tree):
    return [file.path for file in tree.files()]


def test_a_folder_and_its_zip_hold_the_same_files(tmp_path):
    folder = tmp_path / "set"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_text("one")
    (folder / "b" / "ü 猫.txt").write_text("two")
    (folder / ".hidden").write_text("no")
    members = [(str(p.relative_to(folder)), p.read_bytes()) for p in folder.rglob("*.txt")]
    packed = zipped(tmp_path / "set.zip", [*members, ("__MACOSX/._a.txt", b"no")])
    for tree in (tree_at(folder), tree_at(packed)):
        assert paths(tree) == ["a.txt", "b/ü 猫.txt"]
        assert [tree.read(file) for file in tree.files()] == [b"one", b"two"]
        assert tree.skipped == []


def test_links_are_read_only_where_they_stay_inside(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret").write_text("no")
    (folder / "a").write_text("one")
    (folder / "b").symlink_to(folder / "a")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    tree = tree_at(folder)
    assert paths(tree) == ["a", "b"]
    assert {(one.path, one.why) for one in tree.skipped} == {
        ("out", "a link that leads out of the folder"),
        ("up", "a link that leads out of the folder"),
        ("loop", "a link to a folder"),
    }


def test_a_folder_without_permission_is_told(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    (tmp_path / "a").write_text("one")

    def scandir(folder, real=os.scandir):
        if str(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    tree = tree_at(tmp_path)
    assert paths(tree) == ["a"]
    assert tree.skipped[0].why == "the folder cannot be read (Permission denied)"
    with pytest.raises(BadInput, match="cannot be read"):
        tree_at(tmp_path / "shut").files()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a.png", "leads out"),
        ("b/../../a.png", "leads out"),
        ("/etc/a.png", "leads out"),
        ("C:\\a.png", "leads out"),
        ("..\\a.png", "leads out"),
    ],
)
def test_names_that_lead_out_of_a_zip_are_left_out(tmp_path, name, why):
    tree = tree_at(zipped(tmp_path / "a.zip", [(name, b"x"), ("ok/a.png", b"y")]))
    assert paths(tree) == ["ok/a.png"]
    assert why in tree.skipped[0].why


def test_links_and_names_that_stand_twice_are_left_out(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with pytest.warns(UserWarning, match="Duplicate"):
        packed = zipped(tmp_path / "a.zip", [(link, "/etc/passwd"), ("a", b"1"), ("a", b"2")])
    tree = tree_at(packed)
    assert [tree.read(file) for file in tree.files()] == [b"1"]
    assert [one.why for one in tree.skipped] == ["a link", "its name stands twice in the zip"]


def test_a_bomb_is_refused_by_what_it_would_grow_to(tmp_path, monkeypatch):
    monkeypatch.setattr("lnl.data.own.tree.LARGE", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.png", bytes(1_000_000))
    with pytest.raises(BadInput, match="would grow"):
        tree_at(tmp_path / "a.zip").files()


def test_a_single_giant_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("lnl.data.own.tree.LARGEST", 10)
    tree = tree_at(zipped(tmp_path / "a.zip", [("a.png", bytes(11)), ("b.png", bytes(9))]))
    assert paths(tree) == ["b.png"]
    assert "larger than" in tree.skipped[0].why


def test_what_is_no_zip_says_what_own_images_are(tmp_path):
    (tmp_path / "a.zip").write_text("hello")
    with pytest.raises(BadInput, match=r"cannot be read as a zip.*folder"):
        tree_at(tmp_path / "a.zip")
    with pytest.raises(BadInput, match="there is no file or folder"):
        tree_at(tmp_path / "b.zip")


def test_a_truncated_zip_is_refused_or_told_file_by_file(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.png", bytes(range(200)))])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match="cannot be read as a zip"):
        tree_at(path)
    path.write_bytes(whole[:60] + b"\xff" + whole[61:])  # a byte of the file itself
    tree = tree_at(path)
    (file,) = tree.files()
    with pytest.raises(OSError, match="damaged in the zip"):
        tree.read(file)


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_source_that_changes_while_it_is_read_is_refused(tmp_path, kind):
    place = tmp_path / "a.zip" if kind == "zip" else tmp_path / "set"
    if kind == "zip":
        zipped(place, [("a", b"1")])
    else:
        place.mkdir()
        (place / "a").write_text("1")
    tree = tree_at(place)
    (file,) = tree.files()
    os.utime(place if kind == "zip" else place / "a", (1, 1))
    with pytest.raises(BadInput, match="has changed"):
        tree.read(file)


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("lnl.data.own.tree.MOST_FILES", 2)
    for name in "abc":
        (tmp_path / name).touch()
    with pytest.raises(BadInput, match="more than 2 files"):
        tree_at(tmp_path).files()


def test_files_are_told_by_path_size_and_time(tmp_path):
    (tmp_path / "a").write_text("1")
    os.utime(tmp_path / "a", ns=(5, 7))
    assert tree_at(tmp_path).files() == [FoundFile("a", 1, 7)]


def test_a_walk_can_be_stopped(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(Stopped):
        tree_at(tmp_path).files(lambda: True)
