"""Lights that the street map does not have."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.junctions import add_plants, read_plants
from exante.sources.streets import Streets

CRS = "EPSG:25832"


def crossing(control="none"):
    """A crossing of four streets at (0, 0) and one more node of two streets beyond."""
    xy = {"x": (0, 0), "n": (0, 200), "e": (200, 0), "s": (0, -200), "w": (-200, 0)}
    nodes = pd.DataFrame(
        {
            "node_id": list(xy),
            "ctrl_type": [control, *["none"] * 4],
            "street_count": [4, 1, 1, 1, 1],
            "geometry": [shapely.Point(p) for p in xy.values()],
        }
    )
    pairs = [(a, b) for k in "nesw" for a, b in (("x", k), (k, "x"))]
    links = pd.DataFrame(
        {"from_node_id": [a for a, _ in pairs], "to_node_id": [b for _, b in pairs], "allowed_uses": "auto"}
    )
    return Streets(nodes, links)


def loops(*places):
    return pd.DataFrame([{"plant": p, "x": float(x), "y": float(y)} for p, x, y in places])


def test_the_junction_nearest_to_all_loops_has_the_light():
    streets = crossing()
    add_plants(streets, loops(("7", 30, 0), ("7", 0, 40), ("8", 900, 900)))
    assert streets.nodes["ctrl_type"].tolist() == ["signal", "none", "none", "none", "none"]
    assert "1 of 2 plants placed by their loops, 1 junction nodes marked" in streets.notes[-1]


def test_roundabouts_stay():
    streets = crossing("roundabout")
    add_plants(streets, loops(("7", 30, 0)))
    assert streets.nodes["ctrl_type"].tolist()[0] == "roundabout"


def test_loops_without_a_plant_are_no_lights(tmp_path):
    file = tmp_path / "loops.csv"
    file.write_text("codice spira;codimpsem;geopoint\na;7;44.5, 11.3\nb;;44.6, 11.4\n")
    plants = read_plants(file, CRS)
    assert plants["plant"].tolist() == ["7"]
    point = gpd.GeoSeries([shapely.Point(11.3, 44.5)], crs="EPSG:4326").to_crs(CRS)[0]
    assert np.allclose(plants[["x", "y"]].to_numpy(), [[point.x, point.y]])


@pytest.mark.parametrize(
    ("text", "told"),
    [("codice spira;geopoint\na;44.5, 11.3\n", "lacks codimpsem"), ("codice spira;codimpsem;geopoint\na;7;x\n", "'x'")],
)
def test_a_list_that_cannot_be_read_is_told(tmp_path, text, told):
    file = tmp_path / "loops.csv"
    file.write_text(text)
    with pytest.raises(SourceError, match=told):
        read_plants(file, CRS)


@pytest.mark.real_data
def test_most_mapped_lights_of_bologna_have_a_plant(data_dir):
    """The list of loops knows the lights of the map, and three times as many more."""
    plants = read_plants(data_dir / "bologna" / "traffic" / "bologna_traffic_metadata.zip", CRS)
    assert plants["plant"].nunique() == 245
    assert len(plants) > 850
