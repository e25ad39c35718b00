"""Stations of air quality as the model sees them: annual means, and what each source adds there for a unit of scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from exante.kernels.plume.far import at_points
from exante.models.air import MODEL, PATHS
from exante.models.air.paths import CELL, near_gains, street_gains, survey
from exante.models.air.run import along_boulevard, far_field, street_emission
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError
from exante.simulation.state import CityState

FloatArray = NDArray[np.float64]

REACH = 60.0
"""Distance (m) within which a traffic station's own street is looked for: that with the largest emission per metre."""

LEAST_HOURS = 4000
"""Hours (or their days) with values that a mean of a year needs; fewer are left out."""

LOCKDOWN = ("2020-02-15", "2021-06-01")
"""Between these days a mean of a year is not that of a usual year: left out."""


@dataclass(frozen=True)
class Stations:
    """What the model knows of the stations of one city.

    Attributes
    ----------
    site : list of str
    kind : list of str
        As the register says.
    street : ndarray of int, shape (sites,)
        Own street of traffic stations, -1 elsewhere.
    above : ndarray, shape (sites, 2)
        NOx and PM2.5 of traffic by plumes at a scale of one, ug/m3.
    canyon, open_air : ndarray, shape (sites, 2)
        What the own street adds at scales of one.
    other : ndarray, shape (sites,)
        `air_other_shape` there.
    """

    site: list[str]
    kind: list[str]
    street: NDArray[np.int64]
    above: FloatArray
    canyon: FloatArray
    open_air: FloatArray
    other: FloatArray


def annual_means(state: CityState, pollutant: str) -> pd.Series:
    """Mean by station of a usual year (`LOCKDOWN` left out), ug/m3; stations with too few values are left out.

    Raises
    ------
    MissingLayerError
        If the city has no measurements.
    """
    if "air_hours" not in state.city.tables:
        raise MissingLayerError(
            f"city '{state.city.name}' has no measurements of air", where="air_hours", remedy="Build it with stations"
        )
    frame = pd.DataFrame({c: state.read(f"air_hours.{c}") for c in ("site_id", "pollutant", "time", "concentration")})
    frame = frame[frame["pollutant"] == pollutant]
    day = frame["time"].str[:10]
    frame = frame[(day < LOCKDOWN[0]) | (day >= LOCKDOWN[1])]
    daily = frame.groupby(["site_id", frame["time"].str[:10]])["concentration"].agg(["mean", "size"])
    hours = daily["size"].where(daily["size"] > 1, 24 if pollutant.startswith("PM") else 1)  # daily means of particles
    enough = hours.groupby("site_id").sum() >= LEAST_HOURS
    means: pd.Series = daily["mean"].groupby("site_id").mean()[enough]
    return means


def at_stations(state: CityState) -> Stations:
    """What traffic and other sources add at the stations of the city.

    Raises
    ------
    MissingLayerError
        If the city has no stations.
    """
    if "air_sites" not in state.city.tables:
        raise MissingLayerError(
            f"city '{state.city.name}' has no stations of air", where="air_sites", remedy="Build it with stations"
        )
    paths = Inputs({n: state.read(n) for n in PATHS.reads}, {})
    own = {n.split(".", 1)[1]: v for n, v in state.parameters.items() if n.startswith("air.")}
    inputs = Inputs({n: state.read(n) for n in MODEL.reads}, own)
    around, emission = survey(paths), street_emission(inputs)
    xy = shapely.get_coordinates(state.read("air_sites.geometry"))
    kind = state.read("air_sites.site_type").astype(str).tolist()
    street = _own_streets(around.pieces, around.piece_street, emission[0] / around.length, xy, kind)
    cell = np.column_stack([state.read("cell_x"), state.read("cell_y")])
    streets = len(around.link)
    first = np.array([state.read("air_receptor_column")[streets], state.read("air_receptor_row")[streets]])
    origin = cell[0] - CELL * first
    column, row = ((xy - origin) / CELL).T
    far = np.stack([at_points(f, row, column) for f in far_field(inputs, emission)], axis=1)
    open_gain, canyon_gain, share = street_gains(around, paths)
    near_cell = cKDTree(cell).query(xy)[1]
    per_metre = along_boulevard(around.sides, emission / around.length).T[street]
    per_metre = per_metre * (street >= 0)[:, None]
    return Stations(
        state.read("air_sites.site_id").astype(str).tolist(),
        kind,
        street,
        near_gains(around, xy, street) @ emission.T + far,
        per_metre * (share * canyon_gain)[street, None],
        per_metre * ((1.0 - share) * open_gain)[street, None],
        inputs["air_other_shape"][streets + near_cell],
    )


def _own_streets(
    pieces: FloatArray, piece_street: NDArray[np.int64], strength: FloatArray, xy: FloatArray, kind: list[str]
) -> NDArray[np.int64]:
    near = cKDTree(pieces).query_ball_point(xy, REACH)
    found = np.full(len(xy), -1, dtype=np.int64)
    for i, rows in enumerate(near):
        if kind[i].lower() in ("traffic", "trànsit") and rows:
            streets = np.unique(piece_street[rows])
            found[i] = streets[np.argmax(strength[streets])]
    return found
