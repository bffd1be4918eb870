"""Paths as they are pasted."""

from pathlib import Path

import pytest

from lnl.data.source import all_sources
from lnl.data.sources import source_of  # noqa: F401  # registers them all
from lnl.paths import is_own, is_path, path_in


@pytest.mark.parametrize(
    "text",
    [
        "/d/my file.npz",
        " /d/my file.npz \n",
        '"/d/my file.npz"',
        "'/d/my file.npz' ",
        "\u201c/d/my file.npz\u201d",
        "file:///d/my%20file.npz",
        "FILE:///d/my%20file.npz",
        Path("/d/my file.npz"),
    ],
)
def test_what_is_pasted_is_the_same_path(text):
    assert path_in(text) == Path("/d/my file.npz")


def test_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert path_in("~/a.npz") == Path("/home/me/a.npz")
    assert path_in("~no-such-user/a.npz") == Path("~no-such-user/a.npz")


@pytest.mark.parametrize(
    ("text", "found"),
    [("digits", False), ("cifar10", False), ("a/b", True), ("a.npy", True), ("cifar-10", False)],
)
def test_what_can_only_be_a_path(text, found):
    assert is_path(text) is found


@pytest.mark.parametrize(
    ("dataset", "own"),
    [
        ("flowers-3f2a9c1b", True),
        ("/home/me/mine.npz", True),
        ("digits", False),
        ("cifar10", False),
        ("flowers-2024", False),
    ],
)
def test_own_data_are_known_by_their_name(dataset, own):
    assert is_own(dataset) == own


def test_no_named_data_set_is_taken_for_one_s_own():
    assert not any(is_own(source.name) for source in all_sources())
