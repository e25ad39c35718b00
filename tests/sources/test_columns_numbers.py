"""Tables of text: columns shown on both sides, numbers refused with their line; the account of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import SourceError
from exante.sources import columns
from exante.sources.report import Report


def test_a_missing_column_shows_both_sides(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        columns.read_text(path, ("a", "c"), "exante.sources.x", ";")
    assert str(error.value) == (
        "the table lacks c: expected a, c; found a, b (in t.csv). The publisher changed its columns: adapt "
        "exante.sources.x."
    )


def test_cells_stay_as_written(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffa,b\r\n007,NA\r\n,x\r\n".encode())
    frame = columns.read_text(path, ("a",), "x")
    assert frame.to_numpy().tolist() == [["007", "NA"], ["", "x"]]


@pytest.mark.parametrize("text", ["x", "1e400", "11", "-1", "1,5"])
def test_numbers_outside_are_refused_with_their_line(text):
    with pytest.raises(SourceError, match=rf"'{text}' in column v is no number between 0 and 10 .*line 3"):
        columns.to_numbers(pd.Series(["1", text], name="v"), "t.csv", low=0, high=10)


@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=1))
def test_numbers_come_back_and_blanks_are_missing(values):
    texts = pd.Series(["" if v is None else repr(v) for v in values], name="v")
    found = columns.to_numbers(texts, "t.csv", low=0, high=10)
    np.testing.assert_array_equal(found, [np.nan if v is None else v for v in values])


def test_the_account_of_a_report_adds_up():
    report = Report("s")
    report.of("t").account("rents", "rows", 5, [("gap", 2, "blank"), ("duplicate", 0, "no")])
    assert [(f.source, f.kind, f.count) for f in report.findings] == [
        ("t", "read", 5),
        ("t", "gap", 2),
        ("t", "kept", 3),
    ]
    with pytest.raises(SourceError, match="does not close"):
        report.account("rents", "rows", 1, [("gap", 2, "blank")])
