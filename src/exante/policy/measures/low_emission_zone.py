"""`low_emission_zone`: vehicles below an emission standard may not drive in an area, or pay for the day."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import shapely
from pydantic import Field, model_validator

from exante.city import Append, City
from exante.policy.document import Part, counted, fault, in_list
from exante.policy.measures.access_charge import DEFAULT_MARGIN, Classes, Hours, Span
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.street_closure import joined
from exante.policy.uncertain import Charge, Length, Share, Uncertain
from exante.policy.where import Around, Where
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError
from exante.quantities.vehicle_kinds import STANDARDS, known_standards

Standard = Literal["euro0", "euro1", "euro2", "euro3", "euro4", "euro5", "euro6", "euro6d", "none"]

#: Oldest standards that the labels of Spain's traffic authority ask for (Orden PCI/810/2018): B is petrol Euro 3 and
#: diesel Euro 4, C petrol Euro 4 and diesel Euro 6; gas counts as petrol, 0 asks for a battery.
LABELS = {
    "B": {"petrol": "euro3", "diesel": "euro4", "gas": "euro3"},
    "C": {"petrol": "euro4", "diesel": "euro6", "gas": "euro4"},
    "0": {"petrol": "none", "diesel": "none", "gas": "none", "hybrid": "none"},
}

NOBODY = Uncertain(Distribution("value", (0.0,), 0.0, 0.0), "1", "1")


class Minimum(Part):
    """Oldest standard by fuel; a fuel that is left out may enter, `none` keeps all of its vehicles out."""

    petrol: Standard | None = None
    diesel: Standard | None = None
    gas: Standard | None = None
    hybrid: Standard | None = None

    def by_fuel(self) -> dict[str, str]:
        """Standards asked for, by fuel."""
        return {f: v for f in ("petrol", "diesel", "gas", "hybrid") if (v := getattr(self, f)) is not None}


class LowEmissionZone(Measure):
    """A low-emission zone.

    Parameters
    ----------
    name : str
        Of the zone; also of its ban.
    around : Around
        The area; a link belongs to it whose middle lies inside, farther than `margin` from the edge.
    dgt_label : str, optional
        `"B"`, `"C"` or `"0"`: the least label of Spain's traffic authority. Either this or `minimum`.
    minimum : Minimum, optional
        Oldest Euro standard by fuel.
    vehicles : list of str
        Classes that are asked for it.
    hours : str
        One span of hours.
    exempt : share
        Of the vehicles below the standard that may enter all the same, beyond the permits, free days and violations
        that the fleet model counts in any zone.
    charge : money, optional
        Price of a day for a vehicle below the standard; without it no day may be bought.
    free : Where, optional
        Links inside that all may use.
    margin : length
    motorways : bool
        Also on motorways and trunk roads. False by default: they pass through and are free.
    """

    kind: Literal["low_emission_zone"] = "low_emission_zone"
    name: str = Field(default="low-emission zone", min_length=1)
    around: Around
    dgt_label: Literal["B", "C", "0"] | None = None
    minimum: Minimum | None = None
    vehicles: Classes = ("car", "van", "truck")
    hours: Hours = (Span(0.0, 24.0),)
    exempt: Share = Field(default=NOBODY)
    charge: Charge | None = None
    free: Where | None = None
    margin: Length = DEFAULT_MARGIN
    motorways: bool = False

    @model_validator(mode="after")
    def _one_standard(self) -> LowEmissionZone:
        if (self.dgt_label is None) == (self.minimum is None):
            raise fault(
                "the standard is a label or a minimum by fuel",
                'Give dgt_label = "B", or minimum = { diesel = "euro5" }',
            )
        if self.minimum is not None and not self.minimum.by_fuel():
            raise fault(
                "the minimum names no fuel", 'Write for example minimum = { petrol = "euro3", diesel = "euro4" }'
            )
        if len(self.hours) != 1:
            raise fault("a low-emission zone has one span of hours", 'Write for example hours = "07:00-20:00"')
        return self

    def standards(self) -> dict[str, str]:
        """Oldest standard by fuel."""
        if self.minimum is not None:
            return self.minimum.by_fuel()
        assert self.dgt_label is not None
        return LABELS[self.dgt_label]

    def held(self, city: City) -> np.ndarray:
        """Links of the zone, shape (links,).

        Raises
        ------
        PolicyError
            If the area holds none.
        """
        links = city.table("links")
        area = shapely.buffer(self.around.area(city), -self.margin.value)
        shapely.prepare(area)
        middles = shapely.line_interpolate_point(links["geometry"], 0.5, normalized=True)
        inside = shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))
        inside &= np.array(["auto" in (uses or "") for uses in links["allowed_uses"]], dtype=bool)
        if not self.motorways:
            inside &= ~np.isin(links["road_class"].astype(str), ("motorway", "trunk"))
        if self.free:
            inside &= ~self.free.select(city)
        if not inside.any():
            raise PolicyError(
                f"no street of {city.title} lies in {self.around.in_words()}", remedy="Choose a larger area"
            )
        return inside

    def edits(self, city: City) -> list[Change]:
        """The ban and the standard of the vehicles it is for.

        Raises
        ------
        PolicyError
            If another low-emission zone is in force.
        """
        rows = {"bans": self._bans(city), "emission_standards": self._standard()}
        present = city.table("emission_standards")
        if present.rows:
            bans = city.rules.bans
            mine = bans["ban_id"] == self.name
            if all(np.array_equal(present[k], v) for k, v in rows["emission_standards"].items()) and all(
                np.array_equal(bans[k][mine], v) for k, v in rows["bans"].items()
            ):
                return []
            raise PolicyError(
                f"{city.title} has the low-emission zone '{present['ban_id'][0]}' already, and the models know one",
                where="table emission_standards",
                remedy="Write one zone whose area holds both",
            )
        return [Append(table, content, self.label()) for table, content in rows.items()]

    def _bans(self, city: City) -> dict[str, Any]:
        ids = city.column("links.link_id")[self.held(city)]
        count = len(ids) * len(self.vehicles)
        return {
            "ban_id": np.full(count, self.name, dtype=object),
            "link_id": np.concatenate([ids for _ in self.vehicles]),
            "vehicle_class": np.repeat(np.array(self.vehicles, dtype=object), len(ids)),
            "start_hour": np.full(count, self.hours[0].start),
            "end_hour": np.full(count, self.hours[0].end),
            "exempt_share": np.full(count, 1.0 if self._others(city) or self._cut_gates(city) else self.exempt.value),
        }

    def _others(self, city: City) -> list[str]:
        """Other bans in force; mobility knows one set of links and hours, and theirs stays."""
        bans = city.rules.bans
        rows = (bans["ban_id"] != self.name) & (bans["exempt_share"] < 1.0)
        return sorted(set(bans["ban_id"][rows].tolist()))

    def _cut_gates(self, city: City) -> list[str]:
        """Gates that a barred car could not pass: the zone is then too large for a walk from its edge."""
        if "gates" not in city.tables:
            return []
        links, gates = city.table("links"), city.table("gates")
        drives = np.array(["auto" in (uses or "") for uses in links["allowed_uses"]], dtype=bool)
        tail = city.table("nodes").positions(links["from_node_id"])
        head = city.table("nodes").positions(links["to_node_id"])
        count = city.table("nodes").rows
        before, after = (joined(tail[open_], head[open_], count) for open_ in (drives, drives & ~self.held(city)))
        ends = [city.table("nodes").positions(gates[f"{way}_node_id"]) for way in ("entry", "exit")]
        lost = np.any([before[at] & ~after[at] for at in ends], axis=0)
        return [str(name) for name in gates["name"][lost]]

    def _standard(self) -> dict[str, Any]:
        rows = [(v, f, m) for v in self.vehicles for f, m in self.standards().items()]
        return {
            "ban_id": np.full(len(rows), self.name, dtype=object),
            "vehicle_class": np.array([r[0] for r in rows], dtype=object),
            "fuel": np.array([r[1] for r in rows], dtype=object),
            "minimum_euro": np.array([r[2] for r in rows], dtype=object),
            "exempt_share": np.full(len(rows), self.exempt.value),
            "charge": np.full(len(rows), self.charge.value if self.charge else 0.0),
        }

    def label(self) -> str:
        """The zone."""
        return f"Low-emission zone in {self.around.in_words()}"

    def describe(self) -> str:
        """The area, the standard, the hours and who is exempt."""
        asked = in_list(
            f"{fuel} none" if least == "none" else f"{fuel} from Euro {least[4:]}"
            for fuel, least in self.standards().items()
        )
        who = in_list(f"{v}s" if v != "bus" else "buses" for v in self.vehicles)
        told = f"label {self.dgt_label} ({asked})" if self.dgt_label else asked
        paid = f"; others pay {self.charge.in_words()} a day" if self.charge else ""
        spared = (
            f"; exempt are {self.exempt.in_words('the vehicles below it')}" if self.exempt.distribution.high > 0 else ""
        )
        hours = str(self.hours[0]).replace("-", " to ")
        return f"{self.label()}: {who} need {told}, {hours}{paid}{spared}."

    def describe_on(self, city: City) -> list[str]:
        """Links and residents inside, and the published share of vehicles below the standard."""
        links, inside = city.table("links"), self.held(city)
        km = links["length"][inside].sum() / 1000.0
        lines = [f"{counted(inside.sum())} inside, {km:,.3g} km of {links['length'].sum() / 1000:,.4g} km."]
        fleet = city.table("fleet")
        below = self._below(fleet["vehicle_class"], fleet["fuel"], fleet["euro_class"])
        shares = [
            f"{100 * (fleet['share'] * below)[fleet['vehicle_class'] == v].sum():.0f} % of {v}s" for v in self.vehicles
        ]
        lines.append(
            f"Below the standard in the published fleet: {in_list(shares)}; groups that it cuts count in full."
        )
        others = self._others(city)
        if others:
            lines.append(
                f"Note: {city.title} has the ban '{others[0]}' already, and mobility knows one: "
                "the fleet changes, and those who would stay away drive on."
            )
        elif cut := self._cut_gates(city):
            lines.append(
                f"Note: the zone holds {counted(len(cut), 'road')} out of the city, too many for drivers to "
                "leave the car at its edge: the fleet changes, and those who would stay away drive on."
            )
        return lines

    def _below(self, vehicle: np.ndarray, fuel: np.ndarray, euro: np.ndarray) -> np.ndarray:
        asked = self.standards()
        found = []
        for v, f, e in zip(vehicle.tolist(), fuel.tolist(), euro.tolist(), strict=True):
            least, has = asked.get(f), known_standards(v, f, e)
            found.append(
                least is not None
                and (least == "none" or any(STANDARDS.index(s) < STANDARDS.index(least) for s in has if s != "none"))
            )
        return np.array(found, dtype=bool)
