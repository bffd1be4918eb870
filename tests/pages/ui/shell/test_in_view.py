"""The way from a board to a sample's own page."""

import pytest

from pages.ui.shell import in_view


@pytest.mark.parametrize(("epoch", "told"), [(2, {"epoch": "2"}), (None, {})])
def test_a_sample_opens_with_its_run_in_front(monkeypatch, epoch, told):
    went = []
    monkeypatch.setattr(
        in_view.st, "switch_page", lambda page, query_params: went.append((page.name, query_params))
    )
    in_view.open_samples("b", ["a", "b", "c"], epoch, sample=17)
    assert went == [("samples.py", {"runs": "b,a,c", "sample": "17"} | told)]
