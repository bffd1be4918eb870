"""Tables that a spreadsheet reads: any language, no formulas."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from lnl.spreadsheet import csv_text

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_what_is_read_back_is_what_was_written_but_for_formulas(rows):
    content = csv_text(("a", "b"), rows).encode()
    assert content.startswith(b"\xef\xbb\xbf")
    head, *found = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head == ["a", "b"]
    for line, row in zip(found, rows, strict=True):
        for cell, text in zip(line, row, strict=True):
            assert cell == (f"'{text}" if text[:1] in tuple("=+-@\t") else text)


def test_numbers_keep_their_sign():
    assert csv_text(("a",), [(-1,), (-0.5,)]).splitlines()[1:] == ["-1", "-0.5"]
