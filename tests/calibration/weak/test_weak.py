"""Weak evidence of a city that nobody counted: what moves, what stays wide, what is said."""

import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from exante.apps import cli
from exante.calibration.runs import Twin
from exante.calibration.weak.evidence import collect, daily_flow, neighbourhoods, read_classes
from exante.calibration.weak.fit import LEAST_SPREAD, calibrate_weakly, held_out, widen, with_weak_posterior
from exante.city import Table, open_folder, save
from exante.city.check import list_faults
from exante.city.city import Layer
from exante.quantities.errors import MissingLayerError, ParameterError, SourceError
from exante.simulation.posterior import read_posterior


@pytest.fixture(scope="session")
def hurt_village(village_city):
    """The village with crashes of two years and published shares."""
    rows = [
        (zone, road, year, float(count))
        for zone, count in zip(village_city.column("zones.zone_id").tolist(), (60, 30, 20), strict=True)
        for road in ("tertiary", "residential")
        for year in (2018, 2019)
    ]
    crashes = Table.from_frame("crashes", pd.DataFrame(rows, columns=["zone_id", "road_class", "year", "crashes"]))
    city = village_city.with_table(crashes)
    return replace(city, layers={**city.layers, "crashes": Layer(1)})


@pytest.fixture(scope="session")
def weak_fit(hurt_village):
    return calibrate_weakly(hurt_village, members=12)


def test_the_posterior_is_wide_and_never_calibrated(weak_fit, tmp_path):
    city = open_folder(save(with_weak_posterior(weak_fit), tmp_path / "v.city"))
    assert not list_faults(city)
    assert np.array_equal(read_posterior(city).members, weak_fit.members)
    assert city.level("posterior") == 1
    assert "Weak evidence" in city.layers["posterior"].note
    assert (weak_fit.scores.std(axis=0, ddof=1) >= LEAST_SPREAD - 1e-9).all()


def test_every_observation_is_read_before_and_after(weak_fit):
    kinds = [row["kind"] for row in weak_fit.observations]
    assert {"speed", "crashes"} <= set(kinds)
    assert len(kinds) == len(weak_fit.evidence.values()[0])
    for row in weak_fit.observations:
        assert np.isfinite([row[k] for k in ("observed", "before", "after", "error")]).all()
        assert row["error"] > 0


def test_contrasts_sum_to_zero_and_leave_out_what_is_held(weak_fit):
    rows = [row for row in weak_fit.observations if row["kind"] == "crashes"]
    held = set(weak_fit.evidence.groups[weak_fit.evidence.held].tolist())
    assert held
    assert not held & {row["what"] for row in rows}
    assert sum(row["observed"] for row in rows) == pytest.approx(0.0, abs=1e-12)
    assert sum(row["before"] for row in rows) == pytest.approx(0.0, abs=1e-12)


def test_a_level_ten_times_as_high_is_the_same_contrast(hurt_village):
    frame = hurt_village.table("crashes").frame()
    ten = Table.from_frame("crashes", frame.assign(crashes=10.0 * frame["crashes"]))
    more = hurt_village.with_table(ten)
    first, second = (collect(city, None, 1).values()[0] for city in (hurt_village, more))
    assert second == pytest.approx(first)


def test_a_place_sees_the_flow_past_its_crossing(hurt_village):
    """n2 on the street n1-n2-n3 (both ways): two links before it and two behind, each counted half."""
    evidence = collect(hurt_village, None, 1)
    names = hurt_village.column("links.link_id").tolist()
    at = np.array([names.index(n) for n in ("n1-n2", "n2-n3", "n3-n2", "n2-n1")])
    evidence = replace(evidence, shares=(), speed=None, places=({"where": "n2", "value": 1000.0, "links": at},))
    state = Twin(hurt_village, [hurt_village.as_of]).central()
    assert evidence.kinds()[0] == "place"
    assert np.exp(evidence.read(state)[0]) == pytest.approx(daily_flow(state)[at].sum() / 2.0)
    assert evidence.values()[0][0] == pytest.approx(np.log(1000.0))


def test_perfect_classes_have_rank_correlation_one(hurt_village):
    """Classes in the order of the flow itself: one, whatever the fit; the guess by road class knows less."""
    evidence = collect(hurt_village, None, 1)
    state = Twin(hurt_village, [hurt_village.as_of]).central()
    ranks = np.unique(daily_flow(state), return_inverse=True)[1]
    perfect = replace(evidence, no2=ranks, held=np.ones(len(evidence.groups), dtype=bool))
    told = held_out(perfect, state, state)["no2"]
    assert told["after"] == pytest.approx(1.0)
    assert told["road_class"] < told["after"]


def test_neighbourhoods_are_names_without_their_number(village_city):
    frame = village_city.table("zones").frame()
    assert neighbourhoods(village_city) == frame["zone_id"].tolist()
    five = pd.concat([frame] * 2, ignore_index=True).iloc[:5]
    named = five.assign(zone_id=list("abcde"), name=["el Raval 001", "el Raval 002", "Gràcia 003", "Sants", "Horta 9"])
    city = replace(village_city, tables={**village_city.tables, "zones": Table.from_frame("zones", named)})
    assert neighbourhoods(city) == ["el Raval", "el Raval", "Gràcia", "Sants", "Horta"]


def test_widening_leaves_wide_members_alone():
    scores = np.array([[-1.0, -0.01], [0.0, 0.0], [1.0, 0.01]])
    wide = widen(scores)
    assert wide[:, 0].tolist() == scores[:, 0].tolist()
    assert wide[:, 1].std(ddof=1) == pytest.approx(LEAST_SPREAD)


def test_without_evidence_it_is_refused(village_city):
    with pytest.raises(MissingLayerError, match="no weak evidence either"):
        collect(village_city, None, 1)


def test_too_few_members(hurt_village):
    with pytest.raises(ParameterError, match="cannot tell"):
        calibrate_weakly(hurt_village, members=4)


def test_a_map_that_is_not_there(hurt_village, tmp_path):
    pytest.importorskip("geopandas")
    with pytest.raises(SourceError, match=r"there is no file nothing\.gpkg"):
        read_classes(hurt_village, tmp_path / "nothing.gpkg")


def test_the_command_says_that_evidence_is_weak(hurt_village, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXANTE_CACHE", "off")
    save(hurt_village, tmp_path / "v.city")
    call = ["exante", "calibrate", str(tmp_path / "v.city"), "--members", "12", "--out", str(tmp_path / "w.city")]

    def run(*more):
        monkeypatch.setattr(sys, "argv", [*call, *more])
        try:
            cli.main()
        except SystemExit as stop:
            return stop.code or 0
        return 0

    assert run("--before", "2024-01-01") == 2
    assert "no counts to choose by day" in capsys.readouterr().err
    assert run() == 0
    told = capsys.readouterr().out
    assert "level 1 and wide" in told
    assert "how much traffic there is" in told
    assert run("--replace", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["level"] == 1
    assert document["evidence"] == "weak"
    assert open_folder(tmp_path / "w.city").level("posterior") == 1


@pytest.mark.real_data
def test_classes_of_barcelona_find_their_links(data_dir, village_city):
    pytest.importorskip("geopandas")
    path = data_dir / "barcelona/air_quality/2019_tramer_no2_mapa_qualitat_aire_bcn.gpkg"
    with pytest.raises(SourceError, match="no segment of the map is a link"):
        read_classes(village_city, path)
