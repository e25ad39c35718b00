"""Stations beyond the edge as counts of gates."""

import pandas as pd
import pytest

from exante.calibration.edge import join_gates


def _tables(city, ways):
    gate = city.table("gates")["gate_id"][0]
    sites = pd.DataFrame(
        {
            "site_id": ["loop", "m0", "m1"],
            "link_id": [city.table("links")["link_id"][0], None, None],
            "name": ["street", "station", "station"],
            "match_note": "",
            "gate_id": [None, gate, gate],
            "gate_way": [None, *ways],
        }
    )
    rows = [
        (site, day, 8, flow)
        for day in ("2024-01-16", "2024-06-04")
        for site, flow in (("loop", 100.0), ("m0", 300.0), ("m1", 500.0))
        if not (site == "loop" and day == "2024-06-04")
    ]
    return sites, pd.DataFrame(rows, columns=["site_id", "date", "hour", "flow"])


@pytest.mark.parametrize("ways", [("out", "in"), (None, None)])
def test_each_direction_is_read_on_its_own_street_of_the_gate(village_city, ways):
    sites, counts = _tables(village_city, ways)
    links, gates = village_city.table("links").frame(), village_city.table("gates").frame()
    joined, kept, edge = join_gates(village_city, sites, counts)
    links = links.set_index("link_id")
    place = dict(zip(joined["site_id"], joined["link_id"], strict=True))
    for site in edge:
        entering = (ways[int(site[1])] or ("in" if site == "m0" else "out")) == "in"
        end, node = ("from_node_id", "entry_node_id") if entering else ("to_node_id", "exit_node_id")
        assert links.loc[place[site], end] == gates[node][0]
    assert edge, "the village's gate has one street each way"
    flow = kept[kept["site_id"].isin(edge)].set_index("site_id")["flow"].to_dict()
    told = {"m0": 300.0, "m1": 500.0} if ways[0] else {"m0": 400.0, "m1": 400.0}
    assert flow == {site: told[site] for site in edge}  # and the day in June, when no loop counted, is left out


def test_a_city_without_stations_is_left_as_it_is(village_city):
    sites, counts = _tables(village_city, ("in", "out"))
    plain = sites.drop(columns=["gate_id", "gate_way"])
    joined, kept, edge = join_gates(village_city, plain, counts)
    assert edge == set()
    assert joined is plain
    assert kept is counts
