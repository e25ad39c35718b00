"""`fleet_renewal`: years of turnover, and old vehicles that are scrapped early."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exante.city import City, Edit
from exante.kernels.survival import renewed_share, standard_shares
from exante.policy.measures.access_charge import Classes
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.electric_vehicles import fleet_rows, new_row
from exante.policy.uncertain import Share, Uncertain, Wanted
from exante.quantities.distributions import Distribution
from exante.quantities.vehicle_kinds import STANDARDS, STARTS, known_standards

#: Age that 37 % of a year's registrations reach, years: as `fleet.survival_age`, the shape as in the fleet model.
SURVIVAL = Uncertain(Distribution("triangular", (14.0, 18.0, 23.0)), "year", "year")
SHAPE = 3.0
#: Year of a fleet that does not tell its own (statistic fleet_year).
YEAR = 2023.0

Years = Annotated[Uncertain, Wanted("years", "year", 0, 40, '{ value = 6, unit = "year" }')]
Age = Annotated[Uncertain, Wanted("survival age", "year", 5, 40, '{ triangular = [14, 18, 23], unit = "year" }')]


class FleetRenewal(Measure):
    """Vehicles that leave are replaced by new ones of the last standard.

    Parameters
    ----------
    vehicles : list of str
        Classes.
    years : time
        Years of ordinary turnover; zero for none.
    scrapped : share
        Of the vehicles older than `below` that are scrapped early besides.
    below : str
        Standard under which a vehicle is scrapped.
    electric, hybrid : share
        Of the new vehicles; hybrids of cars and buses only.
    survival : time
        Age that 37 % of a year's registrations reach.
    """

    kind: Literal["fleet_renewal"] = "fleet_renewal"
    vehicles: Classes = ("car",)
    years: Years = Field(default=Uncertain(Distribution("value", (0.0,), 0.0, 0.0), "year", "year"))
    scrapped: Share = Field(default=Uncertain(Distribution("value", (0.0,), 0.0, 0.0), "1", "1"))
    below: Literal["euro1", "euro2", "euro3", "euro4", "euro5", "euro6"] = "euro4"
    electric: Share
    hybrid: Share = Field(default=Uncertain(Distribution("value", (0.0,), 0.0, 0.0), "1", "1"))
    survival: Age = Field(default=SURVIVAL)

    def leaving(self, city: City, vehicle: str) -> np.ndarray:
        """Share of the vehicles of each row of the fleet that leave, shape (rows of the class,)."""
        fleet, rows = fleet_rows(city, vehicle)
        table = city.tables.get("statistics")
        told = table["value"][table["name"] == "fleet_year"] if table is not None else np.zeros(0)
        year = float(told[0]) if len(told) else YEAR
        stock, age = standard_shares(np.array(STARTS[vehicle]), year, self.survival.value, SHAPE)
        gone = renewed_share(age, self.years.value, self.survival.value, SHAPE)
        result = []
        for fuel, euro in zip(fleet["fuel"][rows].tolist(), fleet["euro_class"][rows].tolist(), strict=True):
            if fuel == "electric":
                result.append(0.0)
                continue
            at = [STANDARDS.index(s) for s in known_standards(vehicle, fuel, euro)]
            weight = stock[at] / stock[at].sum() if stock[at].sum() > 0 else np.full(len(at), 1.0 / len(at))
            old = np.array([k < STANDARDS.index(self.below) for k in at])
            left = (1.0 - gone[at]) * (1.0 - self.scrapped.value * old)
            result.append(float(weight @ (1.0 - left)))
        return np.array(result)

    def edits(self, city: City) -> list[Change]:
        """Shares of the fleet's rows, and rows of new vehicles that were not there."""
        changes: list[Change] = []
        for vehicle in self.vehicles:
            fleet, rows = fleet_rows(city, vehicle)
            gone = self.leaving(city, vehicle)
            old = fleet["share"][rows]
            pool = float(old @ gone)
            if pool <= 0:
                continue
            ids = fleet["fleet_id"][rows]
            new = dict(zip(ids.tolist(), (old * (1.0 - gone)).tolist(), strict=True))
            added = {}
            for (fuel, euro), part in self._new(vehicle).items():
                name = f"{vehicle} {fuel} {euro}"
                if name in new:
                    new[name] += pool * part
                elif part > 0:
                    added[fuel, euro] = pool * part
            changes.append(Edit("fleet", "share", ids, np.array([new[i] for i in ids.tolist()]), self.label(), old))
            changes += [new_row(vehicle, fuel, euro, share, self.label()) for (fuel, euro), share in added.items()]
        return changes

    def _new(self, vehicle: str) -> dict[tuple[str, str], float]:
        """Fuel and standard of the new vehicles, sum one."""
        hybrid = self.hybrid.value * (1.0 - self.electric.value) if vehicle in ("car", "bus") else 0.0
        fuel = "petrol" if vehicle in ("car", "motorcycle") else "diesel"
        last = "euro5" if vehicle == "motorcycle" else "euro6d"
        rest = 1.0 - self.electric.value - hybrid
        return {("electric", "none"): self.electric.value, ("hybrid", "euro6d"): hybrid, (fuel, last): rest}

    def label(self) -> str:
        """What leaves."""
        who = ", ".join(f"{v}s" if v != "bus" else "buses" for v in self.vehicles)
        parts = []
        if self.years.distribution.high > 0:
            parts.append(f"{self.years.in_words()} of turnover")
        if self.scrapped.distribution.high > 0:
            parts.append(f"{self.scrapped.in_words()} of those below Euro {self.below[4:]} scrapped")
        return f"Renewal of {who}: {' and '.join(parts) or 'none'}"

    def describe(self) -> str:
        """What leaves and what comes."""
        return (
            f"{self.label()}; of the new ones {self.electric.in_words()} are electric, the rest meet the last standard."
        )

    def describe_on(self, city: City) -> list[str]:
        """Share of each class that is replaced."""
        lines = []
        for vehicle in self.vehicles:
            fleet, rows = fleet_rows(city, vehicle)
            pool = float(fleet["share"][rows] @ self.leaving(city, vehicle))
            lines.append(f"Replaced: {100 * pool:.1f} % of {vehicle}s.")
        if self.years.distribution.high > 0:
            lines.append(
                "Note: turnover happens without any policy: compare with a document of the same years and no more."
            )
        return lines
