"""The order that clicks on a heading ask for."""

import pytest

from pages.ui.components.sortable_table import Heading, following

NUMBER, NAME = Heading("best", "best (%)"), Heading("run", "run", falls=False)


@pytest.mark.parametrize(
    ("heading", "orders"),
    [(NUMBER, ["-best", "best", "", "-best"]), (NAME, ["run", "-run", "", "run"])],
)
def test_one_way_then_the_other_then_none(heading, orders):
    sort = "-last"  # another column
    for expected in orders:
        sort = following(heading, sort)
        assert sort == expected
