import numpy as np
import pytest

from exante.sources.capacity import capacity, lanes_by_rule


@pytest.mark.parametrize(
    ("road", "ramp", "ring", "control", "expected"),
    [
        ("primary", False, False, "signal", 900.0),  # 1,800 x 0.50
        ("tertiary", False, False, "signal", 720.0),  # 1,800 x 0.40
        ("motorway", False, False, "none", 2000.0),
        ("motorway", True, False, "none", 1500.0),
        ("motorway", True, False, "signal", 900.0),
        ("secondary", False, False, "roundabout", 757.0),  # 1,130 exp(-0.4)
        ("primary", False, False, "roundabout", 925.0),  # 1,130 exp(-0.2)
        ("primary", False, True, "roundabout", 1200.0),
        ("residential", False, False, "roundabout", 600.0),  # 1,130 exp(-0.6) = 620, but never more than open
        ("living_street", False, False, "stop", 300.0),
    ],
)
def test_capacity_by_class_and_junction(road, ramp, ring, control, expected):
    assert capacity(np.array([road]), np.array([ramp]), np.array([ring]), np.array([control])) == expected


def test_lanes_by_rule():
    road = np.array(["primary", "primary", "residential", "motorway", "motorway"])
    ramp = np.array([False, False, False, False, True])
    oneway = np.array([True, False, True, True, True])
    assert lanes_by_rule(road, ramp, oneway).tolist() == [2, 1, 1, 2, 1]
