"""A forecast keeps heat, CO2 and bills of buildings by zone where the city has them."""

from types import SimpleNamespace

import numpy as np

from exante.study.fields import BUILDING_FIELDS, map_fields


def state(**results):
    known = {
        "link_flow": np.ones((2, 3)), "period_weight": np.array([2.0, 3.0]), "link_speed": np.ones((2, 3)),
        "link_co2": np.ones(3), "zone_surplus": np.ones(2), "zone_car_time": np.ones(2), **results,
    }  # fmt: skip
    return SimpleNamespace(results=known, read=known.__getitem__)


def test_zones_keep_their_buildings_where_there_are_any():
    got = map_fields(state(building_heat_need=np.array([1.0, 2.0]), building_co2=np.zeros(2)))
    np.testing.assert_array_equal(got["building_heat_need"], [1.0, 2.0])
    assert "building_bill" not in got
    assert not set(BUILDING_FIELDS) & set(map_fields(state()))
