"""Loops on a street that runs east, read from hand-made tables; and the real ones."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import loops

CRS = "EPSG:32632"
HOURS = [f"{h:02d}:00-{h + 1:02d}:00" for h in range(24)]


def _table(path, rows, drop=()):
    columns = ["data", "codice_spira", "Nome via", "direzione", "angolo", "longitudine", "geopoint", *HOURS]
    pd.DataFrame(rows, columns=columns).drop(columns=list(drop)).to_csv(path, sep=";", index=False)
    return path


def _row(code="1.1", day="05/02/2024", flows=range(100, 124), angle="270", direction="E"):
    return [day, code, "VIA ROMA", direction, angle, "113.086.826", "44.5226, 9.0", *map(str, flows)]


def test_hours_days_and_the_bearing(tmp_path):
    read = loops.read_hourly(_table(tmp_path / "l.csv", [_row()]), CRS)
    assert read.sites["bearing"].tolist() == [90.0]  # 360 - 270: the angle turns counter-clockwise
    assert read.sites.geometry[0].distance(shapely.Point(500000, 4929919.5)) < 1
    assert len(read.counts) == 24
    assert read.counts.iloc[7].tolist() == ["1.1", "2024-02-05", 7, 107.0]


def test_broken_sensors_are_left_out_and_told(tmp_path):
    stuck = [100, 101, *[55] * 6, *range(110, 126)]
    silent = [50] * 7 + [0, 0, 0] + list(range(60, 74))
    rows = [
        _row(),
        _row(day="06/02/2024", flows=stuck),
        _row(day="07/02/2024", flows=silent),
        _row(day="08/02/2024", flows=[""] * 24),
        _row(day="05/02/2024"),
        _row("dead", flows=[0] * 24),
    ]
    read = loops.read_hourly(_table(tmp_path / "l.csv", rows), CRS)
    assert set(read.counts["date"]) == {"2024-02-05"}
    assert read.notes == [
        "l.csv: 6 loop-days of 2 loops; left out: 1 days blank, 2 silent by day, 1 stuck on one number, 1 repeated; "
        "0 hours blank; no valid day: dead"
    ]


def test_half_hours_need_both_halves_and_a_position(tmp_path):
    halves = [f"{h}.{a} - {h + (a == '30')}.{b}" for h in range(24) for a, b in (("00", "30"), ("30", "00"))]
    values = ["10", "15", "", "7", *["5"] * 44]
    frame = pd.DataFrame([["2023-03-07", "1.1", "Via Roma", "Est", *values]])
    frame.columns = ["data", "Codice", "VIA_SPIRA", "DIREZIONE", *halves]
    frame.to_csv(tmp_path / "half.csv", sep=";", index=False)
    place = pd.DataFrame(
        {
            "codice spira": ["1.1"],
            "Nome via": ["VIA ROMA"],
            "direzione": ["E"],
            "angolo": ["270"],
            "geopoint": ["44.5, 9.0"],
        }
    )
    place.to_csv(tmp_path / "places.csv", sep=";", index=False)
    read = loops.read_half_hourly(tmp_path / "half.csv", tmp_path / "places.csv", CRS)
    assert read.counts["hour"].tolist() == [0, *range(2, 24)]
    assert read.counts["flow"].tolist()[:2] == [25.0, 10.0]
    place.assign(**{"codice spira": "9.9"}).to_csv(tmp_path / "places.csv", sep=";", index=False)
    with pytest.raises(SourceError) as error:
        loops.read_half_hourly(tmp_path / "half.csv", tmp_path / "places.csv", CRS)
    assert str(error.value) == "loops 1.1 have no position (in places.csv). Fetch the list of loops again."


def test_a_portal_that_changed_its_columns_shows_both_sides(tmp_path):
    path = _table(tmp_path / "l.csv", [_row()], drop=["geopoint", *HOURS[:23]])
    with pytest.raises(SourceError) as error:
        loops.read_hourly(path, CRS)
    assert str(error.value) == (
        "the table lacks geopoint: expected data, codice_spira, Nome via, direzione, geopoint and 24 columns "
        "of counts; found data, codice_spira, Nome via, direzione, angolo, longitudine, 23:00-24:00 (in l.csv). The "
        "portal changed its columns: adapt exante.sources.loops."
    )


def test_a_day_and_a_position_that_cannot_be_read(tmp_path):
    with pytest.raises(SourceError) as error:
        loops.read_hourly(_table(tmp_path / "l.csv", [_row(day="31/02/2024")]), CRS)
    assert str(error.value) == "'31/02/2024' is no day (in l.csv, line 2). Use YYYY-MM-DD."
    row = _row()
    row[6] = "113.086.826.273.458"
    with pytest.raises(SourceError) as error:
        loops.read_hourly(_table(tmp_path / "l.csv", [row]), CRS)
    assert str(error.value) == (
        "loop 1.1 has the position '113.086.826.273.458' (in l.csv). A position is 'latitude, longitude' in degrees."
    )


def _sites(x, y, bearing, name="VIA ROMA", direction="E"):
    return gpd.GeoDataFrame(
        {"site_id": ["s"], "name": [name], "direction": [direction], "bearing": [bearing]},
        geometry=[shapely.Point(x, y)],
        crs=CRS,
    )


LINKS = pd.DataFrame(
    {
        "link_id": ["east", "west", "other"],
        "name": ["Via Roma", "Via Roma", "Via Milano"],
        "allowed_uses": ["auto"] * 3,
        "geometry": [
            shapely.LineString([(0, 0), (100, 0)]),
            shapely.LineString([(100, 6), (0, 6)]),
            shapely.LineString([(0, 9), (100, 9)]),
        ],
    }
)


@pytest.mark.parametrize(
    ("site", "link", "note"),
    [
        (_sites(50, 4, 90.0), "east", "position, direction and name; 4.0 m, 0 degrees"),
        (_sites(50, 2, 270.0, direction="O"), "west", "position, direction and name; 4.0 m, 0 degrees"),
        (
            _sites(50, 8, 90.0, "VIA TORINO"),
            "other",
            "position and direction; the map calls it Via Milano; 1.0 m, 0 degrees",
        ),
        (
            _sites(130, 4, 90.0),
            None,
            "its own stretch is not open to cars in the network: Via Roma ends 30 m away",
        ),
        (
            _sites(50, 0, 0.0, direction="N"),
            None,
            "no street runs that way: the best differs by 90 degrees (Via Roma)",
        ),
        (_sites(50, 500, 90.0), None, "no street open to cars within 40 m"),
        (
            _sites(50, -30, 90.0, "VIA TORINO"),
            None,
            "no street of its name within 40 m; nearest aligned is Via Roma at 30 m",
        ),
        (
            _sites(50, 2, 270.0, direction="E"),
            "west",
            "position, direction and name; 4.0 m, 0 degrees; its angle (270 degrees) contradicts its direction E",
        ),
    ],
)
def test_a_site_is_joined_by_position_direction_and_name(site, link, note):
    found = loops.join(site, LINKS, [])
    assert found["match_note"].tolist() == [note]
    assert found["link_id"].iloc[0] == link if link else found["link_id"].isna().all()


def test_loops_on_one_link_that_disagree_are_marked():
    sites = gpd.GeoDataFrame({"site_id": ["a", "b"]}, geometry=[shapely.Point(0, 0)] * 2, crs=CRS)
    found = pd.DataFrame({"link_id": ["east"] * 2, "match_distance": 1.0, "match_note": ["near", "near"]})
    hours = [(f"2024-02-{d:02d}", h) for d in range(1, 5) for h in range(24)]
    counts = pd.DataFrame(
        [{"site_id": s, "date": d, "hour": h, "flow": f} for s, f in (("a", 100.0), ("b", 60.0)) for d, h in hours]
    )
    notes = []
    loops.compare_neighbours(found, sites, counts, notes)
    assert found["match_note"].tolist() == [
        "near; disagrees with b on the same link: may count part of the lanes",
        "near; disagrees with a on the same link: may count part of the lanes",
    ]
    assert notes == [
        "loops that share a link and disagree (they may count different lanes): a and b on east count 100 and 60 an "
        "hour"
    ]


@pytest.mark.real_data
def test_the_angle_of_bologna_turns_counter_clockwise(data_dir):
    read = loops.read_hourly(data_dir / "bologna/traffic/loops_hourly_2024_jan_apr.csv", "EPSG:25832")
    label = read.sites["direction"].map(loops.POINTS).to_numpy(dtype=float)
    off = np.abs((read.sites["bearing"].to_numpy() - label + 180) % 360 - 180)
    assert len(off) == 56
    assert np.median(off) < 30
    assert (off > 90).sum() == 1  # 2.28 0.127 6 1 on via Emilia Ponente contradicts itself
