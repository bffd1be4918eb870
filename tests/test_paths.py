"""Paths as they are pasted."""

from pathlib import Path

import pytest

from lnl.paths import is_path, path_in


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
