"""`transit_line`: a new line of public transport, drawn by its stops."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import BeforeValidator, Field, PlainSerializer

from exante.city import Append, City
from exante.policy.document import fault
from exante.policy.measures.access_charge import Hours, Span
from exante.policy.measures.base import Change, Measure
from exante.policy.outline import project
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.errors import PolicyError

#: Farthest that a stop may lie outside the box around the city's streets, m.
MARGIN = 1000.0
_HOW = "Write stops = [[11.343, 44.506], [11.346, 44.511]]: longitude first, then latitude, in degrees"

Commercial = Annotated[Uncertain, Wanted("speed", "km/hour", 5, 120, '{ value = 18, unit = "km/hour" }')]
Headway = Annotated[Uncertain, Wanted("headway", "minute", 1, 240, '{ value = 5, unit = "minute" }')]


def _read_stops(given: object) -> tuple[tuple[float, float], ...]:
    try:
        places = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        places = np.empty(0)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) < 2 or not np.isfinite(places).all():
        raise fault("stops are a list of at least two [longitude, latitude]", _HOW)
    if (np.abs(places) > (180.0, 90.0)).any():
        raise fault("a stop is not in degrees of longitude and latitude", _HOW)
    if (np.diff(places, axis=0) == 0).all(axis=1).any():
        raise fault("a stop is written twice in a row", "Leave one of them out")
    return tuple((float(x), float(y)) for x, y in places)


Stops = Annotated[
    tuple[tuple[float, float], ...],
    BeforeValidator(_read_stops),
    PlainSerializer(lambda stops: [list(stop) for stop in stops], return_type=list),
]


class TransitLine(Measure):
    """A line that runs both ways between stops at a given speed and headway.

    Parameters
    ----------
    name : str
        Name of the line.
    mode : str
        `tram` (default), `bus`, `metro`, `train`, `funicular` or `cable_car`.
    stops : list of [longitude, latitude]
        In order, in degrees (EPSG:4326).
    speed : speed
        Commercial speed, stops included.
    headway : time
        Between two departures in one direction.
    hours : str or list of str
        Hours of service; 05:00-24:00 where the document says nothing.
    detour : float
        Length of the line over the straight lines between its stops; 1.1 where the document says nothing.
    """

    kind: Literal["transit_line"] = "transit_line"
    name: str = Field(min_length=1)
    mode: Literal["bus", "metro", "tram", "train", "funicular", "cable_car"] = "tram"
    stops: Stops
    speed: Commercial
    headway: Headway
    hours: Hours = (Span(5.0, 24.0),)
    detour: float = Field(default=1.1, ge=1.0, le=3.0)

    def places(self, city: City) -> np.ndarray:
        """Stops in the reference system of the city, shape (stops, 2).

        Raises
        ------
        PolicyError
            If a stop lies outside the city.
        """
        xy = shapely.get_coordinates(project(shapely.multipoints(self.stops), "EPSG:4326", city.crs))
        west, south, east, north = shapely.total_bounds(city.column("links.geometry"))
        out = (xy < np.array([west, south]) - MARGIN).any(axis=1) | (xy > np.array([east, north]) + MARGIN).any(axis=1)
        if out.any():
            k = int(np.flatnonzero(out)[0])
            raise PolicyError(
                f"stop {k + 1} of the line {self.name}, at {list(self.stops[k])}, lies outside {city.title}",
                where="transit_line",
                remedy=_HOW,
            )
        return xy

    def kilometres(self, city: City) -> np.ndarray:
        """Kilometres of line from the first stop to each, shape (stops,)."""
        hops = np.hypot(*np.diff(self.places(city), axis=0).T) * self.detour / 1000.0
        return np.concatenate([[0.0], np.cumsum(hops)])

    def edits(self, city: City) -> list[Change]:
        """The line, its stops, its calls both ways and its headways.

        Raises
        ------
        PolicyError
            If a stop lies outside the city, or the city has a line of that name from another measure.
        """
        route, why, n = f"drawn:{self.name}", self.label(), len(self.stops)
        if "routes" in city.tables and route in city.column("routes.route_id").tolist():
            raise PolicyError(f"there are two lines '{self.name}'", where="transit_line", remedy="Rename one of them")
        xy, km = self.places(city), self.kilometres(city)
        seconds = km / self.speed.value * 3600.0
        ids = [f"{route}:{k + 1}" for k in range(n)]
        routes: dict[str, Any] = {
            "route_id": [route],
            "name": [self.name],
            "mode": [self.mode],
            "operator": ["policy"],
            "geometry": np.array([shapely.LineString(xy)], dtype=object),
        }
        stops: dict[str, Any] = {
            "stop_id": ids,
            "name": [f"{self.name}, stop {k + 1}" for k in range(n)],
            "geometry": shapely.points(xy),
        }
        calls: dict[str, Any] = {
            "route_id": [route] * (2 * n),
            "direction": np.repeat([0, 1], n),
            "sequence": np.tile(np.arange(1, n + 1), 2),
            "stop_id": [*ids, *reversed(ids)],
            "time": np.concatenate([seconds, (seconds[-1] - seconds)[::-1]]),
            "origin": ["drawn"] * (2 * n),
        }
        spans = [(way, span) for way in (0, 1) for span in self.hours]
        headways: dict[str, Any] = {
            "route_id": [route] * len(spans),
            "direction": [way for way, _ in spans],
            "start_hour": [span.start for _, span in spans],
            "end_hour": [span.end for _, span in spans],
            "headway": [60.0 * self.headway.value] * len(spans),
            "origin": ["drawn"] * len(spans),
        }
        tables = {"stops": stops, "routes": routes, "route_stops": calls, "headways": headways}
        return [Append(table, rows, why) for table, rows in tables.items()]

    def label(self) -> str:
        """The line."""
        return f"New {self.mode.replace('_', ' ')} line {self.name}"

    def describe(self) -> str:
        """Stops, speed and headway."""
        return (
            f"{self.label()}: {len(self.stops)} stops, {self.speed.in_words()} with stops, a departure every "
            f"{self.headway.in_words()} in each direction."
        )

    def describe_on(self, city: City) -> list[str]:
        """Length, minutes from end to end, and what the line does not do."""
        km = float(self.kilometres(city)[-1])
        return [
            f"{km:.3g} km from end to end in {km / self.speed.value * 60.0:.0f} minutes.",
            f"Note: the other lines of {city.title} stay as they are, and no street loses a lane for it.",
        ]
