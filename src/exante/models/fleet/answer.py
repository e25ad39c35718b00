"""The answer to an emission standard: who replaces the vehicle, who stays away, who drives in all the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.quantities.day import HOURLY
from exante.quantities.declarations import Inputs
from exante.quantities.errors import PolicyError
from exante.quantities.vehicle_kinds import KINDS, STANDARDS

FloatArray = NDArray[np.float64]

OF = np.array([vehicle for vehicle, _, _ in KINDS])


@dataclass(frozen=True)
class Standard:
    """An emission standard in force.

    Attributes
    ----------
    below : ndarray of bool, shape (kinds,)
        Kinds that may not enter.
    exempt : dict of str to float
        Share of each class's vehicles that may all the same.
    charge : float
        EUR a day; zero where no day may be bought.
    links : ndarray, shape (links,)
        Share of a day's traffic that the standard is in force for; zero outside.
    in_traffic : bool
        Whether its ban is one that mobility knows: false where another ban is in force, of which it knows one.
    """

    below: NDArray[np.bool_]
    exempt: dict[str, float]
    charge: float
    links: FloatArray
    in_traffic: bool = True


def read_standard(inputs: Inputs) -> Standard | None:
    """The standard in force, None where there is none.

    Raises
    ------
    PolicyError
        If two low-emission zones are in force, or a standard names no ban.
    """
    names = np.unique(inputs["emission_standards.ban_id"].astype(str))
    if not len(names):
        return None
    if len(names) > 1:
        raise PolicyError(
            f"{len(names)} low-emission zones are in force ({', '.join(names)}), and the fleet model knows one",
            remedy="Write one measure low_emission_zone whose area holds them all",
        )
    rows = inputs["bans.ban_id"].astype(str) == names[0]
    if not rows.any():
        raise PolicyError(f"the emission standard '{names[0]}' names no ban", where="table emission_standards")
    below = np.zeros(len(KINDS), dtype=bool)
    told = zip(
        inputs["emission_standards.vehicle_class"].astype(str).tolist(),
        inputs["emission_standards.fuel"].astype(str).tolist(),
        inputs["emission_standards.minimum_euro"].astype(str).tolist(),
        strict=True,
    )
    for vehicle, fuel, minimum in told:
        for k, (v, f, e) in enumerate(KINDS):
            if (v, f) == (vehicle, fuel) and e != "none":
                below[k] = minimum == "none" or STANDARDS.index(e) < STANDARDS.index(minimum)
    vehicles = inputs["bans.vehicle_class"].astype(str)
    asked = inputs["emission_standards.vehicle_class"].astype(str)
    exempt = {v: float(inputs["emission_standards.exempt_share"][asked == v][0]) for v in np.unique(asked)}
    first = rows & (vehicles == vehicles[rows][0])
    start, end = float(inputs["bans.start_hour"][first][0]), float(inputs["bans.end_hour"][first][0])
    held = np.isin(inputs["links.link_id"].astype(str), inputs["bans.link_id"][rows].astype(str))
    return Standard(
        below & np.isin(OF, list(exempt)),
        exempt,
        float(inputs["emission_standards.charge"].max()),
        held.astype(float) * _share_of_day(start, end),
        bool((inputs["bans.exempt_share"][rows] < 1.0).any()),
    )


def _share_of_day(start: float, end: float) -> float:
    """Share of a working day's traffic between two hours."""
    hour = np.arange(24)
    if end <= start:
        return _share_of_day(start, 24.0) + (_share_of_day(0.0, end) if end > 0 else 0.0)
    inside = np.clip(np.minimum(hour + 1.0, end) - np.maximum(hour, start), 0.0, 1.0)
    return float((HOURLY * inside).sum() / HOURLY.sum())


def replaced_share(vehicle: str, standard: Standard, p: dict[str, float]) -> float:
    """Share of a class's vehicles below the standard that used to enter and are replaced."""
    goods = vehicle in ("van", "truck", "bus")
    return (1.0 - standard.exempt.get(vehicle, 1.0)) * p["replaced_goods" if goods else "replaced"]


def staying_share(standard: Standard, p: dict[str, float]) -> float:
    """Share of the others that go on driving in."""
    return p["stay_charged" if standard.charge > 0 else "stay_barred"]


def answered_fleet(road: FloatArray, standard: Standard, reach: float, p: dict[str, float]) -> FloatArray:
    """Fleet elsewhere and inside the zone under the standard, shape (2, kinds).

    Parameters
    ----------
    road : ndarray, shape (kinds,)
        Share of each kind in the kilometres of its class without the standard.
    standard : Standard
    reach : float
        Share of the city's vehicles that the zone concerns.
    p : dict of str to float
        Parameters of the model.
    """
    inside, outside = road.copy(), road.copy()
    stay = staying_share(standard, p)
    for vehicle in standard.exempt:
        mine = vehicle == OF
        below, fit = mine & standard.below, mine & ~standard.below
        old = float(road[below].sum())
        if old == 0:
            continue
        new = _replacements(road, fit, p["second_hand"])
        gone = replaced_share(vehicle, standard, p)
        kept = standard.exempt[vehicle] + ((1.0 - standard.exempt[vehicle]) - gone) * stay
        inside[below] *= kept
        inside += old * gone * new
        inside[mine] /= inside[mine].sum()
        outside[below] *= 1.0 - gone * reach
        outside += old * gone * reach * new
    return np.stack([outside, inside])


def _replacements(road: FloatArray, fit: NDArray[np.bool_], second_hand: float) -> FloatArray:
    """Kinds that replace a vehicle, shape (kinds,), sum one: used as on the road, new of the last standard."""
    used = np.where(fit, road, 0.0)
    newest = np.array([e in ("euro6d", "none") for _, _, e in KINDS])
    new = np.where(fit & newest, np.maximum(road, 1e-9), 0.0)
    if not new.any():
        new = np.where(fit, np.maximum(road, 1e-9), 0.0)
    new /= new.sum()
    return new if not used.sum() > 0 else second_hand * used / used.sum() + (1.0 - second_hand) * new
