"""Noise of road traffic on the village, checked by hand, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.city import Table
from exante.kernels.sound.emission import A_WEIGHTING, to_level, vehicle_energy
from exante.kernels.sound.propagation import own_street_gain
from exante.models.noise import MODEL, PATHS
from exante.models.noise.hours import part_of_hour, period_parts
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS
from exante.simulation import Simulator, wire
from exante.study.forecast import present_indicators, present_models

PLAIN = {
    "surface": 0.0, "temperature": 20.0, "junction_effect": 0.0, "year_factor": 1.0, "reflection": 0.0,
    "lane_width": 3.5, "setback_scale": 1.0,
}  # fmt: skip


def traffic(city, flow=600.0, speed=50.0):
    links = city.table("links").rows
    length = city.column("links.length")
    vehicles = np.zeros((5, 4, links))
    vehicles[:, 0] = flow
    return {
        "period_weight": np.array([3.0, 6.0, 4.0, 2.0, 9.0]),
        "link_flow_by_vehicle": vehicles,
        "link_speed": np.full((5, links), speed),
        "link_cruise_speed": np.full(links, speed),
        "link_free_time": length / speed * 3.6,
    }


def hear(city, tools, results, **parameters):
    paths = PATHS.run(Inputs({n: city.column(n) for n in PATHS.reads}, {}), None).arrays
    known = results | paths
    given_ = {n: city.column(n) if "." in n else known[n] for n in MODEL.reads}
    return paths, MODEL.run(Inputs(given_, tools.medians(MODEL, **parameters)), None).arrays


def test_a_street_alone_on_paper(village_city, tools):
    links = village_city.table("links")
    results = traffic(village_city, flow=0.0)
    west = np.flatnonzero(links["zone_id"] == "W")
    results["link_flow_by_vehicle"][:, 0, west[0]] = 600.0
    paths, levels = hear(village_city, tools, results, **PLAIN)
    at = int(np.flatnonzero(paths["facade_street"] == paths["street_of_link"][west[0]])[0])
    street = paths["street_of_link"] == paths["facade_street"][at]
    away = links["lanes"][street].sum() * 3.5 / 2 + {"primary": 6.0, "secondary": 5.0, "tertiary": 4.0}.get(
        links["road_class"][west[0]], 3.5
    )
    one = float(vehicle_energy("1", 50.0) @ 10 ** (A_WEIGHTING / 10))
    # 600 vehicles in every one of 24 modelled hours, spread over the day by the counted profile
    part = np.array([2] * 7 + [0] * 12 + [1] * 4 + [2])
    night = float(np.array([3.0, 6.0, 4.0, 2.0, 9.0]) @ period_parts(part, "car")[:, 2]) * 600.0 / 8.0
    at_front = one * night / 50_000 * own_street_gain(links["length"][west[0]], away)
    assert levels["facade_lnight"][at] == pytest.approx(float(to_level(at_front)), abs=1e-9)
    assert levels["courtyard_lnight"][at] == pytest.approx(float(to_level(at_front)) - 15.0, abs=1e-9)


def test_everybody_lives_somewhere(village_city, sketch_city):
    for city in (village_city, sketch_city):
        paths = PATHS.run(Inputs({n: city.column(n) for n in PATHS.reads}, {}), None).arrays
        shares = np.bincount(paths["facade_zone"], paths["facade_share"], minlength=city.table("zones").rows)
        assert shares == pytest.approx(np.ones(city.table("zones").rows))


@settings(max_examples=5, deadline=None)
@given(st.floats(1.0, 2000.0), st.floats(20.0, 90.0), st.floats(1.01, 3.0))
def test_more_traffic_is_louder_by_its_share(village_city, tools, flow, speed, more):
    before = hear(village_city, tools, traffic(village_city, flow, speed))[1]
    after = hear(village_city, tools, traffic(village_city, flow * more, speed))[1]
    loud = before["courtyard_lnight"] > 0  # silence is told as 0 dB
    for name in ("facade_lden", "facade_lnight", "courtyard_lden", "courtyard_lnight"):
        assert (after[name] - before[name])[loud] == pytest.approx(10 * np.log10(more), abs=1e-6)
    assert (after["facade_lden"] >= after["courtyard_lden"]).all()


def test_thirty_instead_of_fifty_is_quieter(village_city, tools):
    fifty = hear(village_city, tools, traffic(village_city, speed=50.0), junction_effect=0.0)[1]
    thirty = hear(village_city, tools, traffic(village_city, speed=30.0), junction_effect=0.0)[1]
    # cars: 98.4 - 92.5 dB(A) a vehicle, less 10 lg(50/30) = 2.2 for the longer stay: 3.7 dB
    assert (fifty["facade_lden"] - thirty["facade_lden"]) == pytest.approx(3.7, abs=0.4)


def test_congestion_slows_and_a_free_street_does_not(village_city, tools):
    results = traffic(village_city)
    free = hear(village_city, tools, results)[1]["facade_lden"]
    slow = hear(village_city, tools, results | {"link_speed": results["link_speed"] / 2})[1]["facade_lden"]
    assert (slow < free).all()


def test_hours_of_italy_and_of_the_directive():
    def hours(**told):
        table = {"statistics.name": np.array(list(told), dtype=object), "statistics.value": np.array([*told.values()])}
        return np.bincount(part_of_hour(Inputs(table, {})), minlength=3).tolist()

    assert hours() == [12, 4, 8]
    assert hours(noise_day_start=6.0, noise_evening_start=20.0, noise_night_start=22.0) == [14, 2, 8]
    with pytest.raises(ParameterError) as error:
        hours(noise_day_start=6.5)
    assert error.value.paragraph() == (
        "day, evening and night begin at 6.5, 19, 23 h (in table statistics). Give whole hours that rise: "
        "noise_day_start, noise_evening_start, noise_night_start."
    )


def test_vehicles_of_a_period_are_kept():
    part = np.array([2] * 7 + [0] * 12 + [1] * 4 + [2])
    for vehicle in LABELS["vehicle"]:
        assert period_parts(part, vehicle).sum(axis=1) == pytest.approx(np.ones(5))


def test_units():
    assert vocabulary.get("facade_lden").unit == "dB"
    assert vocabulary.get("sound_path_gain").unit == "1/m"
    assert vocabulary.get("noise_annoyed").unit == "person"


def test_golden_village(village_city, tools):
    levels = hear(village_city, tools, traffic(village_city))[1]
    assert levels["facade_lden"].round(2).tolist() == [75.62, 75.53, 75.5, 75.68, 75.87, 75.83, 75.75, 75.73]


def test_a_city_without_ramps_told_goes_without_noise(village_city):
    links = village_city.table("links")
    bare = village_city.with_table(Table("links", {n: links[n] for n in links if n != "ramp"}))
    models = present_models(bare, [MODEL, PATHS])
    assert models == []
    assert not [i for i in present_indicators(bare, []) if i.name.startswith("noise")]


def test_paths_run_once_for_any_traffic(village_city, tools):
    simulator = Simulator(wire([tools.mobility, MODEL, PATHS]))
    values = {f"{m.name}.{n}": v for m in (tools.mobility, MODEL) for n, v in tools.medians(m).items()}
    first = simulator.run(village_city, values)
    second = simulator.run(village_city, values | {"noise.surface": 1.0}, first)
    assert second.runs["noise_paths"] is first.runs["noise_paths"]
    assert second.runs["noise"] is not first.runs["noise"]
