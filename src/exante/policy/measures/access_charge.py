"""`access_charge`: a charge for driving into an area in some hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from exante.city import Append, City
from exante.policy.document import Part, any_of, as_names, counted, fault, in_list, nearest
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Charge, Length, Share, Uncertain
from exante.policy.where import Around, Where
from exante.quantities import vocabulary
from exante.quantities.distributions import Distribution
from exante.quantities.errors import MissingLayerError, PolicyError

#: A charge above this many euros a passage is said to be unusual: the highest urban charges known to
#: us (London, Stockholm, Singapore) are a few tens of euros a day.
UNUSUAL_CHARGE = 50.0

#: Junctions nearer to the edge of an area than this count as outside: more than the width of a ring
#: boulevard with two carriageways and a tree-lined middle, less than a block.
DEFAULT_MARGIN = Uncertain(Distribution("value", (50.0,), 50.0, 50.0), "m", "m")

#: Classes that carry traffic past an area rather than into it.
MAIN_ROADS = ("trunk", "primary")

_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_HOURS_HOW = 'Write for example hours = "07:30-19:00", or a list of such spans that do not overlap'


@dataclass(frozen=True)
class Span:
    """Charged hours of a day, `start` < `end`, as a document writes them."""

    start: float
    end: float

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def _read_hours(given: object) -> tuple[Span, ...]:
    if isinstance(given, tuple) and all(isinstance(span, Span) for span in given):
        return given
    spans: list[Span] = []
    for text in as_names(given):
        found = _TIMES.fullmatch(text.strip())
        if not found:
            raise fault(f"'{text}' are not hours of a day", _HOURS_HOW)
        a, b, c, d = (int(n) for n in found.groups())
        start, end = a + b / 60, c + d / 60
        if b > 59 or d > 59 or start >= 24 or end > 24 or start == end:
            raise fault(f"'{text}' are not hours of a day", _HOURS_HOW)
        spans += [Span(start, end)] if start < end else [Span(start, 24.0), Span(0.0, end)]
    spans = [span for span in sorted(spans, key=lambda s: s.start) if span.end > span.start]
    for earlier, later in pairwise(spans):
        if later.start < earlier.end:
            raise fault(f"the hours {earlier} and {later} overlap", _HOURS_HOW)
    return tuple(spans)


def _read_classes(given: object) -> tuple[str, ...]:
    known = vocabulary.get("tolls.vehicle_class").one_of
    names = as_names(given)
    lost = [name for name in names if name not in known]
    if lost:
        raise fault(f"there is no vehicle class {any_of(lost)}", nearest(lost, known, noun="Vehicle classes"))
    return tuple(dict.fromkeys(names))


def _read_scheme(given: object) -> str:
    if given == "area":
        raise fault(
            "the scheme 'area' (a day's licence for all who drive inside) is not modelled yet",
            'Use scheme = "cordon", in which each entry pays and trips that stay inside do not',
        )
    if given != "cordon":
        raise fault(f"there is no scheme {given!r}", 'Use scheme = "cordon"')
    return str(given)


Hours = Annotated[
    tuple[Span, ...],
    BeforeValidator(_read_hours),
    PlainSerializer(lambda spans: [str(span) for span in spans], return_type=list),
]
Classes = Annotated[tuple[str, ...], BeforeValidator(_read_classes)]


class Exempt(Part):
    """Vehicles that pass without paying, as shares of the passages in charged hours.

    Parameters
    ----------
    residents : share
        Passages by exempt residents of the area.
    electric : share
        Passages by electric vehicles; `electric_from_fleet = true` takes the share from the city's fleet.
    electric_from_fleet : bool
        Exempt the electric share of the city's fleet, by vehicle class.
    other : share
        All others: disabled persons, taxis, services.
    """

    residents: Share | None = None
    electric: Share | None = None
    electric_from_fleet: bool = False
    other: Share | None = None

    @model_validator(mode="after")
    def _one_electric(self) -> Exempt:
        if self.electric is not None and self.electric_from_fleet:
            raise fault("electric vehicles are exempted twice", "Keep either electric or electric_from_fleet")
        if not self.in_words():
            raise fault(
                "exempt names nobody", "Give residents, electric, electric_from_fleet or other, or leave it out"
            )
        return self

    def share(self, city: City, vehicle_class: str) -> float:
        """Share of the class's passages that do not pay; the groups are taken as independent."""
        shares = [s.value for s in (self.residents, self.electric, self.other) if s is not None]
        if self.electric_from_fleet:
            shares.append(_electric_share(city, vehicle_class))
        return float(1 - np.prod([1 - s for s in shares]))

    def in_words(self) -> str:
        """Who does not pay."""
        groups = [
            f"{name}: {share.in_words('passages')}"
            for name, share in (
                ("residents", self.residents),
                ("electric vehicles", self.electric),
                ("others", self.other),
            )
            if share is not None
        ]
        if self.electric_from_fleet:
            groups.append("electric vehicles: their share in the city's fleet")
        return in_list(groups) if groups else ""


def _electric_share(city: City, vehicle_class: str) -> float:
    fleet = city.table("fleet")
    rows = fleet["vehicle_class"] == vehicle_class
    if not rows.any():
        raise MissingLayerError(
            f"the fleet of {city.title} has no {vehicle_class}, so its electric share is not known",
            where="table fleet",
            remedy="Add the class to the fleet, or write exempt = { electric = 0.05 } with the share itself",
        )
    total = fleet["share"][rows].sum()
    return float(fleet["share"][rows & (fleet["fuel"] == "electric")].sum() / total)


class AccessCharge(Measure):
    """A charge for each passage across the edge of an area.

    Parameters
    ----------
    name : str
        Name of the charge in the city's rules.
    scheme : str
        `"cordon"`: each passage across the edge pays.
    around : Around
        The area.
    direction : str
        `"in"` (default), `"out"` or `"both"`.
    hours : str or list of str
        Charged hours, `"07:30-19:00"`; a span over midnight is split.
    days : str
        `"working days"` or `"every day"`; models forecast a working day.
    vehicles : list of str
        Vehicle classes that pay.
    amount : money
        Charge for each passage, in EUR.
    exempt : Exempt
        Who passes without paying.
    margin : length
        Junctions nearer to the edge than this count as outside, so that a boulevard that follows the edge,
        and crosses it here and there on the map, stays free. 50 m where the document says nothing.
    free : Where
        Links whose junctions count as outside: a ring road inside the edge that may be used without paying.
    motorways : bool
        Also charge motorways that pass through the area. False by default: the edge is then crossed
        where traffic leaves the motorway for a street inside.
    """

    kind: Literal["access_charge"] = "access_charge"
    name: str = Field(default="access charge", min_length=1)
    scheme: Annotated[str, BeforeValidator(_read_scheme)] = "cordon"
    around: Around
    direction: Literal["in", "out", "both"] = "in"
    hours: Hours
    days: Literal["working days", "every day"] = "working days"
    vehicles: Classes = ("car", "van", "truck")
    amount: Charge
    exempt: Exempt | None = None
    margin: Length = DEFAULT_MARGIN
    free: Where | None = None
    motorways: bool = False

    def charged(self, city: City) -> np.ndarray:
        """Links that cross the edge of the area in a charged direction, shape (links,).

        Raises
        ------
        PolicyError
            If none does.
        """
        nodes, links = city.table("nodes"), city.table("links")
        area = shapely.buffer(self.around.area(city), -self.margin.value)
        shapely.prepare(area)
        inside = shapely.contains_xy(area, shapely.get_x(nodes["geometry"]), shapely.get_y(nodes["geometry"]))
        tail, head = nodes.positions(links["from_node_id"]), nodes.positions(links["to_node_id"])
        open_to_cars = np.array(["auto" in (uses or "") for uses in links["allowed_uses"]], dtype=bool)
        if not self.motorways:
            street = open_to_cars & ~np.isin(links["road_class"].astype(str), ("motorway", "trunk"))
            on_street = np.zeros(nodes.rows, dtype=bool)
            on_street[tail[street]] = on_street[head[street]] = True
            inside &= on_street
        if self.free:
            passing = self.free.select(city)
            inside[tail[passing]] = inside[head[passing]] = False
        enters = ~inside[tail] & inside[head]
        leaves = inside[tail] & ~inside[head]
        crosses = {"in": enters, "out": leaves, "both": enters | leaves}[self.direction] & open_to_cars
        if not crosses.any():
            raise PolicyError(
                f"no street of {city.title} crosses the edge of {self.around.in_words()}, so nobody would pay",
                remedy=f"Choose one with junctions outside and further than {self.margin.in_words()} inside its edge",
            )
        return crosses

    def edits(self, city: City) -> list[Change]:
        """Rows of the table of charges; none where the same charge is in force already."""
        rows = self._rows(city)
        tolls = city.rules.tolls
        present = tolls["toll_id"] == self.name if tolls.rows else np.zeros(0, dtype=bool)
        if present.any():
            if all(np.array_equal(tolls[key][present], values) for key, values in rows.items()):
                return []
            raise PolicyError(
                f"{city.title} has another charge called '{self.name}' already",
                where="table tolls",
                remedy="Give this one another name",
            )
        return [Append("tolls", rows, self.label())]

    def _rows(self, city: City) -> dict[str, Any]:
        ids = city.column("links.link_id")[self.charged(city)]
        combinations = [(vehicle, span) for vehicle in self.vehicles for span in self.hours]
        exempt = {v: self.exempt.share(city, v) if self.exempt else 0.0 for v in self.vehicles}
        count = len(ids)
        rows: dict[str, Any] = {
            "toll_id": np.full(count * len(combinations), self.name, dtype=object),
            "link_id": np.concatenate([ids for _ in combinations]),
            "vehicle_class": np.repeat(np.array([v for v, _ in combinations], dtype=object), count),
            "start_hour": np.repeat([span.start for _, span in combinations], count),
            "end_hour": np.repeat([span.end for _, span in combinations], count),
            "amount": np.full(count * len(combinations), self.amount.value),
            "exempt_share": np.repeat([exempt[v] for v, _ in combinations], count),
        }
        return rows

    def label(self) -> str:
        """The charge and its area."""
        way = {"in": "entering", "out": "leaving", "both": "entering or leaving"}[self.direction]
        return f"Charge of {self.amount.in_words()} for {way} {self.around.in_words()}"

    def describe(self) -> str:
        """The charge, its area, hours, vehicles and exemptions."""
        who = in_list(f"{vehicle}s" if vehicle != "bus" else "buses" for vehicle in self.vehicles)
        hours = in_list(str(span).replace("-", " to ") for span in self.hours)
        stays = f". Free to use: {self.free.in_words()}" if self.free else ""
        free = f". Exempt are {self.exempt.in_words()}" if self.exempt else ""
        return f"{self.label()}, by {who}, {hours} on {self.days}, paid at each passage{stays}{free}."

    def describe_on(self, city: City) -> list[str]:
        """Charged links, and what a reader has to know."""
        rows = self.charged(city)
        names = city.table("links")["name"][rows] if "name" in city.table("links") else np.empty(0)
        streets = list(dict.fromkeys(n for n in names if n))
        shown = f", among them {in_list(streets[:3])}" if streets else ""
        lines = [f"Charged: {counted(rows.sum())} across the edge of {self.around.in_words()}{shown}."]
        main = rows & np.isin(city.column("links.road_class").astype(str), MAIN_ROADS) & ~city.column("links.ramp")
        if main.any():
            lines.append(self._main_roads_note(city, rows, main))
        if self.exempt:
            shares = {v: self.exempt.share(city, v) for v in self.vehicles}
            lines.append(
                "Not paying: " + ", ".join(f"{100 * share:.0f} % of {v} passages" for v, share in shares.items()) + "."
            )
        if self.amount.value > UNUSUAL_CHARGE:
            lines.append(f"Note: a charge above {UNUSUAL_CHARGE:g} EUR a passage is outside what cities have tried.")
        others = sorted({t for t in city.rules.tolls["toll_id"] if t != self.name}) if city.rules.tolls.rows else []
        if others:
            lines.append(f"Note: {city.title} has the charge '{others[0]}' already; where both apply, both are paid.")
        return lines

    def _main_roads_note(self, city: City, charged: np.ndarray, main: np.ndarray) -> str:
        links = city.table("links")
        names = [n for n in dict.fromkeys(links["name"][main].tolist()) if n] if "name" in links else []
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        shown = f" ({in_list(names[:3]) if not more else ', '.join(names[:3]) + more})" if names else ""
        one = int(main.sum()) == 1
        told = f"{int(main.sum()):,} of {counted(charged.sum(), 'charged link')}"
        return (
            f"Note: {told} {'is a main road' if one else 'are main roads'}{shown}: "
            f"list {'it' if one else 'them'} under `free` if a ring road should stay free."
        )
