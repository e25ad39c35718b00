"""The files of a small made-up town, as portals publish them: a grid of streets, four zones, rasters, loops.

16 nodes 200 m apart in UTM 32; the main road runs along the row of y = 400 m, and one loop counts on it.
"""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from pyproj import Transformer
from rasterio.transform import from_origin

ORIGIN = (685000.0, 4928000.0)
SPACING = 200.0
CRS = "EPSG:25832"
LIMITED = ("built_up", "rural", "rural_minor", "ramp", "motorway", "trunk", "living_street")
TAGS = ("lanes", "name", "highway")
HOURS = [f"{h:02d}:00-{h + 1:02d}:00" for h in range(24)]
PLACE = {"page": "https://example.org/town", "licence": "CC BY 4.0", "attribution": "Town", "date": "2024"}


def write_files(folder):
    """All files of the town into a mirror."""
    folder.mkdir(parents=True, exist_ok=True)
    _streets(folder / "streets.gpkg")
    squares = [shapely.box(*_at(0, 0), *_at(300, 300)), shapely.box(*_at(300, 0), *_at(700, 300)),
               shapely.box(*_at(0, 300), *_at(300, 700)), shapely.box(*_at(300, 300), *_at(700, 700))]  # fmt: skip
    squares = [shapely.affinity.translate(s, -50, -50) for s in squares]
    areas = {"code": ["1", "2", "3", "4"], "label": list("abcd"), "district": ["West", "East", "West", "East"]}
    gpd.GeoDataFrame(areas, geometry=squares, crs=CRS).to_crs("EPSG:4326").to_file(folder / "zones.geojson")
    for name, low in (("people.tif", 10.0), ("volume.tif", 4000.0)):
        _raster(folder / name, low)
    write_counts(folder / "counts_2024_01.csv", dt.date(2024, 1, 8), days=10)
    return folder


def write_counts(path, first, days):
    """Hourly counts of one loop, `days` days from `first` on; the last day is silent."""
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*_at(300, 401))
    rows = []
    for number in range(days):
        flow = [0] * 24 if number == days - 1 else [100 + 10 * h + number for h in range(24)]
        day = {"data": f"{first + dt.timedelta(number)}", "codice_spira": "L1", **dict(zip(HOURS, flow, strict=True))}
        place = {"direzione": "E", "angolo": 270, "geopoint": f"{lat:.8f}, {lon:.8f}"}
        rows.append({**day, "Nome via": "VIA MAGGIORE", **place})
    pd.DataFrame(rows).to_csv(path, sep=";", index=False)


def document(statistics, fleet, base=""):
    """The town's document: sources with addresses under `base` if there is one."""

    def source(file, title, **more):
        address = {"address": f"{base}/{file}"} if base else {}
        return {**PLACE, "file": file, "title": title, **address, **more}

    fields = {"zone_id": "code", "name": "label", "district": "district", "group": "district"}
    counts = ["data", "codice_spira", "Nome via", "direzione", "angolo", "geopoint", *HOURS]
    return {
        "city": {"title": "Town", "crs": CRS, "as_of": dt.date(2024, 1, 1)},
        "statistic": statistics,
        "fleet": fleet,
        "build": {"default_limits": dict.fromkeys(LIMITED, 50)},
        "source": {
            "streets": source("streets.gpkg", "Streets", columns={"edges": ["from", "to", "oneway"]}),
            "zones": source("zones.geojson", "Zones", fields=fields, columns=["code", "label"]),
            "population": source("people.tif", "People"),
            "volume": source("volume.tif", "Volume"),
            "counts_hourly": source(
                "counts_{year}_{month}.csv", "Counts", separator=";", columns=counts,
                series={"every": "month", "first": "2024-01"},
            ),
        },
    }  # fmt: skip


def _at(x, y):
    return ORIGIN[0] + x, ORIGIN[1] + y


def _streets(path):
    places = [(i, j) for j in range(4) for i in range(4)]
    number = {place: 100 + k for k, place in enumerate(places)}
    nodes = gpd.GeoDataFrame(
        {"osmid": list(number.values()), "highway": [None] * 16, "street_count": [4] * 16},
        geometry=[shapely.Point(_at(SPACING * i, SPACING * j)) for i, j in places],
        crs=CRS,
    )
    rows = []
    for i, j in places:
        for di, dj in ((1, 0), (0, 1)):
            if (i + di, j + dj) not in number:
                continue
            main = j == 2 and di == 1
            ends = [_at(SPACING * i, SPACING * j), _at(SPACING * (i + di), SPACING * (j + dj))]
            a, b = number[i, j], number[i + di, j + dj]
            kind = ("2", "Via Maggiore", "secondary") if main else (None, "Via Minore", "residential")
            rows.append(
                {"u": a, "v": b, "key": 0, "from": a, "to": b, "oneway": False, **dict(zip(TAGS, kind, strict=True)),
                 "maxspeed": "50", "length": SPACING, "junction": None, "access": None,
                 "geometry": shapely.LineString(ends)}
            )  # fmt: skip
    edges = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    nodes.to_crs("EPSG:4326").to_file(path, layer="nodes", driver="GPKG")
    edges.to_crs("EPSG:4326").to_file(path, layer="edges", driver="GPKG")


def _raster(path, low):
    cells = np.full((9, 9), low) + np.arange(81).reshape(9, 9)
    left, top = _at(-100, 800)
    options = {"driver": "GTiff", "height": 9, "width": 9, "count": 1, "dtype": "float64", "crs": CRS}
    with rasterio.open(path, "w", transform=from_origin(left, top, 100, 100), **options) as file:
        file.write(cells, 1)
