"""Files of counting sites: half-hourly loops, codes of arcs."""

import json

import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from exante.calibration.sites import read_sites
from exante.city import Table
from exante.quantities.errors import UserError

HALVES = [f"{h}.{a} - {h + (a == '30')}.{'30' if a == '00' else '00'}" for h in range(24) for a in ("00", "30")]


@pytest.fixture
def middle(village_city):
    """Longitude and latitude of the middle of a link, and its two ends."""
    links = village_city.table("links")
    back = Transformer.from_crs(village_city.crs, "EPSG:4326", always_xy=True)

    def at(link):
        line = links["geometry"][list(links["link_id"]).index(link)]
        point = shapely.line_interpolate_point(line, 0.5, normalized=True)
        return back.transform(point.x, point.y), [back.transform(*xy) for xy in (line.coords[0], line.coords[-1])]

    return at


def half_hourly(tmp_path, codes):
    file = tmp_path / "half.csv"
    rows = [{"data": "2024-01-16", "VIA_SPIRA": "Main", "DIREZIONE": "Est", "Codice": c} for c in codes]
    pd.DataFrame([r | dict.fromkeys(HALVES, 5) for r in rows]).to_csv(file, sep=";", index=False)
    return file


def test_half_hourly_loops_that_the_city_knows(village_city, tmp_path):
    """Two halves of five are ten an hour; a loop without a position is listed, not lost."""
    known = Table.from_frame(
        "count_sites",
        pd.DataFrame(
            {
                "site_id": ["7"],
                "link_id": ["n1-n2"],
                "name": ["Main"],
                "direction": ["E"],
                "match_distance": [0.0],
                "match_note": ["by hand"],
                "geometry": [shapely.Point(0, 0)],
            }
        ),
    )
    sites, counts, _ = read_sites(half_hourly(tmp_path, ["7", "8"]), village_city.with_table(known))
    assert sites.set_index("site_id")["link_id"].fillna("none").to_dict() == {"7": "n1-n2", "8": "none"}
    assert "--positions" in sites.set_index("site_id").loc["8", "match_note"]
    assert counts["flow"].unique().tolist() == [10.0]
    assert len(counts) == 24


def test_half_hourly_loops_at_listed_positions(village_city, tmp_path, middle):
    (x, y), _ = middle("n1-n2")
    list_of_loops = tmp_path / "loops.csv"
    list_of_loops.write_text(f"codice spira;Nome via;direzione;angolo;geopoint\n7;Main;E;270;{y}, {x}\n")
    sites, _, notes = read_sites(half_hourly(tmp_path, ["7"]), village_city, list_of_loops)
    assert len(sites) == 1
    assert any("joined" in note for note in notes)


def plain(tmp_path, **more):
    file = tmp_path / "sites.csv"
    row = {"site_id": "a", "date": "2024-01-16", "arc": "12"} | more | {f"h{h:02d}": 10 for h in range(24)}
    pd.DataFrame([row, row | {"site_id": "b", "arc": "99"}]).to_csv(file, index=False)
    return file


def test_arcs_of_the_official_graph(village_city, tmp_path, middle):
    """The arc is drawn from n1 to n2; a code that the graph lacks is listed."""
    graph = tmp_path / "arcs.csv"
    _, ends = middle("n1-n2")
    shape = json.dumps({"type": "LineString", "coordinates": [list(e) for e in ends]})
    pd.DataFrame({"CODARCO": ["12"], "NOMEVIA": [""], "Geo Shape": [shape]}).to_csv(graph, sep=";", index=False)
    sites, counts, _ = read_sites(plain(tmp_path), village_city, graph)
    assert sites["link_id"].tolist()[0] == "n1-n2"
    assert sites["link_id"].isna().tolist() == [False, True]
    assert len(counts) == 48


def test_arcs_need_the_graph(village_city, tmp_path):
    with pytest.raises(UserError, match="--positions"):
        read_sites(plain(tmp_path), village_city)
