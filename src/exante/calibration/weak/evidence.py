"""What is known of a city's traffic without a count of it, and what a modelled state says of the same.

Level: published shares of modes, mean speed, and mean daily traffic at named places. Pattern: crashes with victims and
classes of NO2, as contrasts between neighbourhoods; both rise with traffic, by an unknown factor that a contrast does
not need.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.calibration.air.classes import LIMITS, _class_of
from exante.city.city import City
from exante.quantities.errors import INSTALL_SOURCES, MissingLayerError, SourceError
from exante.quantities.labels import place
from exante.simulation.state import CityState

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Published share of a mode (statistic), the model's modes, and the error of the comparison, percentage points
#: (judgement): the figures count visitors and trips over the edge, the model residents' trips inside.
SHARES: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("private_vehicle_share", ("car", "car_passenger", "motorcycle"), 5.0),
    ("transit_trip_share", ("transit",), 6.0),
    ("walk_trip_share", ("walk",), 6.0),
    ("cycle_trip_share", ("cycle",), 1.5),
)
#: Error of the published mean speed, km/h (judgement): it is told as "at most", of most streets, by an unknown way.
SPEED_ERROR = 5.0
#: Error of a published mean daily traffic, of its logarithm (judgement): another year, working or all days, and the
#: place found by the names of two streets.
PLACE_ERROR = 0.4
#: Middle of each class of NO2, ug/m3, and a background that no street makes (the middle of the first class).
MIDDLE = np.array([5.0, *(low + 5.0 for low in LIMITS)])
BACKGROUND = 15.0
#: Least rise over the background that has a logarithm, ug/m3.
LEAST_RISE = 2.5
FAST = ("motorway", "trunk")


@dataclass(frozen=True)
class Evidence:
    """Weak evidence of one city.

    Attributes
    ----------
    city : City
    groups : ndarray of str, shape (neighbourhoods,)
    held : ndarray of bool, shape (neighbourhoods,)
        Neighbourhoods whose crashes and classes are fitted to by nobody.
    shares : tuple of (str, tuple of str, float, float)
        Statistic, modes, value and error, percent.
    speed : float or None
        km/h.
    places : tuple of dict
        Published daily traffic: `where`, `value` (vehicle/day), `links` (rows).
    crashes : ndarray, shape (zones, classes)
        Crashes of all years by zone and road class (`road_classes`); empty where the city has none.
    no2 : ndarray of int, shape (links,)
        Published class of NO2 of each link, -1 where unknown.
    missing : tuple of str
        What would be evidence and is not at hand.
    """

    city: City
    groups: np.ndarray
    held: BoolArray
    shares: tuple[tuple[str, tuple[str, ...], float, float], ...]
    speed: float | None
    places: tuple[dict[str, Any], ...]
    crashes: FloatArray
    no2: NDArray[np.int64]
    missing: tuple[str, ...]

    @cached_property
    def link_zone(self) -> NDArray[np.int64]:
        """Row of each link's zone, -1 outside."""
        row = {name: i for i, name in enumerate(self.city.column("zones.zone_id").tolist())}
        return np.array([row.get(z, -1) for z in self.city.column("links.zone_id").tolist()], dtype=np.int64)

    @cached_property
    def zone_group(self) -> NDArray[np.int64]:
        """Row of each zone's neighbourhood."""
        of = {name: i for i, name in enumerate(self.groups.tolist())}
        return np.array([of[g] for g in neighbourhoods(self.city)], dtype=np.int64)

    @cached_property
    def road_classes(self) -> tuple[str, ...]:
        """Classes of road in the order of `crashes`."""
        return _road_classes(self.city)

    @cached_property
    def link_class(self) -> NDArray[np.int64]:
        """Row of each link's class of road."""
        of = {name: i for i, name in enumerate(self.road_classes)}
        return np.array([of[c] for c in self.city.column("links.road_class").astype(str).tolist()], dtype=np.int64)

    def kinds(self) -> list[str]:
        """Kind of each observation, in order."""
        return [kind for kind, *_ in self._observations()]

    def labels(self) -> list[str]:
        """What each observation is."""
        return [label for _, label, *_ in self._observations()]

    def values(self) -> tuple[FloatArray, FloatArray]:
        """Value and error of each observation; the error of contrasts (nan) is estimated from the fit's ensemble."""
        rows = self._observations()
        return np.array([r[2] for r in rows], dtype=float), np.array([r[3] for r in rows], dtype=float)

    def _observations(self) -> list[tuple[str, str, float, float]]:
        rows = [("share", name, value, error) for name, _, value, error in self.shares]
        if self.speed is not None:
            rows.append(("speed", "mean_speed_observed", self.speed, SPEED_ERROR))
        rows += [("place", p["where"], float(np.log(p["value"])), PLACE_ERROR) for p in self.places]
        for kind, observed, used in self._contrasts():
            rows += [(kind, str(self.groups[g]), float(v), np.nan) for g, v in zip(used, observed, strict=True)]
        return rows

    def _contrasts(self) -> list[tuple[str, FloatArray, NDArray[np.int64]]]:
        """Kind, centred logarithms, and neighbourhoods: of those not held out."""
        found = []
        if self.crashes.size:
            count = np.bincount(self.zone_group, self.crashes.sum(axis=1), len(self.groups))
            by_group = np.asarray(count, dtype=np.float64)
            used = np.flatnonzero(~self.held & (by_group > 0) & (self._length > 0))
            found.append(("crashes", _centred(by_group[used]), used))
        known = self._known
        if known.any():
            rise = np.maximum(MIDDLE[np.maximum(self.no2, 0)] - BACKGROUND, LEAST_RISE)
            used = np.flatnonzero(~self.held & (self._no2_length > 0))
            found.append(("no2", _centred(self._over(rise, known)[used] / self._no2_length[used]), used))
        return found

    @cached_property
    def _known(self) -> BoolArray:
        return np.asarray((self.no2 >= 0) & (self.link_zone >= 0))

    @cached_property
    def _length(self) -> FloatArray:
        return self._over(np.ones(len(self.no2)), self.link_zone >= 0)

    @cached_property
    def _no2_length(self) -> FloatArray:
        return self._over(np.ones(len(self.no2)), self._known)

    def _over(self, value: FloatArray, used: BoolArray) -> FloatArray:
        """Sums of values times lengths by neighbourhood."""
        length = self.city.column("links.length")
        group = self.zone_group[self.link_zone[used]]
        return np.asarray(np.bincount(group, (value * length)[used], len(self.groups)), dtype=np.float64)

    def read(self, state: CityState) -> FloatArray:
        """The observations' place in a modelled state, shape (observations,)."""
        trips = state.read("trips_by_mode")
        found = [100.0 * sum(trips[place("mode", m)] for m in modes) / trips.sum() for _, modes, *_ in self.shares]
        daily = daily_flow(state)
        if self.speed is not None:
            found.append(_mean_speed(state))
        found += [float(np.log(max(daily[p["links"]].sum() / 2.0, 1.0))) for p in self.places]
        for kind, _, used in self._contrasts():
            known = self.link_zone >= 0 if kind == "crashes" else self._known
            sums = self._over(daily, known)[used]
            found += _centred(np.maximum(sums if kind == "crashes" else sums / self._no2_length[used], 1.0)).tolist()
        return np.array(found, dtype=float)


def collect(city: City, no2_map: Path | None, seed: int) -> Evidence:
    """The weak evidence at hand for a city, half of its neighbourhoods held out.

    Parameters
    ----------
    city : City
    no2_map : Path, optional
        Map of published classes of NO2 by street segment (columns `TRAM` and `Rang`).
    seed : int
        Of the choice of what is held out.

    Raises
    ------
    MissingLayerError
        If there is none.
    SourceError
        If the map cannot be read.
    """
    groups = np.array(sorted(set(neighbourhoods(city))), dtype=object)
    held = np.zeros(len(groups), dtype=bool)
    held[np.random.default_rng(seed).permutation(len(groups))[: len(groups) // 2]] = True
    told = _statistics(city)
    shares = tuple((name, modes, told[name], error) for name, modes, error in SHARES if name in told)
    crashes = _crashes(city)
    no2 = read_classes(city, no2_map) if no2_map is not None else np.full(len(city.column("links.link_id")), -1)
    places = tuple(_places(city))
    lacks = {
        "published shares of modes": not shares,
        "published daily traffic at places": not places,
        "crashes by zone (table crashes)": not crashes.size,
        "a map of NO2 classes (--no2-classes)": not bool((no2 >= 0).any()),
    }
    if all(lacks.values()):
        raise MissingLayerError(
            f"city '{city.name}' has no traffic counts, and no weak evidence either",
            where="tables counts, statistics and crashes",
            remedy="Build the city from a source that counts traffic, or type in its published shares as statistics",
        )
    missing = tuple(name for name, gone in lacks.items() if gone)
    return Evidence(city, groups, held, shares, told.get("mean_speed_observed"), places, crashes, no2, missing)


def neighbourhoods(city: City) -> list[str]:
    """Neighbourhood of each zone: its name without the number at the end, or its key where names do not group."""
    names = [str(n).rstrip("0123456789 ") for n in city.column("zones.name").tolist()]
    zones = [str(z) for z in city.column("zones.zone_id").tolist()]
    return names if 4 <= len(set(names)) < len(zones) and all(names) else zones


def read_classes(city: City, path: Path) -> NDArray[np.int64]:
    """Published class of NO2 of each link, -1 where unknown: links of the official streets carry the segment's code.

    Raises
    ------
    SourceError
        If the file is absent or lacks a column, or none of its segments is a link.
    """
    try:
        import geopandas as gpd
    except ImportError as error:
        raise SourceError("reading a map needs geopandas", where=path.name, remedy=INSTALL_SOURCES) from error
    if not path.exists():
        raise SourceError(f"there is no file {path.name}", where="--no2-classes", remedy="Give the map of classes")
    frame = gpd.read_file(path, layer=0, ignore_geometry=True)
    lost = [name for name in ("TRAM", "Rang") if name not in frame]
    if lost:
        found = ", ".join(map(str, frame.columns))
        raise SourceError(
            f"the map lacks {', '.join(lost)}: found {found}",
            where=path.name,
            remedy="Give Barcelona's map of NO2 by tram",
        )
    told = dict(zip(frame["TRAM"].astype(str), frame["Rang"].astype(str).map(_class_of), strict=True))
    links = city.column("links.link_id").astype(str).tolist()
    classes = np.array([told.get(name.rstrip("+-"), -1) for name in links], dtype=np.int64)
    if not (classes >= 0).any():
        raise SourceError(
            "no segment of the map is a link of the city", where=path.name, remedy="Give the map of this city's streets"
        )
    return classes


def daily_flow(state: CityState) -> FloatArray:
    """Traffic of a working day on each link, vehicle/day, shape (links,)."""
    return np.asarray(state.read("period_weight") @ state.read("link_flow"))


def _statistics(city: City) -> dict[str, float]:
    if "statistics" not in city.tables:
        return {}
    return dict(zip(city.column("statistics.name").tolist(), city.column("statistics.value").tolist(), strict=True))


def _road_classes(city: City) -> tuple[str, ...]:
    known = set(city.column("links.road_class").astype(str).tolist())
    if "crashes" in city.tables:
        known |= set(city.column("crashes.road_class").astype(str).tolist())
    return tuple(sorted(known))


def _crashes(city: City) -> FloatArray:
    if "crashes" not in city.tables or not city.tables["crashes"].rows:
        return np.zeros((0, 0))
    row = {name: i for i, name in enumerate(city.column("zones.zone_id").tolist())}
    classes = _road_classes(city)
    column = {name: i for i, name in enumerate(classes)}
    zone = np.array([row.get(z, -1) for z in city.column("crashes.zone_id").tolist()])
    road = np.array([column[c] for c in city.column("crashes.road_class").astype(str).tolist()])
    found = np.zeros((len(row), len(classes)))
    np.add.at(found, (zone[zone >= 0], road[zone >= 0]), city.column("crashes.crashes")[zone >= 0])
    return found


def _places(city: City) -> list[dict[str, Any]]:
    """Published traffic at crossings, with the links of the street that end there (each direction before and after)."""
    told = tomllib.loads((files("exante.calibration.weak") / "places.toml").read_text(encoding="utf-8"))
    if city.name not in told:
        return []
    name = city.column("links.name").astype(str)
    ends = [city.column(f"links.{side}_node_id").astype(str) for side in ("from", "to")]
    found = []
    for row in told[city.name]:
        crossing, street = np.isin(name, row["crossing"]), np.isin(name, row["street"])
        nodes = np.union1d(ends[0][crossing], ends[1][crossing])
        at = np.isin(ends[0], nodes) ^ np.isin(ends[1], nodes)
        links = np.flatnonzero(street & at)
        if len(links):
            found.append({**row, "where": f"{row['street'][0]} at {row['crossing'][0]}", "links": links})
    return found


def _mean_speed(state: CityState) -> float:
    slow = ~np.isin(state.read("links.road_class").astype(str), FAST)
    weight, flow = state.read("period_weight"), state.read("link_flow")[:, slow]
    metres = float(weight @ flow @ state.read("links.length")[slow])
    seconds = float(weight @ (flow * state.read("link_time")[:, slow]).sum(axis=1))
    return 3.6 * metres / seconds if seconds > 0 else 0.0


def _centred(values: FloatArray) -> FloatArray:
    logs = np.log(values)
    return np.asarray(logs - logs.mean())
