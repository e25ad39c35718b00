"""Air quality of Bologna: units, days and hours, flags, stuck sensors, stations."""

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.bologna import air
from exante.sources.report import Report

CRS = "EPSG:25832"


def _write(tmp_path, rows, head='"data","A","v_A"'):
    path = tmp_path / "values.csv"
    path.write_text(head + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_carbon_monoxide_is_in_milligrams(tmp_path):
    path = _write(tmp_path, ['"2024-01-01 00:00","0.6","S"', '"2024-01-01 01:00","","" '])
    report = Report("co")
    table = air.read_values(path, "arpae_co", {"A"}, report)
    assert table.to_dict("records") == [
        {"site_id": "A", "pollutant": "CO", "time": "2024-01-01T00:00", "averaging_time": 1.0, "concentration": 600.0}
    ]
    assert [(f.kind, f.count, f.subject) for f in report.findings] == [
        ("read", 2, "A"),
        ("gap", 1, "A"),
        ("kept", 1, "A"),
    ]


def test_particles_are_days_and_unflagged_values_are_told(tmp_path):
    report = Report()
    rows = ['"2024-01-01 00:00","20","G"', '"2024-01-02 00:00","21",""']
    table = air.read_values(_write(tmp_path, rows), "arpae_pm25", {"A"}, report)
    assert table["time"].tolist() == ["2024-01-01", "2024-01-02"]
    assert set(table["averaging_time"]) == {24.0}
    assert "flags of those kept: G 1, none 1" in report.lines[0]


def test_twelve_equal_hours_are_stuck_unless_the_air_is_clean(tmp_path):
    rows = [f'"2024-01-01 {h:02d}:00","{30 if h < 12 else 5}","S"' for h in range(24)]
    table = air.read_values(_write(tmp_path, rows), "arpae_no2", {"A"}, Report())
    assert table["concentration"].tolist() == [5.0] * 12


@pytest.mark.parametrize(
    ("rows", "head", "told"),
    [
        (['"2024-01-01 00:00","x","S"'], '"data","A","v_A"', "'x' in column A is no number"),
        (['"01/01/2024","1","S"'], '"data","A","v_A"', "'01/01/2024' is no time"),
        (['"2024-01-01 00:00","1"'], '"data","A"', "the table lacks v_A: expected data, v_A; found data, A"),
        (['"2024-01-01 00:00","1","S"'], '"data","B","v_B"', "station B has no position"),
    ],
)
def test_bad_files_are_refused(tmp_path, rows, head, told):
    with pytest.raises(SourceError, match=told):
        air.read_values(_write(tmp_path, rows, head), "arpae_no2", {"A"}, Report())


def test_a_station_without_a_kind_is_not_stated(tmp_path):
    path = tmp_path / "s.geojson"
    frame = gpd.GeoDataFrame({"station": ["B", "A"], "address": ["x", "y"]}, geometry=[shapely.Point(11, 44)] * 2)
    frame.set_crs("EPSG:4326").to_file(path)
    sites = air.read_sites(path, {"A": ["urban", "traffic"]}, CRS)
    assert sites[["site_id", "site_type"]].to_numpy().tolist() == [["A", "traffic"], ["B", "not stated"]]
    assert set(sites["position_origin"]) == {"geocoded"}


@pytest.mark.real_data
def test_real_files(data_dir):
    folder = data_dir / "bologna" / "air_quality"
    sites = air.read_sites(folder / "stations.geojson", {}, CRS)
    known, report = set(sites["site_id"]), Report()
    no2 = air.read_values(folder / "NO2_hourly.csv", "arpae_no2", known, report)
    assert len(no2) == 43920 - 311
    assert "M 4,401, S 39,208" in report.lines[0]
    mean = no2.groupby("site_id")["concentration"].mean()
    assert mean.idxmax() == "PORTA SAN FELICE"
    assert mean["PORTA SAN FELICE"] == pytest.approx(28.4, abs=0.1)
    co = air.read_values(folder / "CO_hourly.csv", "arpae_co", known, report)
    assert co["concentration"].max() == 2500.0
    pm = air.read_values(folder / "PM25_daily.csv", "arpae_pm25", known, report)
    assert len(pm) == 732 - 14
    assert "none 69" in report.lines[-1]
