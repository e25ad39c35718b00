"""`exante assign` and `exante verify assignment`, through a tiny application of the test's own."""

import json
import os
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from exante.apps.assign import assign
from exante.apps.verify_assignment import verify_assignment
from exante.quantities.errors import UserError
from exante.sources.tntp import read_flows

app = typer.Typer()
app.command("assign")(assign)
app.command("verify")(verify_assignment)

BRAESS_NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<END OF METADATA>
1 3 1 100 0.00000001 1000000000 1 0 0 1;
1 4 1 100 50 0.02 1 0 0 1;
3 2 1 100 50 0.02 1 0 0 1;
3 4 1 100 10 0.1 1 0 0 1;
4 2 1 100 0.00000001 1000000000 1 0 0 1;
"""
BRAESS_TRIPS = "<NUMBER OF ZONES> 2\n<TOTAL OD FLOW> 6.0\n<END OF METADATA>\nOrigin 1\n 1 : 0.0; 2 : 6.0;\n"
BRAESS_FLOW = "From To Volume Cost\n1 3 4 40\n1 4 2 52\n3 2 2 52\n3 4 2 12\n4 2 4 40\n"


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def braess(tmp_path):
    (tmp_path / "B_net.tntp").write_text(BRAESS_NET)
    (tmp_path / "B_trips.tntp").write_text(BRAESS_TRIPS)
    return tmp_path


def test_json_and_flows(braess):
    flows = braess / "out.tntp"
    done = run("assign", braess / "B_net.tntp", braess / "B_trips.tntp", "--gap", "1e-12", "--out", flows, "--json")
    report = json.loads(done.output)
    assert report["objective"] == pytest.approx(386.0)
    assert report["relative_gap"] <= 1e-12
    assert {"average_excess_cost", "iterations", "cpu_seconds", "peak_rss_mb"} <= set(report)
    assert read_flows(flows)["volume"].tolist() == pytest.approx([4, 2, 2, 2, 4])
    assert read_flows(flows)["cost"].tolist() == pytest.approx([40, 52, 52, 12, 40])


def test_flows_as_csv_and_words(braess):
    done = run("assign", braess / "B_net.tntp", braess / "B_trips.tntp", "--out", braess / "f.csv")
    assert done.exit_code == 0
    assert "average excess cost" in done.output
    assert (braess / "f.csv").read_text().splitlines()[0].startswith("from_node_id,to_node_id,flow")


def test_unreachable_trips_are_named_as_in_the_file_and_nothing_is_written(braess):
    (braess / "B_trips.tntp").write_text(BRAESS_TRIPS.replace("FLOW> 6.0", "FLOW> 9.0") + "Origin 2\n 1 : 3.0;\n")
    flows = braess / "out.tntp"
    refused = run("assign", braess / "B_net.tntp", braess / "B_trips.tntp", "--out", flows)
    assert isinstance(refused.exception, UserError)
    assert "2 to 1" in str(refused.exception)
    assert "--drop-unreachable" in str(refused.exception)
    assert not flows.exists()
    done = run("assign", braess / "B_net.tntp", braess / "B_trips.tntp", "--drop-unreachable", "--json")
    assert json.loads(done.output)["unreachable_trips"] == 3.0


def test_no_folder_to_write_to(braess):
    refused = run("assign", braess / "B_net.tntp", braess / "B_trips.tntp", "--out", braess / "no" / "f.csv")
    assert isinstance(refused.exception, UserError)


def test_verify_compares_with_published_flows(braess):
    (braess / "B_flow.tntp").write_text(BRAESS_FLOW)
    done = run("verify", "--reference", braess, "--json")
    (record,) = json.loads(done.output)["networks"]
    assert record["verdict"] == "equal"
    # A worse published solution is told apart from a fault of ours.
    (braess / "B_flow.tntp").write_text("From To Volume Cost\n1 3 6 0\n1 4 0 0\n3 2 0 0\n3 4 6 0\n4 2 6 0\n")
    done = run("verify", "--reference", braess, "--json")
    assert json.loads(done.output)["networks"][0]["verdict"] == "lower"


def test_verify_finds_files_in_other_letters_and_with_other_ends(tmp_path):
    (tmp_path / "A_Net.tntp").write_text(BRAESS_NET)
    (tmp_path / "A_Trips.tntp").write_text(BRAESS_TRIPS)
    (tmp_path / "A_Flow.tntp").write_text(BRAESS_FLOW)
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "G_network_2016.tntp").write_text(BRAESS_NET)
    (tmp_path / "g" / "G_trips_am.tntp").write_text(BRAESS_TRIPS.replace("FLOW> 6.0", "FLOW> 6.001"))
    records = {r["network"]: r for r in json.loads(run("verify", "--reference", tmp_path, "--json").output)["networks"]}
    assert records["A"]["verdict"] == "equal"
    assert records["G"]["verdict"] == "solved"
    assert records["G"]["objective"] == pytest.approx(386.0)


def test_too_few_iterations_are_the_reader_s_choice(braess):
    out = braess / "out.tntp"
    words = [braess / "B_net.tntp", braess / "B_trips.tntp", "--gap", "1e-15", "--max-iterations", 1, "--out", out]
    error = run("assign", *words).exception
    assert isinstance(error, UserError)
    gap = re.search(r"is (\S+) after", str(error)).group(1)
    assert float(gap) > 1e-15
    assert str(error) == (
        f"The relative gap is {gap} after 1 iteration, not 1.0e-15; no flows are given (in --max-iterations). "
        "Allow more than these iterations, or ask for a wider gap with --gap."
    )
    assert not out.exists()


def test_agreement_follows_the_gap(braess):
    (braess / "B_flow.tntp").write_text(BRAESS_FLOW)
    records = {}
    for gap in ("1e-1", "1e-11"):
        done = run("verify", "--reference", braess, "--gap", gap, "--json")
        assert done.exit_code == 0
        (records[gap],) = json.loads(done.output)["networks"]
        assert records[gap]["verdict"] == "equal"
    assert records["1e-11"]["agreement"] == 1e-9
    rough = records["1e-1"]
    # 6 trips of 92 minutes at the optimum, whose objective is 386
    assert rough["agreement"] == pytest.approx(max(1e-9, rough["relative_gap"] * 552 / 386), rel=0.2)


@pytest.mark.real_data
@pytest.mark.slow
def test_published_optima():
    folder = Path(os.environ.get("EXANTE_DATA", Path(__file__).parents[2] / "../shared/data")) / "tntp"
    if not folder.is_dir():
        pytest.skip("the TNTP collection is not in EXANTE_DATA")
    records = {r["network"]: r for r in json.loads(run("verify", "--reference", folder, "--json").output)["networks"]}
    for name in ("SiouxFalls", "Anaheim", "Barcelona", "ChicagoSketch"):
        assert records[name]["verdict"] == "equal", name
        assert abs(records[name]["relative_difference"]) < 1e-9
