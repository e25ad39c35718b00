"""Regional stations: types, the clock's repeated hour, failing days, senses, gates."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import regional_counts

HEAD = "datetime;MTSStationID;DirectionCode;VehicleType;TransitCount\n"
CRS = "EPSG:25832"


@pytest.fixture
def positions(tmp_path):
    path = tmp_path / "stations.geojson"
    gpd.GeoDataFrame({"NAME": [7]}, geometry=[shapely.Point(11.3, 44.5)], crs="EPSG:4326").to_file(path)
    return path


def _read(tmp_path, positions, rows):
    path = tmp_path / "counts.csv"
    path.write_text(HEAD + "".join(f"{t};7;{d};{k};{n}\n" for t, d, k, n in rows), encoding="utf-8")
    return regional_counts.read_stations(path, positions, CRS)


def test_classes_of_one_hour_by_hand(tmp_path, positions):
    types = [(0, 1), (2, 100), (3, 2), (4, 10), (5, 3), (8, 4), (9, 5), (10, 1)]
    loops = _read(tmp_path, positions, [("2024-02-06 08:00:00", 0, k, n) for k, n in types])
    (row,) = loops.counts.to_dict("records")
    assert row == {
        "site_id": "mts-7-0", "date": "2024-02-06", "hour": 8,
        "flow": 126.0, "car_flow": 102.0, "van_flow": 10.0, "truck_flow": 7.0, "bus_flow": 5.0,
    }  # fmt: skip
    long = regional_counts.by_class(loops.counts)
    assert long["vehicle_class"].tolist() == ["bus", "car", "truck", "van"]
    assert long["flow"].sum() == 124.0


def test_a_type_nobody_drove_is_zero_and_an_hour_without_rows_is_not_counted(tmp_path, positions):
    rows = [("2024-02-06 08:00:00", 0, 2, 9), ("2024-02-06 10:00:00", 0, 4, 1)]
    counts = _read(tmp_path, positions, rows).counts
    assert counts["hour"].tolist() == [8, 10]
    assert counts["van_flow"].tolist() == [0.0, 1.0]


def test_the_repeated_hour_is_left_out_and_told(tmp_path, positions):
    loops = _read(tmp_path, positions, [(f"2024-10-27 0{h}:00:00", 0, 2, 50) for h in (1, 2, 3)])
    assert loops.counts["hour"].tolist() == [1, 3]
    assert "1 hours that the clock repeats" in loops.notes[0]


def test_a_failing_day_is_left_out_and_told(tmp_path, positions):
    days = ["2024-02-06", "2024-02-07", "2024-02-08", "2024-02-12"]
    rows = [(f"{d} {h:02d}:00:00", 0, 2, 3 if d == days[3] else 100) for d in days for h in range(24)]
    loops = _read(tmp_path, positions, rows)
    assert sorted(set(loops.counts["date"])) == days[:3]
    assert "24 hours of days below 0.2 of the usual (mts-7-0 1 days)" in loops.notes[0]


def test_senses_by_the_shape_of_the_day(tmp_path, positions):
    flow = {0: {7: 100, 8: 100, 17: 300, 18: 300}, 1: {7: 300, 8: 300, 17: 100, 18: 100}}
    rows = [(f"2024-02-06 {h:02d}:00:00", d, 2, n) for d, day in flow.items() for h, n in day.items()]
    loops = _read(tmp_path, positions, rows)
    assert dict(regional_counts.senses(loops)) == {"mts-7-0": "out", "mts-7-1": "in"}
    x, y = loops.sites.geometry.iloc[0].coords[0]
    links = pd.DataFrame({"name": ["Via A"], "geometry": [shapely.LineString([(x + 500, y), (x + 600, y)])]})
    gates = pd.DataFrame({"gate_id": ["g1", "g2"], "name": ["Via A", "Via A"], "entry_node_id": ["n1", "n2"]})
    points = {"n1": shapely.Point(x + 900, y), "n2": shapely.Point(x + 600, y)}
    found = regional_counts.place(loops, links, gates, points, {"7": "Via A"})
    assert found["gate_id"].tolist() == ["g2", "g2"]
    assert found["gate_way"].tolist() == ["out", "in"]
    assert found["link_id"].isna().all()
    with pytest.raises(SourceError, match="no gate is called 'Via B'"):
        regional_counts.place(loops, links, gates, points, {"7": "Via B"})


def test_volume_of_a_gate_on_paper():
    """Two directions of 10 and 20 an hour: 240 and 480 a day, mean 360; a Sunday and a few hours do not count."""
    sites = pd.DataFrame({"site_id": ["a", "b", "c", "d"], "gate_id": ["g", "g", None, "h"]})
    days = [("a", "2024-02-06", 10.0), ("b", "2024-02-06", 20.0), ("a", "2024-02-04", 900.0), ("c", "2024-02-06", 5.0)]
    rows = [(site, day, hour, flow) for site, day, flow in days for hour in range(24)] + [("d", "2024-02-06", 8, 50.0)]
    counts = pd.DataFrame(rows, columns=["site_id", "date", "hour", "flow"])
    assert regional_counts.daily_volumes(sites, counts).to_dict() == {"g": 360.0}


def test_alike_directions_have_no_sense(tmp_path, positions):
    rows = [(f"2024-02-06 {h:02d}:00:00", d, 2, 100) for d in (0, 1) for h in (7, 8, 17, 18)]
    assert regional_counts.senses(_read(tmp_path, positions, rows)).isna().all()


def test_a_missing_column_shows_both_sides(tmp_path, positions):
    path = tmp_path / "counts.csv"
    path.write_text("datetime;MTSStationID;Light\n2024-02-06 08:00:00;7;3\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        regional_counts.read_stations(path, positions, CRS)
    assert str(error.value) == (
        "the table lacks DirectionCode, VehicleType, TransitCount: expected datetime, MTSStationID, DirectionCode, "
        "VehicleType, TransitCount; found datetime, MTSStationID, Light (in counts.csv). The portal changed its "
        "columns: adapt exante.sources.regional_counts."
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2024-02-06 08:15:00;7;0;2;3", "'2024-02-06 08:15:00' is no datetime"),
        ("2024-02-06 08:00:00;7;0;11;3", "'11' is no VehicleType"),
        ("2024-02-06 08:00:00;7;0;2;-3", "'-3' is no TransitCount"),
        ("2024-02-06 08:00:00;7;0;2;", "'' is no TransitCount"),
        ("2024-02-06 08:00:00;8;0;2;3", "stations 8 have no position"),
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path, positions, row, told):
    path = tmp_path / "counts.csv"
    path.write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        regional_counts.read_stations(path, positions, CRS)


@pytest.mark.real_data
def test_real_stations_agree_with_the_file_of_three_classes(data_dir):
    folder = data_dir / "bologna" / "traffic"
    loops = regional_counts.read_stations(
        folder / "rer_mts_2024.zip", folder / "filtered_regional_stations.geojson", CRS
    )
    assert "81290 hours of 13 directions of 7 stations" in loops.notes[0]
    assert "mts-154-0 30 days, mts-154-1 31 days" in loops.notes[0]
    other = pd.read_csv(folder / "regional_traffic_count_cleaned_v2.zip")
    other["site_id"] = "mts-" + other["MTSStationID"].astype(str) + "-" + other["DirectionCode"].astype(str)
    other["date"], other["hour"] = other["datetime"].str[:10], other["datetime"].str[11:13].astype(int)
    both = loops.counts.merge(other, on=["site_id", "date", "hour"])
    assert len(both) == len(loops.counts)
    np.testing.assert_array_equal(both["flow"], both[["Light", "Medium", "Heavy", "Others"]].sum(axis=1))
    np.testing.assert_array_equal(both["car_flow"] + both["van_flow"], both["Light"])
    np.testing.assert_array_equal(both["truck_flow"] + both["bus_flow"], both["Medium"] + both["Heavy"])
    told = regional_counts.senses(loops).dropna()
    assert dict(told) == {f"mts-{s}-{d}": w for s in (156, 160, 683) for d, w in ((0, "out"), (1, "in"))}


@pytest.mark.real_data
def test_the_workbook_of_all_stations_places_them_alike(data_dir):
    folder = data_dir / "bologna" / "traffic"
    some = regional_counts.read_positions(folder / "filtered_regional_stations.geojson", CRS)
    every = regional_counts.read_positions(folder / "monitoring_stations.xlsx", CRS)
    assert len(every) == 292
    assert all(shapely.distance(some[i], every[i]) < 1.0 for i in some.index)
