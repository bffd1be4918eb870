"""The shipped server settings: each closes a hole or a trap that was seen."""

import tomllib
from pathlib import Path

from lnl.charts import theme

CONFIG = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)


def test_only_this_machine_can_reach_the_server():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert set(CONFIG["server"]["allowedHosts"]) == {"localhost", "127.0.0.1"}


def test_nothing_asks_the_network():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert "http" not in (Path(__file__).parents[2] / "pages/ui/components/figure.js").read_text()


def test_no_key_clears_the_manager_and_no_edit_drops_modules_under_threads():
    assert CONFIG["client"]["toolbarMode"] == "viewer"
    assert CONFIG["server"]["fileWatcherType"] == "none"


def test_the_log_tells_only_what_somebody_can_mend():
    """What a bound widget takes from the address would be told as set by us, after each rerun."""
    assert CONFIG["global"]["disableWidgetStateDuplicationWarning"] is True


def test_no_page_is_parsed_while_torch_parses_in_another_thread():
    """A race of CPython 3.11 (gh-106905) that shows as a SystemError, once in many starts."""
    assert CONFIG["runner"]["magicEnabled"] is False


def test_figures_lie_on_the_page_in_both_themes():
    light, dark = CONFIG["theme"]["light"], CONFIG["theme"]["dark"]
    assert (light["backgroundColor"], light["textColor"]) == (theme.PAPER, theme.INK)
    assert dark["backgroundColor"] == theme.DARK[theme.PAPER]
    assert dark["textColor"] == theme.DARK[theme.INK]
