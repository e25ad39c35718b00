"""Who gains and who loses: residents by district and by the income of their zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exante.evidence.report.digest import Spread, paired


@dataclass(frozen=True)
class Group:
    """Residents of some zones: who gains and who loses."""

    kind: str
    name: str
    residents: float
    total: Spread
    each: Spread


def list_groups(forecast: Any) -> list[Group]:
    """Change of the surplus of residents by district, and by thirds of the zones' income where it is known."""
    zones = forecast.city.table("zones")
    change = paired(forecast.zones, "zone_surplus")[:, positions(forecast.zones, "zone", zones["zone_id"])]
    people, noise = zones["population"], noise_per_resident(forecast)
    return [_group(kind, name, inside, change, people, noise) for kind, name, inside in group_zones(forecast.city)]


def group_zones(city: Any) -> list[tuple[str, str, np.ndarray]]:
    """Kind, name and zones (mask) of every group with residents: districts, and thirds of income where it is known."""
    zones = city.table("zones")
    people, districts = zones["population"], zones["district"]
    groups = [("district", name, districts == name) for name in sorted(set(districts.tolist()))]
    if "income" in zones and np.isfinite(zones["income"]).sum() >= 3:
        third = _thirds(zones["income"], people)
        for index, name in enumerate(("lowest third", "middle third", "highest third")):
            groups.append(("income", f"zones with the {name} of income", third == index))
    return [group for group in groups if people[group[2]].sum() > 0]


def _group(kind: str, name: str, inside: np.ndarray, change: np.ndarray, people: np.ndarray, noise: float) -> Group:
    total = change[:, inside].sum(axis=1)
    residents = float(people[inside].sum())
    each = total / residents if residents else total * 0
    return Group(kind, name, residents, Spread(total, noise * residents), Spread(each, noise))


def _thirds(income: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Third (0, 1, 2) of the residents by their zone's income; -1 where it is not known."""
    known = np.flatnonzero(np.isfinite(income))
    order = known[np.argsort(income[known], kind="stable")]
    below = np.cumsum(people[order]) - people[order] / 2
    third = np.full(len(income), -1)
    third[order] = np.minimum((3 * below / max(people[order].sum(), 1e-9)).astype(int), 2)
    return third


def find_largest_loser(groups: list[Group]) -> Group | None:
    """The group that loses most per resident among those on whose loss the draws agree, if there is one."""
    losing = [g for g in groups if g.each.agreed and g.each.mean < 0]
    return min(losing, key=lambda g: g.each.mean, default=None)


def positions(dataset: Any, dim: str, ids: np.ndarray) -> np.ndarray:
    """Position in the dataset of each identifier of the city's table."""
    index = {str(value): i for i, value in enumerate(dataset[dim].values.tolist())}
    return np.array([index[str(value)] for value in ids], dtype=np.int64)


def noise_per_resident(forecast: Any) -> float:
    """Numerical noise of the city's surplus, EUR per resident and day: no zone is told better than that."""
    residents = float(forecast.city.table("zones")["population"].sum())
    return float(forecast.noise_floor.get("surplus", 0.0)) / residents if residents else 0.0
