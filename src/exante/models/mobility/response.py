"""How demand answers to the costs of driving: all choices of a day, and the car traffic of each modelled hour."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exante.kernels.choice import logit_by_class
from exante.models.mobility import costs
from exante.models.mobility.choices import (
    CAR,
    MOTORCYCLE,
    N_MODES,
    PASSENGER,
    TAXI,
    TRANSIT,
    Chosen,
    distribute,
)
from exante.models.mobility.demand import GROUPS, generate
from exante.models.mobility.departures import Departures, choose_departures
from exante.models.mobility.drivers import Drivers
from exante.models.mobility.external import external_car_share, external_trips
from exante.models.mobility.goods import GOODS, goods_trips
from exante.models.mobility.network import Network
from exante.models.mobility.periods import timing
from exante.models.mobility.segments import list_segments
from exante.models.mobility.transit_costs import transit_cost
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]


#: Vehicles that are not cars, in the order of LABELS["vehicle"] after them.
OTHER_VEHICLES = LABELS["vehicle"][1:]


@dataclass(frozen=True)
class Answer:
    """Demand at given costs.

    Attributes
    ----------
    load : ndarray, shape (periods, classes, centroids, centroids)
        Traffic of all vehicles in pce/hour; the classes are those of `Drivers`.
    others : ndarray, shape (vehicles but cars, periods, classes, centroids, centroids)
        Motorcycles, vans and lorries in it, vehicle/hour; the rest of `load` is cars, of one pce each.
    chosen : tuple of Chosen
        Residents' trips, by group of purposes (`demand.GROUPS`).
    external : float
        Vehicle trips per day with an end outside the city.
    car_trips : ndarray, shape (zones,)
        Residents' trips a day by car, as driver or passenger, by zone of residence.
    """

    load: FloatArray
    others: FloatArray
    chosen: tuple[Chosen, ...]
    external: float
    car_trips: FloatArray


class Response:
    """Everything about demand that does not depend on traffic, prepared once per run.

    Parameters
    ----------
    inputs : Inputs
    network : Network
    drivers : Drivers
    """

    def __init__(self, inputs: Inputs, network: Network, drivers: Drivers) -> None:
        p = inputs.parameters
        self.p = p
        self.network = network
        self.drivers = drivers
        self.demand = generate(inputs)
        #: Generalised minutes and km by car between all centroids on empty streets.
        self.empty, self.km = costs.drive_on_empty_streets(network, p)
        self.external = external_trips(inputs, self.demand, network, self.empty)
        self.timing = timing(p)
        self.goods = goods_trips(inputs, network, self.external.through, self.external.gate_share)
        #: Passenger-car equivalents of OTHER_VEHICLES.
        self.equivalents = np.array([p[f"{name}_equivalent"] for name in OTHER_VEHICLES])
        self.segments = list_segments(drivers, self.demand.with_car, inputs["zones.population"])
        #: Minutes per EUR at the mean value of time, and what each segment weighs an EUR more.
        self.per_euro = 60.0 / p["value_of_time"]
        self.dearer = self.per_euro * (1.0 / self.segments.worth - 1.0)
        #: Surveyed purpose of each group, and its row in LABELS["purpose"].
        self.survey = list(GROUPS.values())
        self.row = [LABELS["purpose"].index(name) for name in self.survey]
        self.scale = ["other" if name == "other" else "work" for name in self.survey]
        self.constants = {
            purpose: costs.mode_constants(p, purpose, p["sensitivity_" + ("other" if purpose == "other" else "work")])
            for purpose in LABELS["purpose"]
        }
        self.access = [inputs.statistic(f"usual_access_{name}", np.nan) for name in GROUPS]
        self.parking = [
            costs.parking_paid(inputs, p[f"parking_hours_{'other' if name == 'other' else 'work'}"])
            for name in LABELS["purpose"]
        ]
        self._prepare_modes(inputs)

    def _prepare_modes(self, inputs: Inputs) -> None:
        """Costs of modes that do not depend on traffic, and the money in all of them."""
        p, network, zones = self.p, self.network, self.network.zones
        #: Generalised minutes at the mean value of time, without constants: walk, cycle, public transport.
        self.skims = [
            costs.walk_cost(network, p),
            costs.cycle_cost(inputs, network),
            transit_cost(inputs, network),
        ]
        km = self.km[:zones, :zones]
        #: EUR per person and trip for running the car.
        self.running = 0.5 * (km + km.T) * p["car_cost"] / p["car_occupancy"]
        #: Driving inside a zone, off the modelled network, generalised minutes.
        self.inner = costs.inner_car_time(network) + np.diag(self.running) * self.per_euro
        self.money = np.zeros((N_MODES, zones, zones))
        self.money[TRANSIT] = p["transit_fare"]
        self.money[PASSENGER] = self.running
        self.money[TAXI] = costs.taxi_fare(km, p)

    def answer(self, drive: FloatArray, before: tuple[FloatArray, ...] | None = None) -> Answer:
        """Demand at driving costs.

        Parameters
        ----------
        drive : ndarray, shape (periods, classes, centroids, centroids)
            Generalised minutes by car: time, running cost, charge; of a class that pays, at its own value of time.
        before : tuple of ndarray, optional
            Column factors of a related answer, by group.

        Returns
        -------
        Answer
        """
        drivers = self.drivers
        driving = [drivers.expected(k, drive) for k in range(len(drivers.kinds))]
        load = np.zeros(drive.shape)
        others = np.zeros((len(OTHER_VEHICLES), *drive.shape))
        chosen: list[Chosen] = []
        crossing = 0.0
        for g in range(len(GROUPS)):
            scale = self.p["sensitivity_period"]
            when = [choose_departures(d, self.empty, self.timing, self.row[g], scale) for d in driving]
            start = before[g] if before is not None and g < len(before) else None
            chosen.append(self._choose(g, when, start))
            crossing += self._add_cars(g, chosen[-1], when, load)
            self._add_motorcycles(g, chosen[-1], others)
        self._add_through(load)
        self._add_goods(others)
        load += np.einsum("v,vhcij->hcij", self.equivalents, others)
        goods = sum(float(self._across(getattr(self.goods, name))) for name in GOODS)
        through_cars = float(self.external.through.sum()) * self._car_part
        return Answer(load, others, tuple(chosen), crossing + through_cars + goods, self._car_trips(chosen))

    def _car_trips(self, chosen: list[Chosen]) -> FloatArray:
        """Trips by car by zone of residence; those between other places by where people of their segment live."""
        total = np.zeros(self.network.zones)
        for g, choice in enumerate(chosen):
            made = choice.trips[CAR].sum(axis=2) + choice.trips[PASSENGER].sum(axis=2)
            total += np.einsum("s,sz->z", made.sum(axis=1), self.segments.home) if self._away(g) else made.sum(axis=0)
        return total

    @property
    def _car_part(self) -> float:
        """Share of cars in through traffic."""
        return 1.0 - sum(self.p[f"through_{name}"] for name in GOODS)

    def _across(self, day: FloatArray) -> float:
        """Vehicles of a day with an end outside the city."""
        zones = self.network.zones
        return float(day.sum() - day[:zones, :zones].sum())

    def _choose(self, g: int, when: list[Departures], start: FloatArray | None) -> Chosen:
        """Trips of one group of purposes."""
        p, scale = self.p, self.scale[g]
        base, own = self._costs(g, when)
        share, logsum = logit_by_class(base, self.money, self.dearer, own, CAR, p[f"sensitivity_{scale}"])
        doubly = scale == "work"
        segments, worth = self.segments, self.segments.worth
        shares = segments.mean[:, None] if self._away(g) else segments.share
        usual = self.access[g]
        chosen = distribute(
            share,
            logsum,
            np.ascontiguousarray(shares * self.demand.produced[g]),
            self.demand.attraction[g],
            p[f"sensitivity_{scale}"],
            p[f"theta_{scale}"],
            doubly=doubly,
            start=start,
            worth=worth,
            induced=(0.0 if np.isnan(usual) else p["generation_access"], 0.0 if np.isnan(usual) else usual),
        )
        chosen = self._at_home(chosen) if self._away(g) else chosen
        counted = p.get(f"counted_{self.survey[g]}", 1.0)
        if counted == 1.0:
            return chosen
        return replace(chosen, surplus=chosen.surplus * counted, by_segment=chosen.by_segment * counted)

    def _away(self, g: int) -> bool:
        """Whether trips of the group start away from home."""
        return list(GROUPS)[g] == "away_from_home"

    def _at_home(self, chosen: Chosen) -> Chosen:
        """Surplus of trips that start elsewhere, at the homes of all residents."""
        home = self.segments.home
        by_segment = chosen.by_segment.sum(axis=1)[:, None] * home
        surplus = np.einsum("s,sz->z", self.segments.worth, by_segment)
        return Chosen(chosen.trips, surplus, chosen.column_factor, by_segment, chosen.access)

    def _costs(self, g: int, when: list[Departures]) -> tuple[FloatArray, FloatArray]:
        """Cost of modes at the mean value of time, and of driving by segment, generalised minutes.

        Motorcycles and taxis neither pay nor are barred: their time is that of driving so. Passengers share the cost
        of the mean driver.

        Returns
        -------
        base : ndarray, shape (modes, zones, zones)
        own : ndarray, shape (segments with a car, zones, zones)
        """
        p, zones = self.p, self.network.zones
        constant = self.constants[self.survey[g]]
        diagonal = np.arange(zones)
        tours = [w.cost[:zones, :zones].copy() for w in when]
        for tour in tours:
            tour[diagonal, diagonal] = self.inner
        free = tours[-1]
        mean = np.zeros((zones, zones))
        for part, tour in zip(self.segments.kinds, tours, strict=True):
            mean += part * tour
        base = np.zeros((N_MODES, zones, zones))
        for m, skim in enumerate(self.skims):
            base[m] = skim + constant[LABELS["mode"][m]]
        base[MOTORCYCLE] = p["motorcycle_time"] * free + constant["motorcycle"]
        base[PASSENGER] = mean + constant["car_passenger"]
        fare = self.money[TAXI] * self.per_euro
        base[TAXI] = free - self.running * self.per_euro + p["taxi_wait"] + fare + constant["taxi"]
        own = np.empty((len(self.segments.kind), zones, zones))
        for s, kind in enumerate(self.segments.kind):
            weight = self.per_euro + self.dearer[s]
            own[s] = tours[kind] + p["car_terminal"] + weight * self.parking[self.row[g]]
            if self.drivers.kinds[kind].income is None:
                own[s] += self.dearer[s] * self.running
        return base, own

    def _add_cars(self, g: int, choice: Chosen, when: list[Departures], load: FloatArray) -> float:
        """Add the cars of a group to the modelled hours; vehicles a day across the edge."""
        p, drivers, zones = self.p, self.drivers, self.network.zones
        n = len(self.empty)
        outside = {"work": self.external.commuting, "other": self.external.other}.get(list(GROUPS)[g])
        crossing = 0.0
        for k, kind in enumerate(drivers.kinds):
            own = np.zeros((n, n))
            mine = [s for s, of in enumerate(self.segments.kind) if of == k]
            own[:zones, :zones] = choice.trips[CAR][mine].sum(axis=0)
            if k == len(drivers.kinds) - 1:  # a taxi comes from somewhere
                rides = choice.trips[TAXI].sum(axis=0) / p["taxi_occupancy"]
                own[:zones, :zones] += rides * (1.0 + p["taxi_empty"])
            if outside is not None:
                park = np.concatenate([self.parking[self.row[g]] * self.per_euro, np.zeros(n - zones)])
                by = external_car_share(
                    when[k].cost, park, p[f"sensitivity_{self.scale[g]}"], p["external_alternative"]
                )
                crossers = kind.share[:, None] * by * outside / p["car_occupancy"]
                own += crossers
                crossing += float(crossers.sum())
            np.fill_diagonal(own, 0.0)  # trips inside a zone stay off the modelled network
            back = np.ascontiguousarray(own.T)
            for h in range(len(self.timing.weight)):
                moving = own * when[k].out[h] + back * when[k].back[h].T
                for c in np.flatnonzero(drivers.travels[k, h]):
                    share = drivers.travels[k, h, c]
                    load[h, c] += moving if share == 1.0 else share * moving
        return crossing

    def _add_motorcycles(self, g: int, choice: Chosen, others: FloatArray) -> None:
        """Add the motorcycles of a group: they neither pay nor answer."""
        zones, t, row = self.network.zones, self.timing, self.row[g]
        day = choice.trips[MOTORCYCLE].sum(axis=0)
        np.fill_diagonal(day, 0.0)
        for h in range(len(t.weight)):
            others[0, h, 0, :zones, :zones] += t.out[row, h] * day + t.back[row, h] * day.T

    def _add_through(self, load: FloatArray) -> None:
        """Add cars that pass: they hold no permit, and do not pay."""
        drivers = self.drivers
        through = self.external.through * self._car_part
        for h, share in enumerate(self.timing.traffic):
            barred = drivers.bans.hours[h] if drivers.through and drivers.bans.barred.any() else 0.0
            load[h, 0] += (1.0 - barred) * share * through
            if barred:
                load[h, drivers.through] += barred * share * through

    def _add_goods(self, others: FloatArray) -> None:
        """Add vans and lorries; of all vehicles but cars, those that are barred and have no end inside go round."""
        t, drivers = self.timing, self.drivers
        outside = 1.0 - drivers.bans.inside
        for h in range(len(t.weight)):
            others[1, h, 0] = t.van[h] * self.goods.van
            others[2, h, 0] = t.truck[h] * self.goods.truck
            for v, name in enumerate(OTHER_VEHICLES):
                share = drivers.bans.others.get(name, 0.0) * drivers.bans.hours[h] if drivers.through else 0.0
                if share:
                    barred = share * np.outer(outside, outside) * others[v, h, 0]
                    others[v, h, drivers.through] = barred
                    others[v, h, 0] -= barred
