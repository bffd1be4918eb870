"""Published sets of image files: folded away, told how to get, prepared on request."""

import pytest

from tests.support.controls import control
from tests.support.layouts import web

PAGE = "pages/data.py"


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LNL_DATA", str(tmp_path))
    return tmp_path


def said(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning, *at.info))


def test_sets_that_are_not_here_are_folded(app, at_home):
    at = app(PAGE)
    (folded,) = [box for box in at.expander if "not on this machine" in box.label]
    keys = {button.key for button in folded.button}
    assert {"choose_clothing1m", "choose_cifar10"} <= keys
    assert "choose_digits" not in keys


def test_a_set_that_cannot_be_downloaded_says_where_to_get_it(app, at_home):
    at = app(PAGE, data="clothing1m")
    assert "Not on this machine: clothing1m/noisy_train_key_list.txt" in said(at).replace("\\", "")
    assert "Ask its authors for access" in said(at)
    assert not [button for button in at.button if button.key in ("download", "prepare")]


def test_a_near_miss_is_told(app, at_home):
    web(at_home / "archive")
    at = app(PAGE, data="web-car")
    assert "mv " in said(at)


def test_a_set_is_prepared_on_request_and_has_no_noise_unasked(app, at_home):
    web(at_home)
    at = app(PAGE, data="web-car")
    assert not at.metric
    at.button(key="prepare").click().run()
    assert not at.exception
    assert {m.label: m.value for m in at.metric}["Training images"] == "15"
    assert control(at, "selectbox", "noise").value == "none"
