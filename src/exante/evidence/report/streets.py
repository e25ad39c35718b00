"""What a forecast says about streets: change of traffic by street section, by name and by road class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from exante.evidence.report.digest import AGREEMENT, Spread, agreed, needed, paired
from exante.evidence.report.groups import positions

METRES_PER_KM = 1000.0
#: Road classes from the most to the least important, with the words a reader is shown.
CLASSES = {
    "motorway": "motorways",
    "trunk": "trunk roads",
    "primary": "primary roads",
    "secondary": "secondary roads",
    "tertiary": "tertiary roads",
    "unclassified": "unclassified roads",
    "residential": "residential streets",
    "living_street": "living streets",
    "busway": "busways",
}
#: Classes whose traffic disturbs people at home.
LOCAL = ("residential", "living_street")
#: Changes of a section's traffic that are told at all: vehicles a day, and share of its baseline. What is smaller is
#: of the size of what a relative gap of the equilibrium leaves on single links.
LEAST_CHANGE, LEAST_SHARE = 10.0, 0.005
#: Share of links without a name from which they are told by class and zone.
UNNAMED = 1 / 3


@dataclass(frozen=True)
class Sections:
    """Street sections: both directions of a street between two nodes taken together.

    Parameters
    ----------
    change, baseline : ndarray, shape (draw, section)
        Vehicles a day, both directions.
    sign : ndarray, shape (section,)
        Sign on which the draws agree, else 0.
    length : ndarray, shape (section,)
        Kilometres.
    inside : ndarray of bool, shape (section,)
        Whether the section lies in a zone of the city.
    """

    change: np.ndarray
    baseline: np.ndarray
    sign: np.ndarray
    length: np.ndarray
    name: np.ndarray
    road_class: np.ndarray
    geometry: np.ndarray
    inside: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean change, shape (section,)."""
        return self.change.mean(axis=0)


def read_sections(forecast: Any) -> Sections:
    """Sections of the forecast's network with their daily traffic."""
    links = forecast.city.table("links")
    rows = positions(forecast.links, "link", links["link_id"])
    change = paired(forecast.links, "link_flow_daily")[:, rows]
    flow = forecast.links["link_flow_daily"].sel(scenario="baseline").transpose("draw", "link").values[:, rows]
    keys: dict[tuple[str, str, int], int] = {}
    ends = zip(links["from_node_id"].tolist(), links["to_node_id"].tolist(), links["length"].tolist(), strict=True)
    of = np.array([keys.setdefault((*sorted((str(a), str(b))), round(m)), len(keys)) for a, b, m in ends])
    first = np.full(len(keys), -1)
    first[of[::-1]] = np.arange(len(of))[::-1]
    names = _names(forecast.city)
    total, before = _summed(change, of, len(keys)), _summed(flow, of, len(keys))
    least = np.maximum(LEAST_CHANGE, LEAST_SHARE * before.mean(axis=0))
    return Sections(
        change=total,
        baseline=before,
        sign=agreed(total, least),
        length=links["length"][first] / METRES_PER_KM,
        name=names[first],
        road_class=links["road_class"][first],
        geometry=links["geometry"][first],
        inside=_inside(links)[first],
    )


def _inside(links: Any) -> np.ndarray:
    """Whether each link lies in a zone; links beyond the edge only join gates."""
    if "zone_id" not in links:
        return np.ones(links.rows, dtype=bool)
    return np.array([zone is not None for zone in links["zone_id"]])


def _names(city: Any) -> np.ndarray:
    """Street names; where a third of the streets have none, these go by their class and zone."""
    links, zones = city.table("links"), city.table("zones")
    names = np.array(links["name"]) if "name" in links else np.full(links.rows, None, dtype=object)
    bare = np.array([not name for name in names])
    if "zone_id" not in links or bare.mean() < UNNAMED:
        return names
    title = dict(zip(zones["zone_id"].tolist(), zones["name"].tolist(), strict=True))
    for i in np.flatnonzero(bare).tolist():
        zone = links["zone_id"][i]
        if zone in title:
            names[i] = f"Unnamed {CLASSES[links['road_class'][i]]}, {title[zone]}"
    return names


def _summed(values: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    return np.stack([np.bincount(of, weights=row, minlength=count) for row in values])


@dataclass(frozen=True)
class Street:
    """A named street: change of its daily traffic, mean over its length."""

    name: str
    road_class: str
    km: float
    baseline: float
    change: Spread
    distance: float
    middle: tuple[float, float]


def list_streets(sections: Sections, most: int = 8) -> tuple[list[Street], list[Street]]:
    """Named streets that gain and that lose most vehicle-kilometres, where the draws agree on the sign."""
    members: dict[str, list[int]] = {}
    for i, name in enumerate(sections.name.tolist()):
        if name and sections.inside[i]:
            members.setdefault(str(name), []).append(i)
    streets = [_street(sections, name, np.array(of)) for name, of in members.items()]
    streets = [s for s in streets if s.change.agreed]
    gaining = sorted((s for s in streets if s.distance > 0), key=lambda s: (-s.distance, s.name))
    losing = sorted((s for s in streets if s.distance < 0), key=lambda s: (s.distance, s.name))
    return gaining[:most], losing[:most]


def _street(sections: Sections, name: str, of: np.ndarray) -> Street:
    km = sections.length[of]
    distance = sections.change[:, of] @ km
    along = Spread(distance / km.sum())
    sign = np.sign(along.mean)
    heaviest = of[np.argmax(sections.mean[of] * km * sign)]
    point = shapely.line_interpolate_point(sections.geometry[heaviest], 0.5, normalized=True)
    classes = sections.road_class[of].tolist()
    return Street(
        name=name,
        road_class=max(CLASSES, key=lambda c: sum(k for k, own in zip(km, classes, strict=True) if own == c)),
        km=float(km.sum()),
        baseline=float((sections.baseline[:, of] @ km).mean() / km.sum()),
        change=along,
        distance=float(distance.mean()),
        middle=(float(point.x), float(point.y)),
    )


@dataclass(frozen=True)
class ClassChange:
    """One road class: its traffic (vehicle-km a day) or speed (km/h) before, and the change."""

    road_class: str
    km: float
    baseline: float
    change: Spread


def list_classes(sections: Sections) -> list[ClassChange]:
    """Change of traffic by road class, the most important first."""
    found = []
    for name in CLASSES:
        of = np.flatnonzero(sections.road_class == name)
        if of.size:
            km = sections.length[of]
            found.append(
                ClassChange(
                    name,
                    float(km.sum()),
                    float((sections.baseline[:, of] @ km).mean()),
                    Spread(sections.change[:, of] @ km),
                )
            )
    return found


def list_speeds(forecast: Any) -> list[ClassChange]:
    """Mean speed over the length of each road class in the morning peak, km/h."""
    links = forecast.city.table("links")
    rows = positions(forecast.links, "link", links["link_id"])
    change = paired(forecast.links, "link_speed_peak")[:, rows]
    speed = forecast.links["link_speed_peak"].sel(scenario="baseline").transpose("draw", "link").values[:, rows]
    found = []
    for name in CLASSES:
        of = np.flatnonzero((links["road_class"] == name) & np.isfinite(change).all(axis=0))
        if of.size:
            share = links["length"][of] / links["length"][of].sum()
            km = float(links["length"][of].sum()) / METRES_PER_KM
            found.append(ClassChange(name, km, float((speed[:, of] @ share).mean()), Spread(change[:, of] @ share)))
    return found


@dataclass(frozen=True)
class Displacement:
    """Where traffic goes that leaves streets, over all sections, draw by draw.

    Parameters
    ----------
    lost, gained : Spread
        Vehicle-kilometres a day of each draw on the sections that lose and that gain in it, from the paired difference.
    total : Spread
        Gained less lost: the change of all kilometres.
    returned : Spread
        Gained over lost.
    local : Spread
        Share of the gained that is on residential and living streets.
    """

    lost: Spread
    gained: Spread
    total: Spread
    returned: Spread
    local: Spread


def find_displacement(sections: Sections) -> Displacement | None:
    """Displacement, or None where traffic does not both leave and come back in enough draws."""
    moved = sections.change * sections.length
    gained, lost = np.maximum(moved, 0.0).sum(axis=1), np.maximum(-moved, 0.0).sum(axis=1)
    local = np.maximum(moved[:, np.isin(sections.road_class, LOCAL)], 0.0).sum(axis=1)
    both = (gained > 0) & (lost > 0)
    if not (sections.sign != 0).any() or both.mean() < AGREEMENT:
        return None
    gained, lost, local = gained[both], lost[both], local[both]
    return Displacement(
        Spread(-lost), Spread(gained), Spread(gained - lost), Spread(gained / lost), Spread(local / gained)
    )


def agreement_words(draws: int) -> str:
    """How many draws have to agree, in words."""
    if needed(draws) > draws:
        return f"enough draws agree on the sign, for which {draws} are too few"
    return f"at least {needed(draws)} of {draws} draws agree on the sign"
