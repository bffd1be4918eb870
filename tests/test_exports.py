"""The public names of the library: sorted, importable, and no others."""

import lnl


def test_all_names_load():
    assert lnl.__all__ == sorted(lnl.__all__)
    for name in lnl.__all__:
        assert getattr(lnl, name) is not None


def test_unknown_name_is_an_attribute_error():
    assert not hasattr(lnl, "nonsense")
