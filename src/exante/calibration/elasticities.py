"""Arc elasticities of a city's travel, by finite changes of the city, beside published ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exante.calibration.runs import traffic_models
from exante.city import Append, City, Edit
from exante.city.modes import apply_modes
from exante.quantities.errors import ExanteError, MissingLayerError
from exante.quantities.labels import place
from exante.simulation import CityState, Draws, Simulator, wire
from exante.simulation.cache import OutputCache
from exante.simulation.posterior import read_posterior

#: Elasticities nearer to zero than this are numerical noise.
NOISE = 1e-4

Progress = Callable[[int, int, str], None]

#: Part of a car's running cost that is fuel: the rest is tyres and servicing. Assumed, from the composition of ACI's
#: costs per kilometre.
FUEL_PART = 0.8
#: Charge from which the elasticity to a toll is measured, EUR a passage.
TOLL = 2.0


@dataclass(frozen=True)
class Case:
    """One change of the city and what answers to it.

    Attributes
    ----------
    name, price, demand : str
        What is changed and what answers, in words.
    low, high : float
        Published range.
    source : str
        Key in `docs/references.bib`.
    before, after : callable
        The cities compared.
    cause : float or callable
        By what factor the price rises; or what is measured of (city, state), whose ratio is taken.
    effect : callable
        What answers, from (city, state).
    """

    name: str
    price: str
    demand: str
    low: float
    high: float
    source: str
    before: Callable[[City], City]
    after: Callable[[City], City]
    cause: float | Callable[[City, CityState], float]
    effect: Callable[[City, CityState], float]


@dataclass(frozen=True)
class Elasticity:
    """A measured elasticity beside its published range; `value` is NaN where the city cannot be changed so."""

    name: str
    price: str
    demand: str
    value: float
    low: float
    high: float
    source: str
    remark: str = ""

    @property
    def inside(self) -> bool:
        """Whether it lies in the published range."""
        return bool(self.low <= self.value <= self.high)


def measure_elasticities(
    city: City, *, cache: OutputCache | None = None, progress: Progress | None = None
) -> list[Elasticity]:
    """Elasticities at the medians of the parameters: ``ln(q1 / q0) / ln(p1 / p0)``.

    Constants are held: nothing but the city is changed. A case that this city or these models do not know is told
    with its reason.

    Parameters
    ----------
    city : City
    cache : OutputCache, optional
        None keeps nothing.
    progress : callable, optional
        Called as `progress(done, total, what)`.
    """
    tell = progress or (lambda _done, _total, _what: None)
    models = traffic_models()
    medians = Draws((p for m in models for p in m.parameters), 1, posterior=read_posterior(city)).medians()
    simulator = Simulator(wire(models), cache or OutputCache(None))
    base_city = apply_modes(city, medians)
    base = simulator.run(base_city, medians)
    cases = list_cases()
    found = []
    for k, case in enumerate(cases):
        tell(k, len(cases), case.price)
        told = (case.name, case.price, case.demand)
        try:
            first, second = case.before(base_city), case.after(base_city)
            start = base if first is base_city else simulator.run(first, medians, base)
            end = simulator.run(second, medians, start)
            cause = case.cause
            rise = np.log(cause if isinstance(cause, float) else cause(second, end) / cause(first, start))
            value = float(np.log(case.effect(second, end) / case.effect(first, start)) / rise)
            value = 0.0 if abs(value) < NOISE else value
            remark = "" if value != 0.0 else "nothing answers: the models of this city do not read what was changed"
        except ExanteError as error:
            value, remark = float("nan"), error.what
        found.append(Elasticity(*told, value, case.low, case.high, case.source, remark))
    tell(len(cases), len(cases), "done")
    return found


def list_cases() -> list[Case]:
    """What is changed, what is looked at, and the range that studies give for it."""
    same = _same
    fuel = (same, _dearer("car_running", 1.0 + 0.1 * FUEL_PART), 1.1)
    fare = (same, _fares(1.1), 1.1)
    often = (same, _service(1.1), 1.1)
    slow = (same, _slower(0.9), _minutes)
    parking = (same, _parking(1.25), 1.25)
    toll = (_toll(TOLL), _toll(1.25 * TOLL), 1.25)
    return [
        Case("fuel_distance", "fuel price", "car kilometres", -0.35, -0.05, "goodwin_2004", *fuel, _car_distance),
        Case("fuel_trips", "fuel price", "car trips inside", -0.25, -0.03, "dejong_2001", *fuel, _trips("car")),
        Case("fare_trips", "transit fare", "transit trips", -0.45, -0.08, "paulley_2006", *fare, _trips("transit")),
        Case("service_trips", "departures", "transit trips", 0.2, 0.7, "paulley_2006", *often, _trips("transit")),
        Case("time_trips", "driving time", "car trips inside", -0.7, -0.1, "dejong_2001", *slow, _trips("car")),
        Case("time_distance", "driving time", "car kilometres", -0.8, -0.1, "dejong_2001", *slow, _car_distance),
        Case("parking_trips", "parking price", "car trips there", -0.5, -0.05, "lehner_2019", *parking, _paid_trips),
        Case("toll_passages", "toll", "passages charged", -0.9, -0.15, "odeck_2008", *toll, _passages),
    ]  # fmt: skip


def _same(city: City) -> City:
    return city


def _dearer(item: str, factor: float) -> Callable[[City], City]:
    def change(city: City) -> City:
        row = {"item": [item], "factor": [factor], "added": [0.0]}
        return city.edit([Append("prices", row, "elasticity")])

    return change


def _fares(factor: float) -> Callable[[City], City]:
    row = {"rule_id": ["elasticity"], "start_hour": [0.0], "end_hour": [24.0], "factor": [factor], "share": [1.0]}
    return lambda city: city.edit([Append("transit_fares", row, "elasticity")])


def _service(factor: float) -> Callable[[City], City]:
    hours = {"start_hour": 0.0, "end_hour": 24.0, "factor": factor}

    def change(city: City) -> City:
        routes = [None, *(city.column("routes.route_id").tolist() if "routes" in city.tables else [])]
        rows = {"rule_id": ["elasticity"] * len(routes), "route_id": routes}
        rows |= {name: [value] * len(routes) for name, value in hours.items()}
        return city.edit([Append("transit_frequencies", rows, "elasticity")])

    return change


def _slower(factor: float) -> Callable[[City], City]:
    def change(city: City) -> City:
        links = city.table("links")
        new = np.maximum(links["effective_speed_limit"] * factor, 5.0)
        return city.edit([Edit("links", "effective_speed_limit", links["link_id"], new, "elasticity")])

    return change


def _parking(factor: float) -> Callable[[City], City]:
    def change(city: City) -> City:
        zones = city.table("zones")
        paid = zones["parking_price"] > 0
        if not paid.any():
            raise MissingLayerError("nobody pays for parking in this city", where="zones.parking_price")
        new = zones["parking_price"][paid] * factor
        return city.edit([Edit("zones", "parking_price", zones["zone_id"][paid], new, "elasticity")])

    return change


def _toll(amount: float) -> Callable[[City], City]:
    """A charge by day for cars that drive into the centre, from which nobody is exempt."""

    def change(city: City) -> City:
        from exante.policy.reading import read_text

        policy = read_text(_CORDON.format(amount=amount), where="elasticity")
        return policy.at(None).apply(city)

    return change


_CORDON = """
title = "Charge"
[[measure]]
kind = "access_charge"
name = "elasticity"
around = {{ within = "centre" }}
hours = "07:00-20:00"
vehicles = ["car"]
amount = {{ value = {amount}, unit = "EUR" }}
"""


def _minutes(_city: City, state: CityState) -> float:
    """Minutes by car in the morning peak to the jobs of other zones, weights that nothing changes."""
    return float(state.read("zone_car_time").mean())


def _car_distance(city: City, state: CityState) -> float:
    cars = state.read("link_flow_by_vehicle")[:, place("vehicle", "car")]
    return float((state.read("period_weight") @ cars * city.column("links.length")).sum())


def _trips(mode: str) -> Callable[[City, CityState], float]:
    return lambda _city, state: float(state.read("trips_by_mode")[place("mode", mode)])


def _paid_trips(city: City, state: CityState) -> float:
    paid = city.column("zones.parking_price") > 0
    return float(state.read("zone_car_arrivals")[paid].sum())


def _passages(city: City, state: CityState) -> float:
    """EUR a day over EUR a passage: passages of cars that pay."""
    amount = city.column("tolls.amount")
    return float(state.read("period_weight") @ state.read("toll_revenue_by_period")) / float(amount.max())
