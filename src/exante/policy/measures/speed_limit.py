"""`speed_limit`: another speed limit on the signs of some streets."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from exante.city import City, Edit, Table
from exante.policy.document import counted
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Share, Speed, Uncertain
from exante.policy.where import Where
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: Classes that a limit changes only where the document names them: a polygon or a district also holds
#: stretches of motorway that no city limit is meant for.
BY_NAME_ONLY = ("motorway", "trunk")

#: Share of the change of the sign that drivers answer to where the document says nothing: a wide prior
#: around one half, not measured (docs/measures/speed_limit.md).
DEFAULT_COMPLIANCE = Uncertain(Distribution("beta", (4.0, 4.0), 0.0, 1.0), "1", "1")

#: Changes below this, in km/h, are no change (20 mph written in km/h and back).
_TOLERANCE = 1e-6


class SpeedLimit(Measure):
    """Another speed limit on the signs of the selected links.

    Parameters
    ----------
    where : Where
        Links. Motorways and trunk roads are left alone unless `road_class` names them.
    speed : speed
        New limit.
    compliance : share
        Share of the change of the sign that drivers answer to: 0 nobody, 1 everybody.
    raise_lower : bool
        In documents `raise`: also raise limits that are lower today. False by default.
    """

    kind: Literal["speed_limit"] = "speed_limit"
    where: Where
    speed: Speed
    compliance: Share = DEFAULT_COMPLIANCE
    raise_lower: bool = Field(default=False, alias="raise")

    def selected(self, city: City) -> np.ndarray:
        """Links the measure is for, whether or not their limit changes; shape (links,).

        Raises
        ------
        PolicyError
            If there is none.
        """
        named = self.where.road_class or ()
        spared = [c for c in BY_NAME_ONLY if c not in named]
        selected = self.where.select(city) & ~np.isin(city.column("links.road_class").astype(str), spared)
        if not selected.any():
            raise PolicyError(
                f"`where` selects nothing but motorways and trunk roads of {city.title}, which change only by name",
                remedy='Add road_class = ["motorway", "trunk"] if they are meant',
            )
        return selected

    def changed(self, city: City) -> np.ndarray:
        """Links whose limit changes, shape (links,)."""
        today = city.column("links.speed_limit")
        differs = today - self.speed.value > _TOLERANCE
        if self.raise_lower:
            differs |= self.speed.value - today > _TOLERANCE
        return self.selected(city) & differs

    def edits(self, city: City) -> list[Change]:
        """Limits on the signs, and the limits drivers answer to."""
        return sign_edits(
            city.table("links"), self.changed(city), self.speed.value, self.compliance.value, self.label()
        )

    def agrees_with(self, other: Measure) -> bool:
        """Whether both put up the same sign and were written with the same compliance."""
        return (
            isinstance(other, SpeedLimit)
            and abs(self.speed.value - other.speed.value) <= _TOLERANCE
            and self.compliance.distribution == other.compliance.distribution
        )

    def label(self) -> str:
        """The sign and where it stands."""
        return (
            f"Speed limit {self.speed.in_words()} on {self.where.in_words('all roads but motorways and trunk roads')}"
        )

    def describe(self) -> str:
        """The sign, where it stands, and how drivers answer."""
        only = "also where the limit is lower today" if self.raise_lower else "where the limit is higher today"
        answered = self.compliance.in_words("the change of the sign")
        return f"{self.label()}, {only}; drivers answer to {answered}."

    def describe_on(self, city: City) -> list[str]:
        """Links and kilometres by their limit today."""
        links, rows = city.table("links"), self.changed(city)
        kept = int((self.selected(city) & ~rows).sum())
        has = f"{self.speed.in_words()}{'' if self.raise_lower else ' or less'} already"
        if not rows.any():
            return [f"No limit changes: {counted(kept, 'selected link')} of {city.title} at {has}."]
        sign, km = links["speed_limit"][rows], links["length"][rows] / 1000
        limits = sorted(set(sign.tolist()), key=lambda s: -km[sign == s].sum())
        parts = [f"{counted((sign == s).sum())} ({_km(km[sign == s].sum())}) from {s:g} km/h" for s in limits[:3]]
        rest = np.isin(sign, limits[3:])
        if rest.any():
            parts.append(f"{counted(rest.sum())} ({_km(km[rest].sum())}) from other limits")
        whole = f"{counted(rows.sum())}, {_km(km.sum())}"
        if len(limits) == 1:
            lines = [f"{whole}, from {limits[0]:g} km/h to {self.speed.in_words()}."]
        else:
            lines = [f"{whole}, to {self.speed.in_words()}: {', '.join(parts)}."]
        if kept:
            lines.append(f"No change on {counted(kept, 'selected link')}: at {has}.")
        guessed = np.isin(links["speed_limit_origin"][rows].astype(str), ("rule", "sketched"))
        if guessed.any():
            share = 100 * km[guessed].sum() / km.sum()
            lines.append(f"Note: on {share:.0f} % of these kilometres today's limit is filled by rule or sketched.")
        return lines


def sign_edits(links: Table, rows: np.ndarray, new: float, compliance: float, why: str) -> list[Change]:
    """Edits that put up one sign: limits on the signs, and the limits drivers answer to.

    Parameters
    ----------
    links : Table
    rows : ndarray of bool, shape (links,)
        Links whose sign changes.
    new : float
        km/h.
    compliance : float
        Share of the change of the sign that drivers answer to.
    why : str
    """
    if not rows.any():
        return []
    sign, answered = links["speed_limit"][rows], links["effective_speed_limit"][rows]
    after = answered + compliance * (new - answered)
    # a lower sign never makes anybody faster, nor a higher one slower
    after = np.where(new < sign, np.minimum(after, answered), np.maximum(after, answered))
    moved = np.abs(after - answered) > 0
    ids = links["link_id"][rows]
    edits: list[Change] = [Edit("links", "speed_limit", ids, np.full(len(ids), new), why, sign)]
    if moved.any():
        edits.append(Edit("links", "effective_speed_limit", ids[moved], after[moved], why, answered[moved]))
    return edits


def _km(length: float) -> str:
    return f"{length:,.0f} km" if length >= 10 else f"{length:.2g} km"
