"""The reader of OSM extracts on a hand-written one, and on Porto Alegre."""

import numpy as np
import pytest

from exante.quantities.errors import SourceError
from exante.sources import osm_pbf, streets

osmium = pytest.importorskip("osmium", reason="osmium is not installed: pip install -e '.[sources]'")

# 1 - 2 - 3      way 10: two-way residential with 4 lanes, junction at 2
#     |
#     4 (stop line 20 m before 2)
#     5          way 11: one-way against its drawing, from 5 to 2
XML = """<osm version='0.6'>
<node id='1' lat='44.5000' lon='11.3000'/><node id='2' lat='44.5000' lon='11.3010'/>
<node id='3' lat='44.5000' lon='11.3020'/>
<node id='4' lat='44.4998' lon='11.3010'><tag k='highway' v='traffic_signals'/></node>
<node id='5' lat='44.4990' lon='11.3010'/><node id='6' lat='44.4980' lon='11.3010'/>
<way id='10'><nd ref='1'/><nd ref='2'/><nd ref='3'/>
 <tag k='highway' v='residential'/><tag k='lanes' v='4'/><tag k='maxspeed' v='30'/><tag k='name' v='Via Uno'/></way>
<way id='11'><nd ref='2'/><nd ref='4'/><nd ref='5'/>
 <tag k='highway' v='primary'/><tag k='oneway' v='-1'/></way>
<way id='12'><nd ref='5'/><nd ref='6'/><tag k='highway' v='footway'/></way>
</osm>"""


@pytest.fixture
def extract(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text(XML)
    return path


def test_ways_are_cut_at_junctions_and_directed(extract):
    read = osm_pbf.read_pbf(extract, "EPSG:32632")
    links = read.links.set_index("link_id")
    ends = {i: (r.from_node_id, r.to_node_id) for i, r in links.iterrows()}
    assert ends == {
        "10-0": ("1", "2"),
        "10-0b": ("2", "1"),
        "10-1": ("2", "3"),
        "10-1b": ("3", "2"),
        "11-0b": ("5", "2"),
    }
    assert links.loc["10-0", "lanes"] == links.loc["10-0b", "lanes"] == 2.0
    assert np.isnan(links.loc["11-0b", "source_speed_limit"])
    # 0.001 degrees of longitude at 44.5 degrees are 79.5 m; of latitude 111.1 m
    assert links.loc["10-0", "length"] == pytest.approx(79.5, abs=0.3)
    assert links.loc["11-0b", "length"] == pytest.approx(111.1, abs=0.3)


def test_a_stop_line_controls_its_junction(extract):
    nodes = osm_pbf.read_pbf(extract, "EPSG:32632").nodes
    assert dict(zip(nodes["node_id"], nodes["ctrl_type"], strict=True)) == {
        "1": "none",
        "2": "signal",
        "3": "none",
        "5": "none",
    }


def test_an_extract_without_streets_is_refused(tmp_path):
    path = tmp_path / "empty.osm"
    path.write_text("<osm version='0.6'></osm>")
    with pytest.raises(SourceError) as error:
        osm_pbf.read_pbf(path, "EPSG:32632")
    assert str(error.value) == "the extract holds no street (in empty.osm). Fetch an extract with highways."


@pytest.mark.real_data
def test_porto_alegre_is_a_connected_network(data_dir):
    read = osm_pbf.read_pbf(data_dir / "porto_alegre/poa_osm.pbf", "EPSG:32722")
    before = read.links["length"].sum()
    lost = streets.keep_connected(read)
    assert len(read.links) == 19769
    assert lost["length"].sum() < 0.04 * before
    assert read.links["link_id"].is_unique
    assert (read.nodes["ctrl_type"] == "signal").sum() > 1000
