"""EPW files: what is read, and what is refused."""

import numpy as np
import pytest

from exante.quantities.errors import SourceError
from exante.sources.epw import read_epw

HEAD = "LOCATION,ISLAND TOWN,XX,NOL,TMY,123456,45.00,15.00,1.0,10.0"


def write(path, *, head=HEAD, change=None, leap=False):
    rows = []
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for month, n in enumerate(days, 1):
        for day in range(1, n + 1):
            for hour in range(1, 25):
                row = [2000, month, day, hour, 0, "?", 10.5, 4.0, 70, 100000, 0, 0, 300, 0, 500, 100]
                row += [0, 0, 0, 0, 90, 3.5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
                rows.append(row)
    if change:
        change(rows)
    lines = [head, *["X"] * 7, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_year_is_read_with_its_place(tmp_path):
    def gap(rows):
        rows[5][12] = 9999

    weather = read_epw(write(tmp_path / "a.epw", change=gap))
    assert (weather.place, weather.latitude, weather.longitude) == ("Island Town", 45.0, 15.0)
    assert (weather.time_zone, weather.altitude) == (1.0, 10.0)
    assert len(weather.hourly) == 8760
    assert weather.hourly.loc[0, ["dry_bulb", "direct_normal", "wind_speed"]].tolist() == [10.5, 500.0, 3.5]
    assert np.flatnonzero(weather.hourly["infrared_horizontal"].isna()).tolist() == [5]


def test_a_leap_day_is_left_out(tmp_path):
    assert len(read_epw(write(tmp_path / "a.epw", leap=True)).hourly) == 8760


def _set(place, value):
    def change(rows):
        rows[place[0]][place[1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set((7, 6), 99.9), "dry_bulb is missing in 1 hours, first in hour 8"),
        (_set((7, 6), "warm"), "dry_bulb is missing in 1 hours, first in hour 8"),
        (_set((3, 14), -5), "direct_normal is -5 in hour 4, outside 0 to 1500"),
        (lambda rows: rows.pop(), "The file holds 8759 hours, not 8760"),
        (lambda rows: rows[2].__delitem__(slice(10, None)), "Hour 3 has 10 fields, not 35"),
    ],
)
def test_faults_are_told(tmp_path, change, told):
    with pytest.raises(SourceError) as error:
        read_epw(write(tmp_path / "a.epw", change=change))
    assert error.value.what == told
    assert error.value.remedy


def test_what_is_no_weather_file_is_refused(tmp_path):
    (tmp_path / "a.epw").write_text("hello\n")
    with pytest.raises(SourceError, match="does not begin with LOCATION"):
        read_epw(tmp_path / "a.epw")
    with pytest.raises(SourceError, match="Latitude, longitude, time zone or altitude is no number"):
        read_epw(write(tmp_path / "b.epw", head=HEAD.replace("45.00", "north")))
    with pytest.raises(SourceError, match="is impossible"):
        read_epw(write(tmp_path / "c.epw", head=HEAD.replace("45.00", "145")))
    with pytest.raises(SourceError, match="cannot be read"):
        read_epw(tmp_path / "missing.epw")
