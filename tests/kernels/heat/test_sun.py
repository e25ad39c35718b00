"""Sun, shade, glass and the inside of a box, against numbers on paper and in ASHRAE 140."""

import numpy as np
import pytest

from exante.kernels.heat.enclosure import SURFACES, box_view_factors, radiant_coefficients, share_sun
from exante.kernels.heat.glazing import clear_glazing
from exante.kernels.heat.shading import Shade, diffuse_share, lit, points_of, wall_directions
from exante.kernels.heat.solar import SAMPLES, hourly, irradiance_on, sky_temperature, sun_of_year


@pytest.fixture(scope="module")
def sun():
    clock = np.arange(8760) % 24
    day = (clock >= 6) & (clock < 18)
    return sun_of_year(45.0, 15.0, 1.0, 0.0, np.where(day, 500.0, 0.0), np.where(day, 100.0, 0.0))


def test_noon_at_the_equinox_stands_at_ninety_minus_latitude(sun):
    day = sun.zenith.reshape(365, 24 * SAMPLES)[79]
    assert day.min() == pytest.approx(45.0, abs=0.5)
    assert sun.azimuth.reshape(365, -1)[79][day.argmin()] == pytest.approx(180.0, abs=3.0)


def test_an_hour_keeps_its_direct_radiation_while_the_sun_is_up(sun):
    got = hourly(sun.direct)
    up = (sun.zenith.reshape(-1, SAMPLES) < 89.5).any(axis=1)
    clock = np.arange(8760) % 24
    np.testing.assert_allclose(got[up & (clock >= 6) & (clock < 18)], 500.0)
    assert (got[~up] == 0).all()


def test_a_plane_that_faces_up_sees_direct_and_diffuse(sun):
    for isotropic in (True, False):
        flat = irradiance_on(sun, 0.0, 180.0, isotropic=isotropic)
        expected = sun.direct * np.clip(np.cos(np.radians(sun.zenith)), 0, 1) + sun.diffuse
        high = sun.zenith < 80
        np.testing.assert_allclose(flat.total[high], expected[high], rtol=1e-6)
        assert (flat.ground == 0).all()


def test_a_wall_sees_half_the_sky_and_half_the_ground(sun):
    wall = irradiance_on(sun, 90.0, 0.0, albedo=0.3, isotropic=True)
    np.testing.assert_allclose(wall.sky, sun.diffuse / 2)
    horizontal = sun.direct * np.clip(np.cos(np.radians(sun.zenith)), 0, 1) + sun.diffuse
    np.testing.assert_allclose(wall.ground, 0.15 * horizontal)


def test_measured_sky_radiation_is_a_black_body():
    assert float(sky_temperature(5.670374419e-8 * 263.15**4, 0.0, 0.0, 0.0)) == pytest.approx(-10.0)
    guess = float(sky_temperature(np.nan, 10.0, np.nan, np.nan))
    assert -15 < guess < 10


def test_an_overhang_casts_its_depth_at_forty_five_degrees():
    # Sun in the wall's plane of symmetry, 45 degrees up: an overhang of 1 m shades the first metre below it.
    window = points_of([(0.0, 0.0, 3.0, 2.0)])
    shade = Shade("overhang", 2.0, -50.0, 50.0, 1.0)
    half = np.sqrt(0.5)
    assert lit(window, [shade], np.array([[0.0, half, half]])) == pytest.approx([0.5])
    assert lit(window, [shade], np.array([[0.0, half, -half]])) == pytest.approx([0.0])
    fin = Shade("fin", 3.0, -50.0, 50.0, 1.5)
    assert lit(window, [fin], np.array([[half, 0.0, half], [-half, 0.0, half]])) == pytest.approx([0.5, 1.0])


def test_wall_coordinates():
    east = np.array([[1.0, 0.0, 0.0]])
    np.testing.assert_allclose(wall_directions(east, 90.0), [[0, 0, 1]], atol=1e-12)
    # Seen from the street in front of a south wall, east is to the right.
    np.testing.assert_allclose(wall_directions(east, 180.0), [[1, 0, 0]], atol=1e-12)


def test_shades_take_sky_and_leave_ground():
    window = points_of([(0.0, 0.0, 3.0, 2.0)])
    assert diffuse_share(window, []) == (1.0, 1.0)
    sky, ground = diffuse_share(window, [Shade("overhang", 2.0, -50.0, 50.0, 1.0)])
    # An endless overhang hides sin(angle) of the sky, angle seen from the point; mean over the window by integral.
    y = np.linspace(0, 2, 20001)[:-1]
    hidden = np.mean(1 - (2 - y) / np.hypot(1.0, 2 - y))
    assert sky == pytest.approx(1 - hidden, abs=0.03)
    assert ground == pytest.approx(1.0)


def test_a_cube_sees_a_fifth_of_itself_on_each_side():
    view = box_view_factors(3.0, 3.0, 3.0)
    assert view[0, 1] == pytest.approx(0.1998, abs=1e-4)
    np.testing.assert_allclose(view[~np.eye(6, dtype=bool)], 0.2, atol=2e-3)
    view = box_view_factors(8.0, 6.0, 2.7)
    np.testing.assert_allclose(view.sum(axis=1), 1.0, atol=1e-9)
    area = np.array([48, 48, 21.6, 16.2, 21.6, 16.2])
    np.testing.assert_allclose(area[:, None] * view, (area[:, None] * view).T, atol=1e-9)


@pytest.mark.parametrize(
    ("absorptance", "table"),
    [
        (0.6, {"floor": 0.642, "ceiling": 0.167, "east": 0.038, "north": 0.053, "south": 0.027}),
        (0.9, {"floor": 0.903, "ceiling": 0.050, "east": 0.010, "north": 0.014, "south": 0.007}),
        (0.1, {"floor": 0.243, "ceiling": 0.191, "east": 0.057, "north": 0.077, "south": 0.063}),
    ],
)
def test_sun_in_a_room_ends_where_ashrae_140_says(absorptance, table):
    glass = np.array([0, 0, 0, 0, 12 / 21.6, 0])
    absorbed, lost = share_sun(box_view_factors(8.0, 6.0, 2.7), np.full(6, absorptance), glass, 0.206)
    assert absorbed.sum() + lost == pytest.approx(1.0)
    for name, share in table.items():
        assert absorbed[SURFACES.index(name)] == pytest.approx(share, abs=0.03)


def test_clear_glass_by_angle_against_ashrae_140():
    through, outer, inner = clear_glazing(2).at(np.cos(np.radians([0, 40, 60, 80, 90])))
    np.testing.assert_allclose(through, [0.703, 0.678, 0.577, 0.208, 0.0], atol=0.014)
    np.testing.assert_allclose(outer[:4], [0.096, 0.106, 0.119, 0.130], atol=0.016)
    np.testing.assert_allclose(inner[:4], [0.072, 0.077, 0.077, 0.050], atol=0.014)
    one = clear_glazing(1)
    assert float(one.at(1.0)[0]) == pytest.approx(0.834, abs=1e-3)
    assert one.diffuse[0] == pytest.approx(0.753, abs=0.005)
    assert clear_glazing(3).diffuse[0] < clear_glazing(2).diffuse[0] < one.diffuse[0]


def test_two_black_parallel_plates_exchange_all_they_send():
    # Two surfaces of equal area that see only each other: F = 2 each, so in series with one node sigma 4 T^3.
    h = radiant_coefficients([10.0, 10.0], [1.0, 1.0], 20.0)
    exchange = 1 / (1 / h[0] + 1 / h[1])
    assert exchange == pytest.approx(4 * 5.670374419e-8 * 293.15**3, rel=1e-6)
