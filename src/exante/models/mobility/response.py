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
from exante.models.mobility.network import Network
from exante.models.mobility.periods import PEAK_SHARE, timing
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """Demand at given costs.

    Attributes
    ----------
    load : ndarray, shape (periods, classes, centroids, centroids)
        Traffic in pce/hour; the classes are those of `Drivers`.
    vehicles : ndarray, shape (periods,)
        Vehicles per pce of each period, all classes.
    cars : float
        Cars per pce of a paying class (a charge is paid by cars, not by the goods vehicles among them).
    chosen : tuple of Chosen
        Residents' trips, by purpose.
    external : float
        Vehicle trips per day with an end outside the city.
    """

    load: FloatArray
    vehicles: FloatArray
    cars: float
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
        self.external = external_trips(inputs, self.demand)
        self.timing = timing(p)
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
        p, t, drivers = self.p, self.timing, self.drivers
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
        load = np.zeros_like(drive)
        n_cars, n_motorcycles = np.zeros(len(t.weight)), np.zeros(len(t.weight))
        goods = 1.0 + p["goods_share"] * p["goods_equivalent"]
        for k in range(len(LABELS["purpose"])):
            for h in range(len(t.weight)):
                moving = [t.out[k, h] * m + t.back[k, h] * m.T for m in cars[k]]
                bikes = t.out[k, h] * motorcycles[k] + t.back[k, h] * motorcycles[k].T
                shares = drivers.travels[:, h]
                everywhere = sum(s * m for s, m in zip(shares[:, 0], moving, strict=True))
                load[h, 0] += goods * everywhere + p["motorcycle_equivalent"] * bikes
                for c in range(1, len(drivers.classes)):
                    for s, m in zip(shares[:, c], moving, strict=True):
                        load[h, c] += goods * s * m
                n_cars[h] += sum(float(m.sum()) for m in moving)
                n_motorcycles[h] += bikes.sum()
        for h, share in enumerate(self._through_shares()):
            vehicles = self.external.through * share
            barred = drivers.bans.hours[h] if drivers.through else 0.0
            load[h, 0] += (1.0 - barred) * vehicles * goods / (1.0 + p["goods_share"])
            if drivers.through:
                load[h, drivers.through] += barred * vehicles * goods / (1.0 + p["goods_share"])
            n_cars[h] += vehicles.sum() / (1.0 + p["goods_share"])
        pce = goods * n_cars + p["motorcycle_equivalent"] * n_motorcycles
        vehicles = (1.0 + p["goods_share"]) * n_cars + n_motorcycles
        ratio = np.divide(vehicles, pce, out=np.ones(len(pce)), where=pce > 0)
        return Answer(load, ratio, 1.0 / goods, tuple(chosen), outside + float(self.external.through.sum()))

    def _through_shares(self) -> FloatArray:
        """Share of a day's through traffic in each modelled hour: that of all traffic counted."""
        weight = self.timing.weight
        peak = PEAK_SHARE
        return np.array([peak, (1.0 - peak * weight[0]) / weight[1]])

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
