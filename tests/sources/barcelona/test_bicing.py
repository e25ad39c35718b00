"""Bicing: shares of stations, minutes to hours."""

import json

import pytest

from exante.quantities.errors import SourceError
from exante.sources.barcelona import bicing
from exante.sources.report import Report

CRS = "EPSG:25831"


def _write(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _place(number):
    return {"station_id": str(number), "name": " A ", "lon": 2.15, "lat": 41.4}


def test_only_shares_of_the_stations_are_used(tmp_path):
    places = _write(tmp_path, "p.json", [_place(1), _place(2), _place(3)])
    counted = [{"station_id": str(i), "use_in": 10, "use_out": 30 * i, "capacity": 20} for i in (1, 2)]
    report = Report()
    table = bicing.read_stations(places, _write(tmp_path, "s.json", counted), CRS, report)
    assert table["share_taken"].fillna(-1).tolist() == pytest.approx([1 / 3, 2 / 3, -1])
    assert "3 stations, 1 without statistics" in report.lines[0]


def test_hours_are_means_of_minutes(tmp_path):
    rows = [("2023-09-05 08:00", 2.0, 4.0), ("2023-09-05 08:01", 4.0, 6.0), ("2023-09-05 08:01", 8.0, 10.0)]
    flow = [{"time": t, "in_bikes": i, "out_bikes": o} for t, i, o in rows]
    report = Report("bike_flow")
    table = bicing.read_hours(_write(tmp_path, "f.json", flow), report)
    # the minute that stands twice counts once with its mean: (2 + 6) / 2 and (4 + 8) / 2 a minute
    assert table.to_numpy().tolist() == [["2023-09-05", 8, 360.0, 240.0]]
    assert [(f.kind, f.count) for f in report.findings] == [("read", 3), ("duplicate", 1), ("kept", 2)]


def test_bad_files(tmp_path):
    good = _write(tmp_path, "s.json", [{"station_id": "1", "use_in": 1, "use_out": 1, "capacity": 1}])
    with pytest.raises(SourceError, match="station 1 stands twice"):
        bicing.read_stations(_write(tmp_path, "p.json", [_place(1), _place(1)]), good, CRS, Report())
    nameless = _write(tmp_path, "p.json", [{k: v for k, v in _place(1).items() if k != "name"}])
    with pytest.raises(
        SourceError, match="lacks name: expected station_id, name, lon, lat; found station_id, lon, lat"
    ):
        bicing.read_stations(nameless, good, CRS, Report())
    with pytest.raises(SourceError, match="no list of objects"):
        bicing.read_hours(_write(tmp_path, "f.json", {"a": 1}), Report())
    with pytest.raises(SourceError, match="a minute has no time"):
        bicing.read_hours(_write(tmp_path, "f.json", [{"time": "x", "in_bikes": 1, "out_bikes": 1}]), Report())


@pytest.mark.real_data
def test_the_real_week(data_dir):
    folder, report = data_dir / "barcelona" / "bike", Report()
    stations = bicing.read_stations(folder / "stations_info.json", folder / "stats.json", CRS, report)
    assert (len(stations), int(stations["share_taken"].isna().sum())) == (517, 11)
    assert stations["share_taken"].sum() == pytest.approx(1.0)
    hours = bicing.read_hours(folder / "flow.json", report)
    assert len(hours) == 24
    assert hours["taken"].sum() == pytest.approx(56469, abs=1)
    assert int(hours.set_index("hour")["taken"].idxmax()) == 18
