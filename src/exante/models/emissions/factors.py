"""Emission factors by kind of vehicle and speed, each row with its source, unit and range of speeds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS
from exante.quantities.vehicle_kinds import KINDS, name_kind

FloatArray = NDArray[np.float64]

#: Families of speed profiles behind the factors; `docs/models/emissions.md` says what each stands for.
FAMILIES = ("cycle", "stops")

#: What the tables give; the other pollutants of LABELS["pollutant"] follow from these.
TABLED = ("co2", "nox", "pm_exhaust", "electricity")

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Factors:
    """Factor curves.

    Attributes
    ----------
    speeds : ndarray, shape (speeds,)
        km/h, evenly spaced and rising: the range in which the factors are valid.
    curves : dict of (vehicle class, fuel, Euro standard, pollutant, family) to ndarray, shape (speeds,)
        g/km; electricity Wh/km.
    second_nox : dict of (vehicle class, fuel, Euro standard) to ndarray, shape (speeds,)
        g/km: average-speed curves of NOx from EMEP/EEA and COPERT, for the kinds that they have.
    sources : dict of the keys of both to str
        Key in `docs/references.bib`.
    """

    speeds: FloatArray
    curves: dict[Key, FloatArray]
    second_nox: dict[tuple[str, str, str], FloatArray]
    sources: dict[tuple[str, ...], str]

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

    @property
    def has_second(self) -> NDArray[np.bool_]:
        """Kinds with a second source of NOx, shape (kinds,)."""
        return np.array([kind in self.second_nox for kind in KINDS])


@cache
def read_factors() -> Factors:
    """The tables of factors.

    Examples
    --------
    >>> read_factors().speeds[[0, -1]].tolist()
    [10.0, 130.0]
    """
    curves: dict[Key, FloatArray] = {}
    second: dict[tuple[str, str, str], FloatArray] = {}
    sources: dict[tuple[str, ...], str] = {}
    speeds = np.zeros(0)
    for name in ("factors.csv", "nox_emep.csv"):
        for row in _rows(name):
            at = [key for key in row if key.startswith("at_")]
            speeds = np.array([float(key.removeprefix("at_")) for key in at])
            values = np.array([float(row[key]) for key in at])
            values.setflags(write=False)
            kind = (row["vehicle_class"], row["fuel"], row["euro_class"])
            if name == "factors.csv":
                curves[(*kind, row["pollutant"], row["family"])] = values
                sources[(*kind, row["pollutant"], row["family"])] = row["source"]
            else:
                second[kind] = values
                sources[(*kind, "nox", "second")] = row["source"]
    return Factors(speeds, curves, second, sources)


@cache
def read_table() -> tuple[FloatArray, FloatArray]:
    """Curves of every kind as arrays.

    Returns
    -------
    first : ndarray, shape (families, tabled pollutants, kinds, speeds)
        Zero for what a kind cannot emit: electric vehicles burn nothing, the others charge nothing.
    second : ndarray, shape (kinds, speeds)
        NOx of the second source where it has the kind, else of the first.
    """
    factors = read_factors()
    first = np.zeros((len(FAMILIES), len(TABLED), len(KINDS), len(factors.speeds)))
    for k, kind in enumerate(KINDS):
        for p, pollutant in enumerate(TABLED):
            if (kind[1] == "electric") == (pollutant == "electricity"):
                for f, family in enumerate(FAMILIES):
                    first[f, p, k] = factors.curve(*kind, pollutant, family)
    nox = first[0, TABLED.index("nox")]
    second = np.stack([factors.second_nox.get(kind, nox[k]) for k, kind in enumerate(KINDS)])
    return first, second


@cache
def read_exhaust() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of NO2 in NOx, and NOx and particles that a cold start adds, g, shape (kinds,) each.

    Raises
    ------
    MissingLayerError
        If the table lacks a kind.
    """
    found = {(r["vehicle_class"], r["fuel"], r["euro_class"]): r for r in _rows("exhaust.csv")}
    lost = [name_kind(kind) for kind in KINDS if kind not in found]
    if lost:
        raise MissingLayerError(f"there is no row for {', '.join(lost)}", where="models/emissions/exhaust.csv")
    share, nox, pm = (
        np.array([float(found[kind][c]) for kind in KINDS]) for c in ("no2_share", "cold_nox_g", "cold_pm_g")
    )
    return share, nox, pm


@cache
def read_wear() -> dict[str, dict[str, tuple[float, float]]]:
    """PM10 and PM2.5 of tyres, brakes and road at 80 km/h by vehicle class and part, g/km."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for r in _rows("wear.csv"):
        whole = float(r["tsp_mg_per_km"]) / 1000.0
        found.setdefault(r["vehicle_class"], {})[r["part"]] = (
            whole * float(r["pm10_share"]),
            whole * float(r["pm25_share"]),
        )
    return found


def wear_curve(vehicle: str, speeds: FloatArray, electric: float, brakes: float) -> FloatArray:
    """PM2.5 and PM10 of wear over speed, g/km, shape (2, speeds).

    Tyres and brakes wear more at low speeds, where there are more bends and stops (EMEP/EEA 2019, 1.A.3.b.vi).

    Parameters
    ----------
    vehicle : str
    speeds : ndarray, km/h
    electric : float
        Share of the class's kilometres that are electric.
    brakes : float
        Wear of the brakes of an electric vehicle over that of another.
    """
    tyre = np.interp(speeds, [40.0, 90.0], [1.39, 0.902])
    brake = np.interp(speeds, [40.0, 95.0], [1.67, 0.185])
    part = read_wear()[vehicle]
    curve = np.zeros((2, len(speeds)))
    for row, column in enumerate((1, 0)):
        curve[row] = part["tyre"][column] * tyre + part["road"][column]
        curve[row] += part["brake"][column] * brake * (1.0 - electric * (1.0 - brakes))
    return curve


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("exante.models.emissions").joinpath(name).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


POLLUTANTS = LABELS["pollutant"]
