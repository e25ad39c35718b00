"""Relative edits: they commute, keep what is missing, and refuse what is not there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.city import Add, Scale
from exante.quantities.errors import CityError


def test_scale_by_another_column_than_the_key(sketch_city):
    district = sketch_city.column("zones.district")[0]
    after = Scale("zones", "jobs", "district", np.array([district]), np.array(2.0), "x").apply(sketch_city)
    inside = sketch_city.column("zones.district") == district
    expected = sketch_city.column("zones.jobs") * np.where(inside, 2.0, 1.0)
    np.testing.assert_array_equal(after.column("zones.jobs"), expected)


@given(st.floats(0.01, 3.0), st.floats(0.01, 3.0))
def test_two_scales_commute(sketch_city, a, b):
    ids = sketch_city.column("zones.zone_id")
    one = Scale("zones", "jobs", "zone_id", ids, np.array(a), "a")
    two = Scale("zones", "jobs", "zone_id", ids[:3], np.array(b), "b")
    first = sketch_city.edit([one, two]).column("zones.jobs")
    np.testing.assert_allclose(first, sketch_city.edit([two, one]).column("zones.jobs"), rtol=1e-12)


def test_add_gives_amounts_to_named_rows(sketch_city):
    ids = sketch_city.column("zones.zone_id")[[4, 1]]
    after = Add("zones", "jobs", ids, np.array([10.0, 5.0]), "x").apply(sketch_city).column("zones.jobs")
    gain = after - sketch_city.column("zones.jobs")
    assert gain[[4, 1]] == pytest.approx([10.0, 5.0])
    assert np.delete(gain, [4, 1]) == pytest.approx(0.0)


def test_faults(sketch_city):
    ids = sketch_city.column("zones.zone_id")[:1]
    with pytest.raises(CityError, match="would be -"):
        Add("zones", "jobs", ids, np.array([-1e9]), "x").apply(sketch_city)
    with pytest.raises(CityError, match="not in the city, first nowhere"):
        Scale("zones", "jobs", "zone_id", np.array(["nowhere"]), np.array(1.0), "x").apply(sketch_city)
    with pytest.raises(CityError, match="negative or missing"):
        Scale("zones", "jobs", "zone_id", ids, np.array(-1.0), "x").apply(sketch_city)
