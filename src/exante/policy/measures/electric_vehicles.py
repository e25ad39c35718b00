"""`electric_vehicles`: a share of a vehicle class is electric."""

from __future__ import annotations

from typing import Literal

import numpy as np

from exante.city import Append, City, Edit, Table
from exante.policy.measures.access_charge import Classes
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Share
from exante.quantities.errors import PolicyError


class ElectricVehicles(Measure):
    """Another share of electric vehicles; all others shrink alike.

    Parameters
    ----------
    vehicles : list of str
        Classes.
    share : share
        Of each class's vehicles that are electric then.
    """

    kind: Literal["electric_vehicles"] = "electric_vehicles"
    vehicles: Classes = ("car",)
    share: Share

    def edits(self, city: City) -> list[Change]:
        """Shares of the fleet's rows; a row for electric vehicles where the class has none.

        Raises
        ------
        PolicyError
            If the fleet lacks the class or its rows have no identifier.
        """
        changes: list[Change] = []
        for vehicle in self.vehicles:
            fleet, rows = fleet_rows(city, vehicle)
            electric = rows & (fleet["fuel"] == "electric")
            today, then = float(fleet["share"][electric].sum()), self.share.value
            if abs(today - then) < 1e-12:
                continue
            if today >= 1.0:
                raise PolicyError(f"all {vehicle}s of {city.title} are electric, and the others are not known")
            others = rows & ~electric
            ids = fleet["fleet_id"]
            changes.append(
                Edit("fleet", "share", ids[others], fleet["share"][others] * (1 - then) / (1 - today), self.label())
            )
            if electric.any():
                changes.append(
                    Edit("fleet", "share", ids[electric], fleet["share"][electric] * then / today, self.label())
                    if today > 0
                    else Edit("fleet", "share", ids[electric][:1], np.array([then]), self.label())
                )
            else:
                changes.append(new_row(vehicle, "electric", "none", then, self.label()))
        return changes

    def label(self) -> str:
        """Whose share."""
        who = ", ".join(f"{v}s" if v != "bus" else "buses" for v in self.vehicles)
        return f"Electric: {self.share.in_words(who)}"

    def describe(self) -> str:
        """The share and what stays."""
        return f"{self.label()}; all other vehicles of the class shrink alike, and nobody drives more or less."

    def describe_on(self, city: City) -> list[str]:
        """Shares today and then."""
        lines = []
        for vehicle in self.vehicles:
            fleet, rows = fleet_rows(city, vehicle)
            today = float(fleet["share"][rows & (fleet["fuel"] == "electric")].sum())
            lines.append(f"Electric {vehicle}s: {100 * today:.1f} % today, {100 * self.share.value:.1f} % then.")
            if self.share.value < today:
                lines.append(f"Note: that is fewer electric {vehicle}s than today.")
        return lines


def fleet_rows(city: City, vehicle: str) -> tuple[Table, np.ndarray]:
    """The fleet and which of its rows are of a class.

    Raises
    ------
    PolicyError
        If there are none, or rows have no identifier.
    """
    fleet = city.table("fleet")
    rows = fleet["vehicle_class"] == vehicle
    if not rows.any():
        raise PolicyError(f"the fleet of {city.title} has no {vehicle}", where="table fleet", remedy="Add the class")
    if "fleet_id" not in fleet:
        raise PolicyError(
            f"rows of the fleet of {city.title} have no identifier",
            where="table fleet, fleet_id",
            remedy="Build the city again with this version",
        )
    return fleet, rows


def new_row(vehicle: str, fuel: str, euro: str, share: float, why: str) -> Append:
    """A row of the fleet that was not there."""
    row = {"vehicle_class": [vehicle], "fuel": [fuel], "euro_class": [euro], "share": [share]}
    return Append("fleet", {"fleet_id": [f"{vehicle} {fuel} {euro}"], **row}, why)
