"""`growth`: totals by hand, composition, and the people's cube in step with zones."""

from __future__ import annotations

import numpy as np
import pytest

from exante.policy import read_text

DOCUMENT = 'title = "More"\n[[measure]]\nkind = "growth"\nof = "{of}"\nratio = {ratio}\n'


def test_residents_and_the_cube_grow_alike(sketch_city):
    after = read_text(DOCUMENT.format(of="residents", ratio=1.1), "x").apply(sketch_city)
    for column in ("zones.population", "zones.employed", "zones.students", "people.persons"):
        np.testing.assert_allclose(after.column(column), 1.1 * sketch_city.column(column), rtol=1e-12)
    np.testing.assert_array_equal(after.column("zones.jobs"), sketch_city.column("zones.jobs"))


def test_growth_of_two_documents_multiplies_and_one_is_nothing(sketch_city):
    one = read_text(DOCUMENT.format(of="jobs", ratio=1.5), "x")
    two = read_text(DOCUMENT.format(of="jobs", ratio=2.0).replace("More", "Again"), "x")
    after = (one + two).apply(sketch_city)
    np.testing.assert_allclose(after.column("zones.jobs"), 3.0 * sketch_city.column("zones.jobs"), rtol=1e-12)
    assert read_text(DOCUMENT.format(of="jobs", ratio=1.0), "x").edits(sketch_city) == []


def test_units_are_those_of_counts(sketch_city):
    policy = read_text(DOCUMENT.format(of="residents", ratio=1.02), "x")
    told = policy.describe_on(sketch_city)[0]
    total = sketch_city.column("zones.population").sum()
    assert f"{total:,.0f} today" in told
    assert f"{1.02 * total:,.0f} then" in told


@pytest.mark.parametrize("ratio", ["-1", "0", "99", '{ value = 1, unit = "km" }'])
def test_ratios_that_mean_nothing_are_refused(ratio):
    with pytest.raises(Exception, match="ratio"):
        read_text(DOCUMENT.format(of="jobs", ratio=ratio), "x")
