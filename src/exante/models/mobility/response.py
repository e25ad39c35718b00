"""How demand answers to the costs of driving: all choices of a day, and the car traffic of each modelled hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility import costs
from exante.models.mobility.choices import CAR, MOTORCYCLE, N_MODES, Chosen, choose
from exante.models.mobility.demand import generate
from exante.models.mobility.drivers import Drivers
from exante.models.mobility.external import external_car_share, external_trips
from exante.models.mobility.goods import GOODS, goods_trips
from exante.models.mobility.network import Network
from exante.models.mobility.periods import timing
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
        Residents' trips, by purpose.
    external : float
        Vehicle trips per day with an end outside the city.
    """

    load: FloatArray
    others: FloatArray
    chosen: tuple[Chosen, ...]
    external: float


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
        self.external = external_trips(inputs, self.demand, network)
        self.timing = timing(p)
        self.goods = goods_trips(inputs, network, self.external.through, self.external.gate_share)
        #: Passenger-car equivalents of OTHER_VEHICLES.
        self.equivalents = np.array([p[f"{name}_equivalent"] for name in OTHER_VEHICLES])
        held = self.demand.with_car
        #: Share of each zone's trips by segment: the kinds of driver, and people without a car.
        self.segments = np.stack([held * kind.share[: network.zones] for kind in drivers.kinds] + [1.0 - held])
        self.constants = {
            purpose: costs.mode_constants(p, purpose, p["sensitivity_" + ("other" if purpose == "other" else "work")])
            for purpose in LABELS["purpose"]
        }
        self.fixed = [self._fixed_costs(inputs, purpose) for purpose in LABELS["purpose"]]
        inside = costs.inner_car_time(network)
        per_km = 60.0 * p["car_cost"] / (p["value_of_time"] * p["car_occupancy"])
        self.inner = inside + np.diag(network.walk_distance) * per_km
        self.parking = [
            costs.parking_cost(inputs, p[f"parking_hours_{'work' if k < 2 else 'other'}"]) for k in range(3)
        ]

    def _fixed_costs(self, inputs: Inputs, purpose: str) -> FloatArray:
        """Costs of walk, cycle and transit with their constants, shape (3, zones, zones)."""
        p = self.p
        skims = [
            costs.walk_cost(self.network, p),
            costs.cycle_cost(self.network, p),
            costs.transit_cost(inputs, self.network),
        ]
        return np.stack([c + self.constants[purpose][m] for m, c in zip(LABELS["mode"][:3], skims, strict=True)])

    def answer(self, drive: FloatArray, before: tuple[FloatArray, ...] | None = None) -> Answer:
        """Demand at driving costs.

        Parameters
        ----------
        drive : ndarray, shape (periods, classes, centroids, centroids)
            Generalised minutes by car: time, running cost, charge.
        before : tuple of ndarray, optional
            Column factors of a related answer, by purpose.

        Returns
        -------
        Answer
        """
        p, drivers = self.p, self.drivers
        driving = [drivers.expected(k, drive) for k in range(len(drivers.kinds))]
        free = drive[:, 0]
        zones = self.network.zones
        chosen = []
        for k, purpose in enumerate(LABELS["purpose"]):
            group = "other" if purpose == "other" else "work"
            tours = [self._tour(d, k)[:zones, :zones] for d in driving]
            chosen.append(
                choose(
                    self._costs(k, tours, self._tour(free, k)[:zones, :zones]),
                    self.segments * self.demand.produced[k],
                    self.demand.attraction[k],
                    p[f"sensitivity_{group}"],
                    p[f"theta_{group}"],
                    doubly=purpose != "other",
                    start=before[k] if before else None,
                )
            )
        cars, motorcycles, outside = self._vehicles_by_day(chosen, driving)
        load = self._car_traffic(cars, drive.shape)
        others = self._other_traffic(motorcycles, drive.shape)
        load += np.einsum("v,vhcij->hcij", self.equivalents, others)
        goods = sum(float(self._across(getattr(self.goods, name))) for name in GOODS)
        through_cars = float(self.external.through.sum()) * self._car_part
        return Answer(load, others, tuple(chosen), outside + through_cars + goods)

    @property
    def _car_part(self) -> float:
        """Share of cars in through traffic."""
        return 1.0 - sum(self.p[f"through_{name}"] for name in GOODS)

    def _across(self, day: FloatArray) -> float:
        """Vehicles of a day with an end outside the city."""
        zones = self.network.zones
        return float(day.sum() - day[:zones, :zones].sum())

    def _car_traffic(self, cars: list[FloatArray], shape: tuple[int, ...]) -> FloatArray:
        """Cars of each modelled hour by class, shape (periods, classes, n, n)."""
        t, drivers = self.timing, self.drivers
        load = np.zeros(shape)
        for k, own in enumerate(cars):
            back = np.ascontiguousarray(own.transpose(0, 2, 1))
            for h in range(len(t.weight)):
                for kind in range(len(own)):
                    moving = t.out[k, h] * own[kind] + t.back[k, h] * back[kind]
                    for c in np.flatnonzero(drivers.travels[kind, h]):
                        share = drivers.travels[kind, h, c]
                        load[h, c] += moving if share == 1.0 else share * moving
        through = self.external.through * self._car_part
        for h, share in enumerate(t.traffic):
            barred = drivers.bans.hours[h] if drivers.through and drivers.bans.barred.any() else 0.0
            load[h, 0] += (1.0 - barred) * share * through
            if barred:
                load[h, drivers.through] += barred * share * through
        return load

    def _other_traffic(self, motorcycles: list[FloatArray], shape: tuple[int, ...]) -> FloatArray:
        """Motorcycles, vans and lorries of each modelled hour, shape (vehicles, periods, classes, n, n).

        They neither pay nor answer. Where their class is barred, those without an end inside go round.
        """
        t, drivers = self.timing, self.drivers
        others = np.zeros((len(OTHER_VEHICLES), *shape))
        outside = 1.0 - drivers.bans.inside
        for h in range(len(t.weight)):
            for k, day in enumerate(motorcycles):
                others[0, h, 0] += t.out[k, h] * day + t.back[k, h] * day.T
            others[1, h, 0] = t.van[h] * self.goods.van
            others[2, h, 0] = t.truck[h] * self.goods.truck
            for v, name in enumerate(OTHER_VEHICLES):
                share = drivers.bans.others.get(name, 0.0) * drivers.bans.hours[h] if drivers.through else 0.0
                if share:
                    barred = share * np.outer(outside, outside) * others[v, h, 0]
                    others[v, h, drivers.through] = barred
                    others[v, h, 0] -= barred
        return others

    def _tour(self, drive: FloatArray, purpose: int) -> FloatArray:
        """Mean driving cost of a day's trips, out and back, home in rows, shape (n, n)."""
        t = self.timing
        out = np.einsum("h,hij->ij", t.weight * t.out[purpose], drive)
        back = np.einsum("h,hij->ij", t.weight * t.back[purpose], drive)
        return out + back.T

    def _costs(self, purpose: int, tours: list[FloatArray], free: FloatArray) -> FloatArray:
        """Cost of all modes for all segments, shape (modes, segments, zones, zones).

        Motorcycles neither pay nor are barred: their cost is that of driving so.
        """
        p = self.p
        zones = len(free)
        diagonal = np.arange(zones)
        cost = np.full((N_MODES, len(self.segments), zones, zones), np.inf)
        cost[:3] = self.fixed[purpose][:, None]
        for s, drive in enumerate(tours):
            cost[CAR, s] = drive + p["car_terminal"] + self.parking[purpose]
            cost[CAR, s][diagonal, diagonal] = self.inner + p["car_terminal"]
        ride = p["motorcycle_time"] * free
        ride[diagonal, diagonal] = p["motorcycle_time"] * self.inner
        cost[MOTORCYCLE] = ride + self.constants[LABELS["purpose"][purpose]]["motorcycle"]
        return cost

    def _vehicles_by_day(
        self, chosen: list[Chosen], driving: list[FloatArray]
    ) -> tuple[list[FloatArray], list[FloatArray], float]:
        """Cars by kind of driver, and motorcycles, per day by purpose between all centroids, home in rows."""
        p, kinds = self.p, self.drivers.kinds
        zones = self.network.zones
        n = zones + self.network.gates
        cars, motorcycles = [], []
        crossing = 0.0
        for k, choice in enumerate(chosen):
            own = np.zeros((len(kinds), n, n))
            own[:, :zones, :zones] = choice.trips[CAR][: len(kinds)]
            outside = {0: self.external.commuting, 2: self.external.other}.get(k)
            if outside is not None:
                park = np.concatenate([self.parking[k], np.zeros(n - zones)])
                group = "work" if k < 2 else "other"
                for c, (kind, drive) in enumerate(zip(kinds, driving, strict=True)):
                    by = external_car_share(
                        self._tour(drive, k), park, p[f"sensitivity_{group}"], p["external_alternative"]
                    )
                    crossers = kind.share[:, None] * by * outside
                    own[c] += crossers
                    crossing += float(crossers.sum())
            own /= p["car_occupancy"]
            for matrix in own:  # trips inside a zone stay off the modelled network
                np.fill_diagonal(matrix, 0.0)
            cars.append(own)
            rides = np.zeros((n, n))
            rides[:zones, :zones] = choice.trips[MOTORCYCLE].sum(axis=0)
            np.fill_diagonal(rides, 0.0)
            motorcycles.append(rides)
        return cars, motorcycles, crossing / p["car_occupancy"]
