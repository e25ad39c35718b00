"""`where`: which links are selected, and what is said where none is."""

import json

import numpy as np
import pytest
from pyproj import Transformer

from exante.policy import read_policy
from exante.policy.document import OFFERED, nearest
from exante.quantities.errors import MissingLayerError, PolicyError

X, Y = 686_000.0, 4_929_000.0
AXIS = {"ab", "ba", "bc", "cb", "cd", "dc"}


def limit(where):
    return f'kind = "speed_limit"\nwhere = {{ {where} }}\nspeed = {{ value = 30, unit = "km/h" }}\ncompliance = 1'


def corners(*points):
    to = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    return [list(to.transform(X + x, Y + y)) for x, y in points]


def selected(policy, city):
    rows = policy.measures[0].where.select(city)
    return set(city.column("links.link_id")[rows])


@pytest.mark.parametrize(
    ("where", "links"),
    [
        ('road_class = "tertiary"', {"qc", "cq"}),
        ('road_class = ["tertiary", "motorway"]', {"qc", "cq", "m1m2", "m2m3", "m2c"}),
        ('street = "via EMILIA"', AXIS),
        ('link = ["ab", "m2c"]', {"ab", "m2c"}),
        ('within = "centre"', {"bc", "cb", "bp", "pb", "qc", "cq", "m2c"}),
        ('within = "Old Town"', {"bc", "cb", "bp", "pb", "qc", "cq", "m2c"}),
        ('within = "ztl1", street = "Via Emilia"', {"bc", "cb"}),
        ('within = ["centre", "built-up"], road_class = "residential"', {"bp", "pb", "pq", "qp"}),
        ('outside = "centre", street = "Via Emilia"', {"ab", "ba", "cd", "dc"}),
        ('zone = "1", street = "Via Emilia"', {"ab", "ba", "bc", "cb"}),
        ('zone = "Colle", street = "Via Emilia"', {"ab", "ba", "bc", "cb"}),
        ('district = "levante", street = "Via Emilia"', {"cd", "dc"}),
        ('within = "Levante", street = "Via Bassi"', {"qc", "cq"}),
        ("restored = true", {"bp", "pb"}),
        ('restored = false, road_class = "residential"', {"pq", "qp"}),
        ('limit_above = { value = 50, unit = "km/h" }, street = "Via Emilia"', {"cd", "dc"}),
        ('limit_above = { value = 40, unit = "mph" }', {"cd", "dc", "m1m2", "m2m3", "m2c"}),
    ],
)
def test_conditions(town, policy, where, links):
    assert selected(policy(limit(where)), town) == links


def test_polygon_in_the_document(town, policy):
    box = corners((900, 100), (1100, 100), (1100, 900), (900, 900))
    assert selected(policy(limit(f"polygon = {json.dumps(box)}")), town) == {"bp", "pb"}


@pytest.mark.parametrize("shape", ["Polygon", "MultiPolygon", "Feature", "FeatureCollection"])
def test_polygon_in_a_file_beside_the_document(town, write, tmp_path, shape):
    ring = corners((900, 100), (1100, 100), (1100, 900), (900, 900), (900, 100))
    content = {"type": "Polygon", "coordinates": [ring]}
    if shape == "MultiPolygon":
        content = {"type": shape, "coordinates": [[ring]]}
    if shape.startswith("Feature"):
        content = {"type": "Feature", "properties": {}, "geometry": content}
    if shape == "FeatureCollection":
        content = {"type": shape, "features": [content]}
    (tmp_path / "area.geojson").write_text(json.dumps(content))
    (tmp_path / "trial.toml").write_text(write(limit('polygon = "area.geojson"')))
    trial = read_policy(tmp_path / "trial.toml")
    assert selected(trial, town) == {"bp", "pb"}
    assert "in the polygon of area.geojson" in trial.describe()[0]
    again = trial.text()
    assert "area.geojson" not in again, "the text stands alone"


def test_without_zone_ids_the_polygons_decide(town, policy):
    links = town.table("links")
    bare = town.with_table(type(links)("links", {c: links[c] for c in links if c != "zone_id"}))
    trial = policy(limit('zone = "2"'))
    assert np.array_equal(trial.measures[0].where.select(bare), trial.measures[0].where.select(town))


SQUARE = "[[2.1, 41.3], [2.2, 41.3], [2.2, 41.4]]"
ERRORS = {
    'zone = "Coll"': "Town has no zone 'Coll' (in measure 1 of 'Trial'). Did you mean Colle? At hand: Colle, Valle.",
    'zone = ["Coll", "1", "Vale", "Nowhere"]': "Town has no zone 'Coll', 'Vale' or 'Nowhere' (in measure 1 of "
    "'Trial'). Did you mean Colle or Valle? At hand: Colle, Valle.",
    'within = ["centre", "Levant", "Nowhere"]': "Town has no area 'Levant' or 'Nowhere' (in measure 1 of 'Trial'). "
    "Did you mean Levante? At hand: centre, Old Town, Levante, Ponente, Colle, Valle.",
    'street = ["Via Rome", "Corso"]': "Town has no street 'Via Rome' or 'Corso' (in measure 1 of 'Trial'). "
    "Did you mean Via Roma? Streets: Via Bassi, Via Emilia, Via Roma, Via Verdi.",
    'district = "Centro"': "Town has no district 'Centro' (in measure 1 of 'Trial'). At hand: Ponente, Levante.",
    'within = "center"': "Town has no area 'center' (in measure 1 of 'Trial'). Did you mean centre? "
    "At hand: centre, Old Town, Levante, Ponente, Colle, Valle.",
    'street = "Via Rome"': "Town has no street 'Via Rome' (in measure 1 of 'Trial'). Did you mean Via Roma? "
    "Streets: Via Bassi, Via Emilia, Via Roma, Via Verdi.",
    'link = ["ab", "zz"]': "Town has no link 'zz' (in measure 1 of 'Trial'). "
    "Links: ab, ba, bc, cb, cd, dc, bp, pb and 7 more.",
    'road_class = "trunk"': "`where` selects no link of Town: road_class = trunk fits none (in measure 1 of 'Trial'). "
    "Widen or remove road_class.",
    'road_class = "secondary", within = "centre"': "`where` selects no link of Town: within = centre fits none "
    "of the 4 "
    "links left by road_class = secondary (in measure 1 of 'Trial'). Widen or remove within.",
    f"polygon = {SQUARE}": "the polygon lies outside Town: it spans 2.10 to 2.20 E, 41.30 to 41.40 N, the city "
    "11.33 to "
    "11.38 E, 44.49 to 44.50 N (in measure 1 of 'Trial'). "
    "Corners are longitude first, then latitude, in degrees (EPSG:4326).",
    "polygon = [[44.4, 11.3], [44.6, 11.3], [44.6, 11.5], [44.4, 11.5]]": "the polygon lies outside Town: it "
    "spans 44.40 "
    "to 44.60 E, 11.30 to 11.50 N, the city 11.33 to 11.38 E, 44.49 to 44.50 N (in measure 1 of 'Trial'). "
    "Longitude and latitude are swapped: write [longitude, latitude].",
}


@pytest.mark.parametrize("where", ERRORS)
def test_a_selection_that_does_not_fit_the_city(town, policy, where):
    with pytest.raises(PolicyError) as error:
        policy(limit(where)).apply(town)
    assert str(error.value) == ERRORS[where]


def test_a_city_without_named_areas(town, policy):
    bare = type(town)(
        town.name, town.title, town.as_of, town.crs, {k: t for k, t in town.tables.items() if k != "areas"}
    )
    assert selected(policy(limit('within = "Levante", street = "Via Bassi"')), bare) == {"qc", "cq"}
    with pytest.raises(MissingLayerError) as error:
        policy(limit('within = "centre"')).apply(bare)
    assert str(error.value) == (
        "no district or zone of Town is called 'centre', and the city has no layer 'areas' (in measure 1 of 'Trial', "
        "city town). Add the table 'areas' with that area, or give a polygon. "
        "At hand: Levante, Ponente, Colle, Valle."
    )


def test_close_names_come_first_and_names_with_commas_are_quoted():
    known = [*"abcdefghij", "Costa, Saragozza"]
    assert nearest(["Costa Saragozza", "zz"], known, noun="At hand", most=OFFERED) == (
        "Did you mean 'Costa, Saragozza'? At hand: 'Costa, Saragozza', a, b, c, d, e, f, g and 3 more"
    )
