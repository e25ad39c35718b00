"""Posts of Bologna: counters of bicycles and camera gates with the zone they watch."""

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.bologna import sensors
from exante.sources.report import Report
from exante.sources.zones import limited_traffic

CRS = "EPSG:25832"
HEAD = "varco,nome,descrizione,direzione,lon,lat,via\n"


def _gates(tmp_path, text):
    path = tmp_path / "gates.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_a_gate_watches_the_zone_it_stands_at(tmp_path):
    point = gpd.GeoSeries([shapely.Point(11.34, 44.49)], crs="EPSG:4326").to_crs(CRS).iloc[0]
    x, y = point.x, point.y
    zones = gpd.GeoDataFrame(
        {"area_id": ["near", "far"]},
        geometry=[shapely.box(x + 20, y, x + 90, y + 50), shapely.box(x + 500, y, x + 600, y + 50)],
        crs=CRS,
    )
    path = _gates(tmp_path, "a,A,via A 1,centro,11.34,44.49,VIA A\nb,B,via B,,11.30,44.49,\n")
    table = sensors.read_gates(path, zones, CRS, Report())
    assert table["area_id"].fillna("none").tolist() == ["near", "none"]
    assert table["direction"].fillna("none").tolist() == ["centro", "none"]
    assert table["name"].tolist() == ["A, via A 1", "B, via B"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,A,x,y,11.3,,v\n", "a has no place"),
        ("a,A,x,y,11.3,99,v\n", "'99' in column lat is no number between -90 and 90"),
        ("a,A,x,y,11.3,44,v\na,A,x,y,11.3,44,v\n", "a stands twice"),
    ],
)
def test_bad_places_are_refused(tmp_path, text, told):
    with pytest.raises(SourceError, match=told):
        sensors.read_gates(_gates(tmp_path, text), gpd.GeoDataFrame(geometry=[], crs=CRS), CRS, Report())


@pytest.mark.real_data
def test_real_posts(data_dir):
    folder, report = data_dir / "bologna", Report()
    zones = limited_traffic(folder / "boundaries" / "ltz_zones" / "zona-a-traffico-limitato.shp", "codice", CRS)
    gates = sensors.read_gates(folder / "traffic" / "varchi-quartieri.csv", zones, CRS, report)
    assert (len(gates), int(gates["area_id"].notna().sum())) == (79, 58)
    counters = sensors.read_counters(folder / "traffic" / "colonnine-quartieri.csv", CRS, report)
    assert (len(counters), set(counters["kind"])) == (24, {"bike_counter"})
    assert not set(counters["sensor_id"]) & set(gates["sensor_id"])
