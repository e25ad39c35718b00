"""`exante verify counts` and `exante calibrate`, on a village that was counted."""

import json
import sys

import pandas as pd
import pytest

from exante.apps import cli
from exante.city import save


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_CACHE", "off")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["exante", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def village(village_city, tmp_path):
    return save(village_city, tmp_path / "v.city")


def plain(tmp_path, rows):
    file = tmp_path / "sites.csv"
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


def day(site, **more):
    return {"site_id": site, "date": "2024-01-16", "name": "", **more} | {f"h{h:02d}": 10 * h for h in range(24)}


def test_plain_sites_by_link(run, village, tmp_path):
    rows = [day("a", link_id="n1-n2"), day("b", link_id="n2-n3"), day("c", link_id="n9-n9")]
    code, out, err = run("verify", "counts", village, "--sites", plain(tmp_path, rows), "--json")
    assert code == 0, err
    told = json.loads(out)
    assert [s["id"] for s in told["sites"]] == ["a", "b"]
    assert [s["link"] for s in told["sites"]] == ["n1-n2", "n2-n3"]
    assert told["sites"][0]["observed"] == [10.0 * h for h in range(24)]
    assert len(told["sites"][0]["modelled"]) == 24
    assert told["unmatched"] == [
        {"id": "c", "street": "", "reason": "no link of that name, and no position with a direction"}
    ]
    assert {"r2", "geh_below_5", "geh_below_5_night", "bias", "bias_by_hour", "naive", "map"} <= set(told)
    page = (tmp_path / "counts-v.html") if (tmp_path / "counts-v.html").exists() else tmp_path / told["map"]
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "http://" not in page.read_text(encoding="utf-8")


def test_table_on_the_console(run, village, tmp_path):
    code, out, err = run("verify", "counts", village, "--sites", plain(tmp_path, [day("a", link_id="n1-n2")]))
    assert code == 0, err
    assert "GEH below 5, 07-20 h" in out
    assert "not calibrated" in out


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([{"site_id": "a", "date": "2024-01-16"}], "longitude, latitude and direction or bearing (or link_id, or arc)"),
        ([{"site_id": "a", "date": "16/01/2024", "link_id": "n1-n2"}], "'16/01/2024' is no day"),
        ([{"site_id": "a", "date": "2024-01-16", "link_id": "n1-n2", "h00": 1}], "1 of 24 columns of hours"),
        ([day("a", link_id="n9-n9")], "no site can be compared"),
        ([day("a", link_id="n1-n2") | {"date": "2024-01-14"}], "no ordinary Tuesday to Thursday was counted"),
    ],
)
def test_faults_of_the_file(run, village, tmp_path, rows, text):
    code, out, err = run("verify", "counts", village, "--sites", plain(tmp_path, rows), "--json")
    assert code == 2
    assert out == ""
    assert text in " ".join(err.split())


def test_a_city_without_counts_says_so(run, village):
    code, _, err = run("verify", "counts", village)
    assert code == 2
    assert "has no traffic counts" in err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--out", "x"), "does not end in .city"),
        (("--before", "january"), "'january' is no day"),
        (("--replace",), "--replace without --out"),
    ],
)
def test_faults_of_calibrate(run, village, options, text):
    code, _, err = run("calibrate", village, *options)
    assert code == 2
    assert text in " ".join(err.split())


def test_calibrate_keeps_a_posterior_that_verify_uses(run, village_city, tmp_path):
    import numpy as np
    import shapely

    from exante.city import Table

    links = village_city.table("links")
    chosen = np.array(["n1-n2", "n2-n3", "n3-n4", "n4-n3"], dtype=object)
    at = links.positions(chosen)
    sites = {
        "site_id": chosen,
        "link_id": chosen,
        "name": chosen,
        "direction": ["E"] * 4,
        "match_distance": [0.0] * 4,
        "match_note": ["made by the test"] * 4,
        "geometry": shapely.centroid(links["geometry"][at]),
    }
    hour = np.tile(np.arange(24), 4)
    counts = {
        "site_id": np.repeat(chosen, 24),
        "date": ["2024-01-16"] * 96,
        "hour": hour,
        "flow": 30.0 + 20.0 * np.isin(hour, (7, 8, 9)) + np.repeat(np.arange(4) * 10.0, 24),
    }
    city = village_city.with_table(Table("count_sites", sites)).with_table(Table("counts", counts))
    folder = save(city, tmp_path / "c.city")
    code, out, err = run(
        "calibrate", folder, "--folds", 2, "--members", 30, "--iterations", 1, "--out", tmp_path / "d.city", "--json"
    )
    assert code == 0, err
    told = json.loads(out)
    assert {"fit", "held_out", "parameters", "level", "chance", "folds", "footprint", "folder"} <= set(told)
    assert {"before", "after", "naive", "road_class", "by_class"} == set(told["held_out"])
    assert all(row["shrinkage"] > -1e-6 for row in told["parameters"])
    code, out, err = run("verify", "counts", tmp_path / "d.city")
    assert code == 0, err
    assert ", calibrated;" in out
    code, _, err = run("calibrate", folder, "--out", tmp_path / "d.city")
    assert code == 2
    assert "exists already" in err
