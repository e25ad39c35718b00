"""`exante assign` on odd and faulty files, through the command line as a user meets it: exit code, words, no output."""

import json

import numpy as np
import pytest

from exante.apps.cli import main
from exante.sources.gmns import write_gmns
from exante.sources.omx import write_matrices
from exante.sources.tntp import read_network, read_trips

HEAD = "<NUMBER OF ZONES> 3\n<NUMBER OF NODES> 4\n<FIRST THRU NODE> 1\n<NUMBER OF LINKS> 6\n<END OF METADATA>\n"
LINKS = [
    "1 4 100 2 10 0.15 4 0 0 1 ;",
    "4 2 100 2 5 0.15 4 0 3 1 ;",
    "1 2 50 9 20 1 1 0 0 1 ;",
    "4 3 100 1 0 0 0 0 0 1 ;",
    "2 3 100 1 7 0.15 0 0 0 1 ;",
    "3 1 80 1 4 0.15 4 0 0 1 ;",
]
TRIPS_HEAD = "<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> 340\n<END OF METADATA>\n"
TRIPS = ["Origin 1", " 1 : 10; 2 : 150;", " 3 : 80;", "Origin 3", " 1 : 60; 2 : 40;"]
DEMAND = np.array([[10.0, 150.0, 80.0], [0.0, 0.0, 0.0], [60.0, 40.0, 0.0]])


def files(folder, links=LINKS, trips=TRIPS, head=HEAD, trips_head=TRIPS_HEAD):
    net, table = folder / "x_net.tntp", folder / "x_trips.tntp"
    net.write_bytes((head + "\n".join(links) + "\n").encode())
    table.write_bytes((trips_head + "\n".join(trips) + "\n").encode())
    return net, table


@pytest.fixture
def assign(monkeypatch, capsys):
    """Runs the command line; gives exit code, output and error text."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["exante", "assign", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        told = capsys.readouterr()
        return code, told.out, " ".join(told.err.split())

    return run


def objective(assign, *words):
    code, out, err = assign(*words, "--gap", "1e-10", "--json")
    assert code == 0, err
    return json.loads(out)["objective"]


def test_the_same_network_in_many_dresses(tmp_path, assign):
    net, trips = files(tmp_path)
    wanted = objective(assign, net, trips)
    text, table = net.read_text(), trips.read_text()
    dresses = {
        "tabs": (text.replace(" ", "\t").replace("OF\t", "OF ").replace("NUMBER\t", "NUMBER "), table),
        "comments": (text.replace("LINKS> 6", "LINKS> 6 ~ six").replace("1 4 100", "~ init term\n1 4 100"), table),
        "blank lines": (text.replace("\n", "\n\n"), table.replace("\n", "\n\n")),
        "lower case": (text.lower(), table.lower()),
        "carriage returns": (text.replace("\n", "\r\n"), table.replace("\n", "\r\n")),
        "byte order mark": ("\ufeff" + text, "\ufeff" + table),
        "no end of metadata": (text.replace("<END OF METADATA>\n", ""), table.replace("<END OF METADATA>\n", "")),
        "no number of links": (text.replace("<NUMBER OF LINKS> 6", "<NUMBER OF LINKS>"), table),
        "empty metadata": (text.replace("<END", "<ORIGINAL HEADER>~ \tInit node ;\n<END"), table),
        "no semicolons": (text.replace(";", ""), table),
        "entries on lines of their own": (text, table.replace("; ", ";\n")),
        "seven columns": (text.replace(" 0 3 1 ;", "").replace(" 0 0 1 ;", ""), table),
    }
    for name, (network_text, trips_text) in dresses.items():
        net.write_bytes(network_text.encode())
        trips.write_bytes(trips_text.encode())
        assert objective(assign, net, trips) == pytest.approx(wanted, rel=1e-9), name


def test_weights_of_toll_and_distance_in_the_metadata(tmp_path, assign):
    net, trips = files(tmp_path, head="<TOLL FACTOR> 0.5\n<DISTANCE FACTOR> 2\n" + HEAD)
    stated = objective(assign, net, trips)
    plain_net, _ = files(tmp_path)
    asked = objective(assign, plain_net, trips, "--toll-weight", 0.5, "--distance-weight", 2)
    assert stated == pytest.approx(asked, rel=1e-12)
    assert stated > objective(assign, plain_net, trips)


def test_omx_with_a_zone_mapping(tmp_path, assign):
    openmatrix = pytest.importorskip("openmatrix", reason="reading OMX needs the extra sources")
    net, trips = files(tmp_path)
    wanted = objective(assign, net, trips)
    write_matrices(tmp_path / "t.omx", {"car": DEMAND})
    assert objective(assign, net, tmp_path / "t.omx") == pytest.approx(wanted, rel=1e-12)
    order = [2, 0, 1]
    with openmatrix.open_file(str(tmp_path / "u.omx"), "w") as file:
        file["car"] = DEMAND[np.ix_(order, order)]
        file.create_mapping("taz", np.array(order) + 1)
    assert objective(assign, net, tmp_path / "u.omx") == pytest.approx(wanted, rel=1e-12)
    with openmatrix.open_file(str(tmp_path / "v.omx"), "w") as file:
        file["car"] = DEMAND
        file.create_mapping("taz", [1, 2, 7])
    code, _, err = assign(net, tmp_path / "v.omx", "--out", tmp_path / "out.csv")
    assert code == 2
    assert "v.omx" in err
    assert "unknown: 7" in err
    assert "missing: 3" in err
    assert not (tmp_path / "out.csv").exists()


def test_a_gmns_folder_with_names_of_its_own(tmp_path, assign):
    openmatrix = pytest.importorskip("openmatrix", reason="reading OMX needs the extra sources")
    net, trips = files(tmp_path)
    wanted = objective(assign, net, trips)
    write_gmns(tmp_path / "g", read_network(net))
    assert objective(assign, tmp_path / "g", trips) == pytest.approx(wanted, rel=1e-12)
    # Zones 1, 2, 3 become 101, 205, 930 at nodes 71, 72, 73.
    nodes = "node_id,zone_id\n71,101\n72,205\n73,930\n74,\n"
    (tmp_path / "g" / "node.csv").write_text(nodes)
    links = (tmp_path / "g" / "link.csv").read_text().splitlines()
    named = [links[0]] + [
        ",".join([f"a{k}", *(f"7{end}" for end in line.split(",")[1:3]), *line.split(",")[3:]])
        for k, line in enumerate(links[1:])
    ]
    (tmp_path / "g" / "link.csv").write_text("\n".join(named) + "\n")
    order = [1, 2, 0]
    with openmatrix.open_file(str(tmp_path / "t.omx"), "w") as file:
        file["car"] = DEMAND[np.ix_(order, order)]
        file.create_mapping("zone", [205, 930, 101])
    out = tmp_path / "flows.csv"
    assert objective(assign, tmp_path / "g", tmp_path / "t.omx", "--out", out) == pytest.approx(wanted, rel=1e-12)
    rows = [line.split(",") for line in out.read_text().splitlines()]
    assert rows[0][:3] == ["link_id", "from_node_id", "to_node_id"]
    assert rows[1][:3] == ["a0", "71", "74"]


def changed(where, old, new):
    lines = list(LINKS)
    lines[where] = lines[where].replace(old, new)
    return lines


FAULTS = {
    "disconnected pairs": ({"links": changed(5, "3 1 80", "2 1 80"), "trips": TRIPS}, ["3 to 1", "3 to 2"]),
    "negative time": ({"links": changed(1, " 5 ", " -5 ")}, ["negative free_flow_time: line 7", "x_net.tntp"]),
    "missing time": ({"links": changed(1, " 5 ", " nan ")}, ["missing or infinite free_flow_time: line 7"]),
    "negative toll": ({"links": changed(1, " 3 1 ;", " -3 1 ;")}, ["negative toll: line 7"]),
    "zero capacity": ({"links": changed(0, " 100 ", " 0 ")}, ["zero capacity although", "line 6"]),
    "link given twice": ({"links": [*LINKS[:5], LINKS[0]]}, ["links given before: line 11"]),
    "zones with gaps": ({"trips": ["Origin 1", " 2 : 1;", "Origin 7", " 1 : 2;"]}, ["line 6", "unknown zone '7'"]),
    "trips to unknown zones": ({"trips": ["Origin 1", " 9 : 340;"]}, ["line 5: trips to unknown zone 9"]),
    "negative trips": ({"trips": ["Origin 1", " 2 : -4;"]}, ["line 5: -4 trips", "x_trips.tntp"]),
    "missing trips": ({"trips": ["Origin 1", " 2 : nan;"]}, ["line 5: nan trips"]),
    "trips before an origin": ({"trips": [" 2 : 4;", *TRIPS]}, ["line 4: trips before"]),
    "network cut at a line": ({"links": LINKS[:4]}, ["states 6 links and holds 4"]),
    "network cut in a line": ({"links": [*LINKS[:5], "3 1 80 1"]}, ["line 11 is not a link"]),
    "trips cut at a line": ({"trips": TRIPS[:4]}, ["add up to 240", "states 340"]),
    "trips cut in a line": ({"trips": [*TRIPS[:4], " 1 : 60; 2 :"]}, ["line 8: '2 :' is not"]),
    "no links": ({"links": []}, ["x_net.tntp"]),
    "node outside": ({"links": changed(3, "4 3", "5 3")}, ["nodes outside 1 to 4: line 9"]),
    "weight": ({"head": "<TOLL FACTOR> much\n" + HEAD}, ["<TOLL FACTOR> is 'much'"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_told_and_nothing_is_written(tmp_path, assign, fault):
    content, told = FAULTS[fault]
    net, trips = files(tmp_path, **content)
    before = sorted(p.name for p in tmp_path.iterdir())
    code, out, err = assign(net, trips, "--json", "--out", tmp_path / "flows.csv")
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for words in told:
        assert words.replace(" ", "") in err.replace(" ", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_unconnected_trips_can_be_left_out(tmp_path, assign):
    net, trips = files(tmp_path, **FAULTS["disconnected pairs"][0])
    code, out, _ = assign(net, trips, "--json", "--drop-unreachable", "--out", tmp_path / "flows.csv")
    report = json.loads(out)
    assert (code, report["unreachable_pairs"], report["unreachable_trips"]) == (0, 2, 100.0)
    assert (tmp_path / "flows.csv").is_file()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("b,1,2,1,0,50", "zero capacity although the time depends on it, link_id: b"),
        ("b,1,2,1,-5,50", "negative or infinite capacity on link_id: b"),
        ("b,1,2,much,100,50", "missing, negative or infinite length on link_id: b"),
        ("b,1,2,1,100,nan", "free_flow_time on link_id: b"),
        ("b,1,9,1,100,50", "unknown to_node_id: 9"),
        ("a,1,2,1,100,50", "link_id given twice: a"),
        ("b,1,2", "capacity on link_id: b"),
    ],
)
def test_faults_of_a_gmns_folder(tmp_path, assign, line, told):
    (tmp_path / "node.csv").write_text("node_id,zone_id\n1,1\n2,2\n")
    head = "link_id,from_node_id,to_node_id,length,capacity,free_speed\n"
    (tmp_path / "link.csv").write_text(f"{head}a,2,1,1,100,50\n{line}\n")
    np.save(tmp_path / "t.npy", np.ones((2, 2)))
    code, out, err = assign(tmp_path, tmp_path / "t.npy", "--json", "--out", tmp_path / "flows.csv")
    assert (code, out) == (2, "")
    assert told.replace(" ", "") in err.replace(" ", "")
    assert not (tmp_path / "flows.csv").exists()


@pytest.mark.parametrize("name", ["t.npz", "t.npy", "t.omx", "t.tntp"])
def test_cut_files_of_trips(tmp_path, assign, name):
    net, _ = files(tmp_path)
    if name == "t.npz":
        np.savez(tmp_path / name, trips=DEMAND)
    elif name == "t.npy":
        np.save(tmp_path / name, DEMAND)
    elif name == "t.omx":
        pytest.importorskip("openmatrix", reason="reading OMX needs the extra sources")
        write_matrices(tmp_path / name, {"car": DEMAND})
    else:
        (tmp_path / name).write_text(TRIPS_HEAD + "\n".join(TRIPS))
        assert np.array_equal(read_trips(tmp_path / name, 3), DEMAND)
    whole = (tmp_path / name).read_bytes()
    for share in (0.0, 0.3, 0.9):
        (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
        code, out, err = assign(net, tmp_path / name, "--json", "--out", tmp_path / "flows.csv")
        assert (code, out) == (2, ""), (share, err)
        assert name in err.replace(" ", "")
        assert not (tmp_path / "flows.csv").exists()
