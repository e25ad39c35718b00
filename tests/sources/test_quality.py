"""The account of a source's rows closes, is stored, and a city in which rows vanished has a fault."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.city.check import list_faults
from exante.city.quality import KINDS, LOSSES, list_accounts, sum_accounts
from exante.quantities import vocabulary
from exante.quantities.errors import SourceError
from exante.sources.quality import Finding, account, quality_table


def test_what_is_not_lost_is_kept():
    found = account(
        "counts", "loops", "days", 10, because=[("gap", 3, "blank"), ("stuck", 2, "silent"), ("outlier", 0, "")]
    )
    assert [(f.kind, f.count) for f in found] == [("read", 10), ("gap", 3), ("stuck", 2), ("kept", 5)]


@given(st.lists(st.tuples(st.sampled_from(sorted(LOSSES)), st.integers(0, 50)), max_size=5), st.integers(0, 100))
def test_every_account_closes(losses, spare):
    because = [(kind, count, f"reason {n}") for n, (kind, count) in enumerate(losses)]
    read = sum(count for _, count in losses) + spare
    (only,) = list_accounts(quality_table(account("counts", "loops", "days", read, because=because)))
    assert only.missing == 0
    assert (only.read, only.kept) == (read, spare)


def test_more_lost_than_read_is_a_fault_of_the_reader():
    with pytest.raises(SourceError) as error:
        account("counts", "loops", "days", 1, because=[("gap", 2, "")])
    assert str(error.value) == (
        "the account of days of 'loops' does not close: 1 read, 2 lost (in layer counts). This is a fault of the "
        "reader: report it."
    )


def test_subjects_add_up_to_their_source():
    rows = [
        f for s in ("a", "b") for f in account("counts", "loops", "days", 5, subject=s, because=[("gap", 1, "blank")])
    ]
    (whole,) = sum_accounts(list_accounts(quality_table(rows)))
    assert (whole.read, whole.kept, whole.rows["gap"]) == (10, 8, 2)


def test_rows_that_vanished_are_a_fault_of_the_city(village_city):
    rows = [Finding("counts", "loops", "days", "read", 10), Finding("counts", "loops", "days", "kept", 7)]
    layers = {**village_city.layers, "quality": next(iter(village_city.layers.values()))}
    city = dataclasses.replace(village_city.with_table(quality_table(rows)), layers=layers)
    told = [str(f) for f in list_faults(city) if f.table == "quality"]
    assert told == ["quality.rows, counts, loops: 3 days vanished. This is a fault of the reader: report it."]


def test_the_kinds_are_those_of_the_vocabulary():
    assert set(vocabulary.get("quality.kind").one_of) == set(KINDS)
