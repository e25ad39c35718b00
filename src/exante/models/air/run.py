"""One run of the model of air: emissions of streets to annual means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from exante.kernels.plume.chemistry import nitrogen_dioxide
from exante.kernels.plume.far import at_points, convolve
from exante.quantities.declarations import Inputs, Outputs

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

DAY = 86_400.0  # s
MICRO = 1e6  # ug in a g
OTHER_PM10 = 1.3  # PM10 beside PM2.5 of the sources that follow residents, assumed


@dataclass(frozen=True)
class Background:
    """Concentrations away from the city's sources, ug/m3, and what its other sources add to the mean resident's air."""

    no2: float
    nox: float
    ozone: float
    pm25: float
    pm10: float


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Annual means at the kerb of every street, above the roofs and at homes.

    Above the roofs, ``C = background + other sources + sum of streets (gain x emission)``; at the kerb the own street
    adds ``q (canyon share x canyon gain + (1 - canyon share) x open gain)`` with `q` its emission per metre. NOx
    becomes NO2 by `exante.kernels.plume.chemistry`.

    Returns
    -------
    Outputs
        `street_no2`, `street_pm25`, `street_pm10` (streets,), `cell_no2`, `cell_pm25` (cells,), `home_no2`, `home_pm25`
        (facades,), ug/m3.
    """
    p = inputs.parameters
    roof, own = traffic_share(inputs)
    streets, there = len(own), background(inputs)
    shape = inputs["air_other_shape"]
    kerb, facade = roof[:streets] + own, inputs["facade_street"]
    home = roof[facade] + p["front_share"] * own[facade]
    cells = roof[streets:]
    return Outputs(
        {
            "street_no2": to_no2(kerb[:, 0] + p["other_nox"] * shape[:streets], there, p),
            "street_pm25": there.pm25 + p["other_pm25"] * shape[:streets] + kerb[:, 1],
            "street_pm10": there.pm10 + OTHER_PM10 * p["other_pm25"] * shape[:streets] + p["coarse_ratio"] * kerb[:, 1],
            "cell_no2": to_no2(cells[:, 0] + p["other_nox"] * shape[streets:], there, p),
            "cell_pm25": there.pm25 + p["other_pm25"] * shape[streets:] + cells[:, 1],
            "home_no2": to_no2(home[:, 0] + p["other_nox"] * shape[facade], there, p),
            "home_pm25": there.pm25 + p["other_pm25"] * shape[facade] + home[:, 1],
        }
    )


def background(inputs: Inputs) -> Background:
    """The city's published or measured background, else the wide prior, scaled by the draw."""
    p = inputs.parameters

    def known(name: str) -> float:
        return inputs.statistic(f"background_{name}", p[f"background_{name}"])

    no2 = known("no2") * p["background_scale_no2"]
    return Background(
        no2=no2,
        nox=no2 / p["background_ratio"],
        ozone=known("o3"),
        pm25=known("pm25") * p["background_scale_pm"],
        pm10=known("pm10") * p["background_scale_pm"],
    )


def to_no2(added: FloatArray, there: Background, p: dict[str, float]) -> FloatArray:
    """NO2 for NOx added to the background, ug/m3."""
    return nitrogen_dioxide(there.no2, there.nox, added, p["primary_no2"], there.ozone, p["mixing_time"])


def street_emission(inputs: Inputs) -> FloatArray:
    """NOx and PM2.5 of every street in the mean hour of the year, ug/s, shape (2, streets)."""
    of, streets = inputs["street_of_link"], len(inputs["street_length"])
    daily = np.stack([np.bincount(of, inputs[n], minlength=streets) for n in ("link_nox", "link_pm25")])
    return daily.astype(np.float64) * float(inputs.parameters["year_factor"] / DAY * MICRO)


def far_field(inputs: Inputs, emission: FloatArray) -> FloatArray:
    """What streets add as far as they are counted on the grid, ug/m3, shape (2, rows, columns)."""
    rows, columns = (int(n) for n in inputs["air_grid_size"])
    cell, street, share = (inputs[f"air_source_{n}"] for n in ("cell", "street", "share"))
    gridded = np.stack([np.bincount(cell, share * e[street], minlength=rows * columns) for e in emission]).astype(
        np.float64
    )
    return convolve(gridded.reshape(2, rows, columns), inputs["air_far_gain"])


def own_street(inputs: Inputs, emission: FloatArray) -> FloatArray:
    """What a street adds at its own kerb with the other carriageways of its boulevard, ug/m3, shape (streets, 2)."""
    p, canyon = inputs.parameters, inputs["street_canyon_share"]
    gain = canyon * p["canyon"] * inputs["street_canyon_gain"]
    gain = gain + (1.0 - canyon) * p["dispersion"] * inputs["street_open_gain"]
    metre = emission / inputs["street_length"]
    added: FloatArray = (along_boulevard(np.stack([inputs["street_right"], inputs["street_left"]]), metre) * gain).T
    return added


def along_boulevard(sides: LongArray, metre: FloatArray) -> FloatArray:
    """Emission per metre of every street and of the carriageways beside it, shape (pollutants, streets).

    Parameters
    ----------
    sides : ndarray of int, shape (2, streets)
        Carriageways to the right and left, -1 for none.
    metre : ndarray, shape (pollutants, streets)

    Examples
    --------
    >>> along_boulevard(np.array([[1, -1, -1], [-1, 0, -1]]), np.array([[2.0, 1.0, 5.0]])).tolist()
    [[3.0, 3.0, 5.0]]
    """
    beside = np.where(sides[None] >= 0, metre[:, sides], 0.0)
    both: FloatArray = metre + beside.sum(axis=1)
    return both


def traffic_share(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """What traffic adds above the roofs (receptors, 2) and a street at its own kerb (streets, 2), ug/m3."""
    emission = street_emission(inputs)
    row, column = inputs["air_receptor_row"], inputs["air_receptor_column"]
    start = np.searchsorted(inputs["air_path_receptor"], np.arange(len(row) + 1))
    near = csr_matrix((inputs["air_path_gain"], inputs["air_path_street"], start), (len(row), emission.shape[1]))
    far = np.stack([at_points(f, row, column) for f in far_field(inputs, emission)], axis=1)
    roof: FloatArray = inputs.parameters["dispersion"] * (near @ emission.T + far)
    return roof, own_street(inputs, emission)
