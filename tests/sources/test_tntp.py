"""TNTP, GMNS and OMX: what is read, and what is refused with which words."""

import numpy as np
import pytest

from exante.quantities.errors import SourceError
from exante.sources.gmns import read_gmns, write_gmns
from exante.sources.omx import read_matrix, write_matrices
from exante.sources.tntp import (
    read_flows,
    read_network,
    read_notes,
    read_trips,
    write_flows,
    write_network,
    write_trips,
)

HEAD = """<NUMBER OF ZONES> {zones}
<NUMBER OF NODES> {nodes}
<FIRST THRU NODE> 1
<NUMBER OF LINKS> {links}
<END OF METADATA>

~ 	init_node	term_node	capacity	length	free_flow_time	b	power	speed	toll	link_type	;
"""


def net(folder, lines, zones=2, nodes=3):
    path = folder / "tiny_net.tntp"
    path.write_text(HEAD.format(zones=zones, nodes=nodes, links=len(lines)) + "\n".join(lines) + "\n")
    return path


def trips(folder, body, zones=2, total=6):
    path = folder / "tiny_trips.tntp"
    path.write_text(f"<NUMBER OF ZONES> {zones}\n<TOTAL OD FLOW> {total}\n<END OF METADATA>\n\n{body}\n")
    return path


GOOD = ["1 3 100 2 1 0.15 4 0 0 1 ;", "3 2 100 3 0 0.15 0 0 5 1 ;"]


def test_a_network_and_its_costs(tmp_path):
    network = read_network(net(tmp_path, GOOD))
    assert (network.n_zones, network.n_nodes, network.first_through_node) == (2, 3, 1)
    # 1 * (1 + 0.15 * 2^4) = 3.4; free-flow time zero stays zero
    assert network.link_cost().time([200.0, 200.0]) == pytest.approx([3.4, 0.0])
    assert network.fixed_cost(0.02, 0.5) == pytest.approx([1.0, 1.6])


def test_every_fault_of_a_network_is_named_with_its_line(tmp_path):
    path = net(
        tmp_path,
        [
            "1 3 100 2 1 0.15 4 0 0 1 ;",
            "1 3 100 2 1 0.15 4 0 0 1 ;",
            "3 2 0 2 1 0.15 4 0 0 1 ;",
            "3 9 100 2 1 0.15 4 0 0 1 ;",
            "2 3 100 2 -1 nan 4 0 0 1 ;",
        ],
    )
    with pytest.raises(SourceError) as caught:
        read_network(path)
    text = str(caught.value)
    for part in (
        "links given before: line 9",
        "zero capacity although the time depends on it: line 10",
        "nodes outside 1 to 3: line 11",
        "negative free_flow_time: line 12",
        "missing or infinite b: line 12",
        "tiny_net.tntp",
    ):
        assert part in text


def test_lines_and_metadata_that_do_not_fit(tmp_path):
    path = tmp_path / "x_net.tntp"
    path.write_text("<NUMBER OF ZONES> two\n<END OF METADATA>\n1 3 fast\n")
    with pytest.raises(SourceError) as caught:
        read_network(path)
    for part in ("'two', not a whole number", "<NUMBER OF NODES>", "line 3 is not a link: '1 3 fast'"):
        assert part in str(caught.value)
    path.write_text("1 2 3\n")
    with pytest.raises(SourceError, match="has no metadata"):
        read_network(path)
    with pytest.raises(SourceError, match="cannot be read"):
        read_network(tmp_path / "absent_net.tntp")


def test_trips(tmp_path):
    path = trips(tmp_path, "Origin 1\n 1 : 0.5; 2 : 4.0 ;\nOrigin \t2\n1:1.5e0;")
    assert read_trips(path, 2).tolist() == [[0.5, 4.0], [1.5, 0.0]]


def test_every_fault_of_a_trip_table_is_named(tmp_path):
    path = trips(tmp_path, "Origin 1\n 2 : -4.0; 3 : 1.0; 2 : nan; x\nOrigin 4\n 1 : 3;", zones=4)
    with pytest.raises(SourceError) as caught:
        read_trips(path, 2)
    for part in (
        "for 4 zones, the network has 2",
        "line 6: -4.0 trips",
        "line 6: trips to unknown zone 3",
        "line 6: nan trips",
        "'x' is not 'zone : trips'",
        "line 7: trips from unknown zone '4'",
    ):
        assert part in str(caught.value)


def test_faults_of_a_trip_table_have_its_own_remedy(tmp_path):
    path = trips(tmp_path, "Origin 1\n 3 : 1.0;")
    with pytest.raises(SourceError) as caught:
        read_trips(path, 2)
    assert str(caught.value) == (
        f"The trip table is faulty: line 6: trips to unknown zone 3 (in {path}). Correct the file; "
        "zones are numbered from 1 to 2, entries are 'zone : trips;' with trips not below 0."
    )


def test_a_lost_origin_is_noticed(tmp_path):
    path = trips(tmp_path, "Origin 1\n 1 : 0.5; 2 : 4.0 ;")
    with pytest.raises(SourceError) as caught:
        read_trips(path, 2)
    assert str(caught.value) == (
        f"The trips add up to 4.5, the file states 6 (in {path}, <TOTAL OD FLOW>). "
        "Put back the origins that are missing, or correct the total if the trips are as meant."
    )
    assert read_trips(trips(tmp_path, "Origin 1\n 2 : 4.4999;", total="4.5"), 2).sum() == 4.4999, "rounded total"
    assert read_trips(trips(tmp_path, "Origin 1\n 2 : 4.5;", total="unknown"), 2).sum() == 4.5
    with pytest.warns(UserWarning, match=r"add up to 4\.497, the file states 4\.5"):
        assert read_trips(trips(tmp_path, "Origin 1\n 2 : 4.497;", total="4.5000"), 2).sum() == 4.497


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        (
            np.ones((3, 3)),
            "The trips are (3, 3), the network has 2 zones (in {}). "
            "Give a matrix of 2 rows and 2 columns, origins down, in the order of the zones.",
        ),
        (
            -np.ones((2, 2)),
            "The trip table has negative or missing values between zones: 1 to 1, 1 to 2, 2 to 1, 2 to 2 (in {}). "
            "Write 0 where no trips are made, and correct the values below 0.",
        ),
    ],
)
def test_a_matrix_that_does_not_fit(tmp_path, matrix, told):
    path = tmp_path / "trips.npy"
    np.save(path, matrix)
    with pytest.raises(SourceError) as caught:
        read_trips(path, 2)
    assert str(caught.value) == told.format(path)


def test_round_trips_of_all_formats(tmp_path):
    network = read_network(net(tmp_path, GOOD))
    write_network(tmp_path / "again_net.tntp", network)
    assert read_network(tmp_path / "again_net.tntp").links.equals(network.links)
    demand = np.array([[0.0, 1 / 3], [2.0, 0.0]])
    write_trips(tmp_path / "again_trips.tntp", demand)
    assert np.array_equal(read_trips(tmp_path / "again_trips.tntp", 2), demand)
    write_flows(tmp_path / "flow.tntp", network, np.array([1 / 3, 2.0]), np.array([1.0, 0.1]))
    flows = read_flows(tmp_path / "flow.tntp")
    assert flows["volume"].tolist() == [1 / 3, 2.0]
    write_gmns(tmp_path / "gmns", network)
    gmns = read_gmns(tmp_path / "gmns")
    assert np.array_equal(gmns.links.to_numpy(float), network.links.to_numpy(float))
    assert not list(tmp_path.rglob("*.part"))


def test_omx(tmp_path):
    pytest.importorskip("openmatrix", reason="reading OMX needs the extra sources")
    demand = np.array([[0.0, 1 / 3], [2.0, 0.0]])
    write_matrices(tmp_path / "m.omx", {"car": demand})
    assert np.array_equal(read_matrix(tmp_path / "m.omx", n_zones=2), demand)
    with pytest.raises(SourceError, match="not 3 zones"):
        read_matrix(tmp_path / "m.omx", n_zones=3)
    with pytest.raises(SourceError, match="holds the matrices car"):
        read_matrix(tmp_path / "m.omx", "bus")


def test_gmns_faults(tmp_path):
    (tmp_path / "node.csv").write_text("node_id,zone_id\n1,1\n2,2\n2,\n")
    (tmp_path / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,length,capacity,free_speed\n7,1,2,1,100,-50\n7,1,5,1,100,50\n"
    )
    with pytest.raises(SourceError) as caught:
        read_gmns(tmp_path)
    for part in (
        "node_id given twice: 2",
        "link_id given twice: 7",
        "unknown to_node_id: 5",
        "free_flow_time on link_id: 7",
    ):
        assert part in str(caught.value)


def test_notes_of_a_network(tmp_path):
    (tmp_path / "README.md").write_text(
        "objective values of the 1980's\n## Generalized Cost Weights\nToll: 0.02 minutes/cent\n"
        "Distance: 0.04 minutes/mile\n\n## Solutions\nOptimal objective function value: 17313018.7387477. \n"
    )
    notes = read_notes(tmp_path)
    assert (notes.toll_weight, notes.distance_weight, notes.objective) == (0.02, 0.04, 17313018.7387477)
