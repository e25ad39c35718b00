"""Bans on links: nothing changes without any, and where there are some only those who may use a link do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.city import Table
from exante.models.mobility.bans import Bans, no_bans, read_bans
from exante.models.mobility.drivers import list_drivers
from exante.models.mobility.loop import Supply, solve
from exante.models.mobility.network import build_network
from exante.models.mobility.response import Response
from exante.models.mobility.tolls import Tolls, read_tolls
from exante.quantities import vocabulary
from exante.quantities.errors import NetworkError
from exante.quantities.labels import LABELS

PERIODS = len(LABELS["period"])
NORTH = ("n2-n5", "n5-n2")
LANE = ("n6-n7", "n7-n6", "n7-n8", "n8-n7")


def with_bans(city, links, *, exempt=0.2, hours=(0.0, 24.0), vehicle="car"):
    n = len(links)
    columns = {
        "ban_id": ["zone"] * n,
        "link_id": list(links),
        "vehicle_class": [vehicle] * n,
        "start_hour": [hours[0]] * n,
        "end_hour": [hours[1]] * n,
        "exempt_share": [exempt] * n,
    }
    return city.with_table(Table("bans", columns))


def with_toll(city, link, amount, exempt):
    columns = {
        "toll_id": ["charge"],
        "link_id": [link],
        "vehicle_class": ["car"],
        "start_hour": [0.0],
        "end_hour": [24.0],
        "amount": [amount],
        "exempt_share": [exempt],
    }
    return city.with_table(Table("tolls", columns))


def parts(tools, city):
    """Everything a run prepares."""
    inputs = tools.inputs(city)
    network, bans = read_bans(inputs, build_network(inputs))
    drivers = list_drivers(read_tolls(inputs, network), bans, PERIODS, network.graph.n_zones)
    return network, drivers, Response(inputs, network, drivers), Supply(network, drivers, inputs.parameters)


def inner_streets(city):
    """Streets of the historic centre of the sketch."""
    centre = [z for z, name in zip(city.column("zones.zone_id"), city.column("zones.name"), strict=True) if name][:4]
    held = np.isin(city.column("links.zone_id").astype(str), centre)
    held &= np.isin(city.column("links.road_class").astype(str), ("residential", "tertiary", "secondary"))
    return city.column("links.link_id")[held].tolist()


@pytest.mark.parametrize("rule", [{"exempt": 1.0}, {"hours": (4.0, 4.0), "vehicle": "bus"}])
def test_the_sketch_without_a_ban_on_cars_is_the_same_to_the_bit(tools, sketch_city, rule):
    free, ruled = tools.run(sketch_city), tools.run(with_bans(sketch_city, inner_streets(sketch_city), **rule))
    for name, array in free.arrays.items():
        assert array.tobytes() == ruled.arrays[name].tobytes(), name


def test_whoever_is_barred_walks_from_the_edge(tools, village_city):
    """North lies behind n2-n5, 600 m; its connector is 100 m: 700 m on foot from n2."""
    network, drivers, _, supply = parts(tools, with_bans(village_city, NORTH))
    p = tools.medians(tools.mobility)
    walk = 700.0 / 1000.0 / p["walk_speed"] * 3600.0
    assert network.free_time[drivers.bans.on_foot] == pytest.approx([walk, walk])
    cost = supply.free_costs(0)
    assert drivers.classes == ((False, False), (False, True))
    west, north = 0, 2
    run = p["car_cost"] * 60.0 / (p["value_of_time"] * p["car_occupancy"])
    to_n2 = 350.0 / 20.0 * 3.6 / 60.0 + 0.350 * run  # the second connector of West ends at n2
    assert cost[1, west, north] == pytest.approx(to_n2 + walk / 60.0 * p["walk_weight"])
    assert cost[0, west, north] < cost[1, west, north]


def test_residents_of_the_banned_streets_hold_permits(tools, village_city):
    _, drivers, _, _ = parts(tools, with_bans(village_city, NORTH, exempt=0.2))
    assert drivers.bans.barred.tolist() == pytest.approx([0.8, 0.8, 0.0, 0.8])
    _, drivers, _, _ = parts(tools, with_bans(village_city, LANE, exempt=0.0))
    assert drivers.bans.barred.tolist() == [1.0, 0.5, 1.0, 1.0]  # one of East's two connectors is in the lane


def test_only_the_exempt_use_banned_links(tools, sketch_city):
    city = with_bans(sketch_city, inner_streets(sketch_city), hours=(7.0, 10.0))
    network, drivers, response, supply = parts(tools, city)
    solution = solve(response, supply, None)
    closed = drivers.bans.closed
    morning = solution.equilibria[0]
    assert closed.sum() > 20
    assert morning.class_flow[1][closed].max() == 0.0
    assert morning.class_flow[0][closed].sum() > 0.0
    assert morning.class_flow[0][drivers.bans.on_foot].sum() == 0.0
    assert all(len(e.class_flow) == 1 for e in solution.equilibria[1:]), "nobody is barred at other hours"
    before = tools.run(sketch_city).arrays["link_flow"][0]
    banned = np.isin(sketch_city.column("links.link_id"), inner_streets(sketch_city))
    assert morning.flow[: len(network.streets)][closed[: len(network.streets)]].sum() < 0.8 * before[banned].sum()


@pytest.mark.parametrize("exempt", [0.0, 0.3])
def test_a_ban_loses_no_trip(tools, village_city, village_run, exempt):
    """At the same costs the same cars drive, in other classes; at the ban's costs the same trips are made."""
    _, drivers, response, _ = parts(tools, with_bans(village_city, NORTH, exempt=exempt))
    _, free_drivers, free, _ = parts(tools, village_city)
    one = np.random.default_rng(7).uniform(5, 20, (PERIODS, 1, 4, 4))
    ruled = response.answer(np.repeat(one, len(drivers.classes), axis=1))
    assert len(free_drivers.classes) == 1
    assert ruled.load.sum(axis=1) == pytest.approx(free.answer(one).load.sum(axis=1))
    run = tools.run(with_bans(village_city, NORTH, exempt=exempt), village_run.state)
    assert run.arrays["trips_by_mode"].sum() == pytest.approx(village_run.arrays["trips_by_mode"].sum())
    car = LABELS["mode"].index("car")
    assert run.arrays["trips_by_mode"][car] < village_run.arrays["trips_by_mode"][car]
    assert run.arrays["zone_surplus"].sum() < village_run.arrays["zone_surplus"].sum()


def test_a_ban_at_night_leaves_the_morning_alone(tools, village_city):
    _, drivers, response, supply = parts(tools, with_bans(village_city, NORTH, hours=(22.0, 5.0)))
    assert drivers.bans.hours[0] == 0.0
    assert drivers.bans.hours.max() > 0.0
    assert len(solve(response, supply, None).equilibria[0].class_flow) == 1


def test_a_charge_inside_a_ban_starts_from_it(tools, village_city):
    banned = with_bans(village_city, NORTH)
    base = tools.run(banned)
    charged = with_toll(banned, "n4-n3", 2.0, 0.1)
    cold, warm = tools.run(charged), tools.run(charged, base.state)
    assert (warm.arrays["toll_revenue_by_period"] > 0).all()
    for name in ("link_flow", "trips_by_mode", "toll_revenue_by_period"):
        assert warm.arrays[name] == pytest.approx(cold.arrays[name], rel=2e-3, abs=0.1), name
    back = tools.run(banned, warm.state)
    assert back.arrays["link_flow"] == pytest.approx(base.arrays["link_flow"], rel=1e-3, abs=0.1)


def test_barred_lorries_go_round_and_cars_do_not(tools, village_city, village_run):
    """A ban on lorries alone: they leave the street unless they deliver there, cars stay."""
    vehicle = LABELS["vehicle"]
    at = list(village_city.column("links.link_id")).index(LANE[0])
    _, drivers, response, _ = parts(tools, with_bans(village_city, LANE, exempt=0.0, vehicle="truck"))
    assert drivers.bans.others == {"truck": 1.0}
    assert not drivers.bans.barred.any()
    run = tools.run(with_bans(village_city, LANE, exempt=0.0, vehicle="truck"), village_run.state)
    for name, same in (("truck", False), ("car", True), ("van", True)):
        v = vehicle.index(name)
        ruled, free = run.arrays["link_flow_by_vehicle"][:, v], village_run.arrays["link_flow_by_vehicle"][:, v]
        if same:
            assert ruled[:, at] == pytest.approx(free[:, at], rel=1e-2, abs=0.1), name
        else:
            assert (ruled[:, at] <= free[:, at] + 1e-9).all()
    assert response.answer(np.ones((PERIODS, 2, 4, 4))).others[2, 0, 1].sum() > 0.0


def test_bans_that_differ_between_vehicles_are_refused(tools, village_city):
    cars, lorries = (with_bans(village_city, NORTH, vehicle=v).table("bans") for v in ("car", "truck"))
    both = {n: np.concatenate([cars[n], lorries[n]]) for n in ("ban_id", "link_id", "vehicle_class", "start_hour")}
    both |= {"end_hour": np.array([24.0, 24.0, 20.0, 20.0]), "exempt_share": np.zeros(4)}
    with pytest.raises(NetworkError) as error:
        tools.run(village_city.with_table(Table("bans", both)))
    assert str(error.value) == (
        "bans on cars, trucks differ in their hours or links, and the model knows one set of both (in table bans). "
        "Give the bans of all vehicle classes the same links, start_hour and end_hour."
    )


@given(
    paying=st.floats(0.0, 1.0),
    barred=st.floats(0.0, 1.0),
    charged=st.floats(0.0, 1.0),
    banned=st.floats(0.0, 1.0),
)
@settings(max_examples=60, deadline=None)
def test_everybody_is_of_one_kind_and_in_one_class(paying, barred, charged, banned):
    one = np.ones(1)
    tolls = Tolls(one, paying, np.array([charged]))
    bans = Bans(one > 0, one < 0, 0.0 * one, barred * one, banned * one)
    drivers = list_drivers(tolls, bans, 1, 1)
    assert sum(k.share for k in drivers.kinds) == pytest.approx(1.0)
    assert drivers.travels.sum(axis=2) == pytest.approx(1.0)
    assert (drivers.travels >= 0).all()
    share = np.array([k.share[0] for k in drivers.kinds])
    in_class = share @ drivers.travels[:, 0]
    pays = np.array([p for p, _ in drivers.classes])
    closed = np.array([b for _, b in drivers.classes])
    assert in_class @ pays == pytest.approx(paying * charged if tolls.any else 0.0)
    assert in_class @ closed == pytest.approx(barred * banned if bans.any else 0.0)


def test_bans_of_two_sorts_are_refused(tools, village_city):
    table = with_bans(village_city, NORTH).table("bans").with_columns(end_hour=np.array([20.0, 24.0]))
    with pytest.raises(NetworkError) as error:
        tools.run(village_city.with_table(table))
    assert str(error.value) == (
        "cars are banned under 2 sets of hours and exempt shares, and the model knows one (in table bans). "
        "Give all bans on cars the same start_hour, end_hour and exempt_share."
    )


def test_a_gate_behind_a_ban_is_an_error(tools, village_city):
    """The gate's road n3-n4 is banned: nobody could drive in."""
    with pytest.raises(NetworkError, match="bans leave no way by car from zone W to gate 1"):
        tools.run(with_bans(village_city, ("n3-n4", "n4-n3")))


def test_without_bans_the_network_is_the_same_object(tools, village_city):
    inputs = tools.inputs(village_city)
    network = build_network(inputs)
    wider, bans = read_bans(inputs, network)
    assert wider is network
    assert not bans.any
    assert not no_bans(network).any


def test_bans_have_units_and_are_told(village_city):
    assert vocabulary.get("bans.start_hour").unit == vocabulary.get("bans.end_hour").unit == "hour"
    assert vocabulary.get("bans.exempt_share").unit == "1"
    assert with_bans(village_city, NORTH).rules.describe() == ["ban 'zone' on 2 links"]
