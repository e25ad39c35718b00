"""Emission factors: grams per kilometre by vehicle, fuel, Euro group and speed, each row with its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Pollutants of the table, g/km.
POLLUTANTS = ("co2", "nox", "pm25_exhaust")

#: Families of speed profiles behind the factors; `docs/models/emissions.md` says what each stands for.
FAMILIES = ("cycle", "stops", "steady")

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Factors:
    """Factor curves.

    Attributes
    ----------
    speeds : ndarray, shape (speeds,)
        km/h, rising: the range in which the factors are valid.
    curves : dict of (vehicle class, fuel, Euro group, pollutant, family) to ndarray, shape (speeds,)
        g/km.
    sources : dict of the same keys to str
        Key in `docs/references.bib`.
    """

    speeds: FloatArray
    curves: dict[Key, FloatArray]
    sources: dict[Key, str]

    def curve(self, vehicle: str, fuel: str, euro: str, pollutant: str, family: str) -> FloatArray:
        """The curve of one kind of vehicle.

        Raises
        ------
        MissingLayerError
            If the table has no such row: there is no silent fallback.
        """
        key = (vehicle, fuel, euro, pollutant, family)
        if key in self.curves:
            return self.curves[key]
        near = sorted({f"{k[1]} {k[2]}" for k in self.curves if k[0] == vehicle})
        raise MissingLayerError(
            f"there is no {pollutant} factor for {vehicle}, {fuel}, {euro}",
            where="models/emissions/factors.csv",
            remedy=f"Add a row with its source, or regroup the fleet: {vehicle} has {', '.join(near) or 'nothing'}",
        )


@cache
def read_factors() -> Factors:
    """The table of factors.

    Examples
    --------
    >>> read_factors().speeds[[0, -1]].tolist()
    [10.0, 130.0]
    """
    text = files("exante.models.emissions").joinpath("factors.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    header = next(rows)
    speeds = np.array([float(name.removeprefix("at_")) for name in header[6:]])
    curves: dict[Key, FloatArray] = {}
    sources: dict[Key, str] = {}
    for row in rows:
        key = (row[0], row[1], row[2], row[3], row[4])
        values = np.array([float(x) for x in row[6:]])
        values.setflags(write=False)
        curves[key], sources[key] = values, row[5]
    return Factors(speeds, curves, sources)


@cache
def read_wear() -> dict[str, float]:
    """PM2.5 of tyres, brakes and road by vehicle class, g/km (EMEP/EEA 2019, 1.A.3.b.vi-vii, tier 1)."""
    text = files("exante.models.emissions").joinpath("wear.csv").read_text(encoding="utf-8")
    return {row["vehicle_class"]: float(row["pm25_g_per_km"]) for row in csv.DictReader(text.splitlines())}


def fleet_curves(
    factors: Factors, vehicle: np.ndarray, fuel: np.ndarray, euro: np.ndarray, share: FloatArray, family: str
) -> dict[str, FloatArray]:
    """Mean curve of each vehicle class over its fleet, shape (pollutants, speeds), g/km.

    Raises
    ------
    MissingLayerError
        If a row of the fleet has no factor, or a class's shares sum to nothing.
    """
    result: dict[str, FloatArray] = {}
    for one in dict.fromkeys(vehicle.tolist()):
        rows = np.flatnonzero((vehicle == one) & (share > 0))
        total = share[rows].sum()
        if not total > 0:
            raise MissingLayerError(f"the fleet has no {one}", where="fleet.share", remedy="Give its shares")
        result[one] = sum(
            share[r] / total * np.stack([factors.curve(one, fuel[r], euro[r], p, family) for p in POLLUTANTS])
            for r in rows
        )
    return result
