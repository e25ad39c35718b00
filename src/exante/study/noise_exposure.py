"""Modelled exposure to road noise beside a published map: shares of residents by band, whole city and by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.city.city import City
from exante.city.modes import apply_modes
from exante.indicators.noise import levels, noise_by_group, residents
from exante.kernels.sound.levels import annoyed_share
from exante.models import list_models
from exante.quantities.declarations import Inputs, Model
from exante.quantities.errors import MissingLayerError
from exante.simulation import Draws, Simulator, wire
from exante.simulation.cache import OutputCache
from exante.simulation.posterior import read_posterior
from exante.simulation.state import CityState
from exante.study.forecast import present_models, require_layers

FloatArray = NDArray[np.float64]

CLASSES = {
    "day_evening_night": ("lden", (-np.inf, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, np.inf)),
    "night": ("lnight", (-np.inf, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, np.inf)),
}
"""Level and limits (dB) of the classes compared, by period of the published map."""

NEEDED = ("mobility", "noise", "noise_paths")


@dataclass(frozen=True)
class Exposure:
    """Shares of residents by class of level.

    Attributes
    ----------
    period : str
        As in `noise_exposure.noise_period`.
    limits : tuple of float
        dB, one more than classes.
    modelled : ndarray, shape (classes,)
        At the medians of all parameters.
    low, high : ndarray, shape (classes,)
        5 and 95 % quantiles over draws of the parameters of noise, the traffic held.
    published : ndarray, shape (classes,), or None
        Road traffic, weighted by the modelled residents of the areas.
    areas : list of dict
        Each `area`, `residents`, and the modelled and published share at 55 dB and more (Lnight: 50).
    """

    period: str
    limits: tuple[float, ...]
    modelled: FloatArray
    low: FloatArray
    high: FloatArray
    published: FloatArray | None
    areas: list[dict[str, Any]]

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        ends = [None if np.isinf(x) else x for x in self.limits]
        published = [None] * len(self.modelled) if self.published is None else self.published.tolist()
        rows = zip(
            ends[:-1], ends[1:], self.modelled.tolist(), self.low.tolist(), self.high.tolist(), published, strict=True
        )
        keys = ("low", "high", "modelled", "p05", "p95", "published")
        return {"period": self.period, "classes": [dict(zip(keys, r, strict=True)) for r in rows], "areas": self.areas}


def noise_state(city: City, *, cache: OutputCache | None = None) -> CityState:
    """State of traffic and noise with every parameter at its median.

    Raises
    ------
    MissingLayerError
        If the city lacks a layer that traffic or noise needs.
    """
    models = _models(city)
    medians = Draws((p for m in models for p in m.parameters), 1, posterior=read_posterior(city)).medians()
    kept = cache if cache is not None else OutputCache.of_user()
    return Simulator(wire(models), kept).run(apply_modes(city, medians), medians)


def compare_exposure(state: CityState, draws: int = 16) -> list[Exposure]:
    """Exposure by day, evening and night and at night, beside the city's published map if it has one.

    Parameters
    ----------
    state : CityState
        As `noise_state` gives it.
    draws : int
        Draws of the parameters of noise, for the interval.
    """
    noise = next(m for m in list_models() if m.name == "noise")
    drawn = Draws(noise.parameters, draws)
    states = [_levels(state, noise, drawn.values(k)) for k in range(draws)]
    middle = {n: state.read(n) for n in noise.writes}
    area = _area_of_facades(state)
    found = []
    for period, (level, limits) in CLASSES.items():
        spread = np.array([_shares(_with_people(state, s), level, limits) for s in states])
        now = _with_people(state, middle)
        published = _published(state, period, limits)
        found.append(
            Exposure(
                period,
                limits,
                _shares(now, level, limits),
                np.quantile(spread, 0.05, axis=0),
                np.quantile(spread, 0.95, axis=0),
                _city_wide(published, area, now),
                _by_area(published, area, now, level, 50.0 if level == "lnight" else 55.0, limits),
            )
        )
    return found


def annoyed_by_group(state: CityState, column: str) -> dict[str, float]:
    """Share of residents highly annoyed by road noise by a column of zones, such as `zones.district`."""
    x = _with_people(state, {n: state.read(n) for n in ("facade_lden", "courtyard_lden", "courtyard_share")})
    return noise_by_group(x, annoyed_share(levels(x, "lden")), state.read(column))


def _models(city: City) -> list[Model]:
    wanted = [m for m in list_models() if m.name in NEEDED]
    require_layers(city, wanted)
    held = {m.name for m in present_models(city, wanted)}
    if held != {m.name for m in wanted}:
        raise MissingLayerError(
            f"city '{city.name}' has no values for {', '.join(sorted({m.name for m in wanted} - held))}",
            where=f"city {city.name}",
            remedy="Build the city again from a source that holds zones, streets and their geometry",
        )
    return wanted


def _levels(state: CityState, noise: Model, values: dict[str, float]) -> dict[str, np.ndarray]:
    own = {n.split(".", 1)[1]: v for n, v in values.items()}
    return noise.run(Inputs({n: state.read(n) for n in noise.reads}, own), None).arrays


def _with_people(state: CityState, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**arrays, **{n: state.read(n) for n in ("facade_zone", "facade_share", "zones.population")}}


def _shares(x: dict[str, np.ndarray], level: str, limits: tuple[float, ...]) -> FloatArray:
    people, told = residents(x).ravel(), levels(x, level).ravel()
    counted = np.histogram(told, np.array(limits), weights=people)[0]
    shares: FloatArray = counted / people.sum()
    return shares


def _area_of_facades(state: CityState) -> np.ndarray:
    """Area of the published map that holds each façade, None outside all of them, shape (facades,)."""
    link = state.read("facade_link")
    found = np.full(len(link), None, dtype=object)
    if "noise_exposure" not in state.city.tables:
        return found
    ids = state.read("areas.area_id")
    told = np.isin(ids.astype(str), state.read("noise_exposure.area_id").astype(str))
    middle = shapely.line_interpolate_point(state.read("links.geometry")[link], 0.5, normalized=True)
    at, of = shapely.STRtree(state.read("areas.geometry")[told]).query(middle, predicate="within")
    found[at] = ids[told][of]
    return found


def _published(state: CityState, period: str, limits: tuple[float, ...]) -> dict[str, FloatArray]:
    """Published shares of road traffic by area, in the classes of `limits`; empty without a map."""
    if "noise_exposure" not in state.city.tables:
        return {}
    columns = {
        c: state.read(f"noise_exposure.{c}") for c in ("area_id", "noise_source", "noise_period", "low", "share")
    }
    mine = (columns["noise_source"] == "road") & (columns["noise_period"] == period)
    low = np.where(np.isfinite(columns["low"]), columns["low"], -np.inf)
    place = np.clip(np.searchsorted(np.array(limits), low, side="right") - 1, 0, len(limits) - 2)
    shares: dict[str, FloatArray] = {}
    for row in np.flatnonzero(mine):
        of = shares.setdefault(str(columns["area_id"][row]), np.zeros(len(limits) - 1))
        of[place[row]] += columns["share"][row]
    return shares


def _people_of(area: np.ndarray, x: dict[str, np.ndarray], name: str) -> FloatArray:
    return residents(x) * (area == name)


def _city_wide(published: dict[str, FloatArray], area: np.ndarray, x: dict[str, np.ndarray]) -> FloatArray | None:
    weight = {name: float(_people_of(area, x, name).sum()) for name in published}
    total = sum(weight.values())
    if not total > 0:
        return None
    mean: FloatArray = np.sum([weight[name] * shares for name, shares in published.items()], axis=0) / total
    return mean


def _by_area(
    published: dict[str, FloatArray],
    area: np.ndarray,
    x: dict[str, np.ndarray],
    level: str,
    threshold: float,
    limits: tuple[float, ...],
) -> list[dict[str, Any]]:
    rows = []
    for name, shares in sorted(published.items()):
        people = _people_of(area, x, name)
        if people.sum() > 0:
            above = float((people * (levels(x, level) >= threshold)).sum() / people.sum())
            told = float(shares[np.array(limits[:-1]) >= threshold].sum())
            rows.append({"area": name, "residents": float(people.sum()), "modelled": above, "published": told})
    return rows
