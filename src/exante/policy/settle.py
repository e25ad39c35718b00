"""People and jobs that come to zones and leave others: edits whose totals are conserved, for measures that build."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from exante.city import Add, Append, City, Edit, Scale
from exante.policy.uncertain import Uncertain
from exante.policy.where import Around
from exante.quantities.errors import PolicyError

Change = Edit | Append | Scale | Add

#: Columns of zones that come with residents, in the city's proportions.
RESIDENTS = ("population", "employed", "students", "households")
#: Where those who come are from, and where those who are displaced go.
FROM = {"outside": "from outside the city", "city": "from all zones of the city in proportion"}
CUBE = ("age", "sex", "income_band", "car", "household_size")


def is_nothing(number: Uncertain) -> bool:
    """Whether a number of a document is zero in every draw."""
    return number.distribution.known and number.value == 0.0


def number_in_words(number: Uncertain) -> str:
    """A number of homes, jobs or trees in words.

    Examples
    --------
    >>> from exante.quantities.distributions import Distribution
    >>> number_in_words(Uncertain(Distribution("value", (5000.0,)), "1", "1"))
    '5,000'
    """
    if number.resolved:
        return f"{number.value:,.10g}"
    low, middle, high = (float(number.distribution.quantile(q)) for q in (0.05, 0.5, 0.95))
    return f"{middle:,.3g} (90 % between {low:,.3g} and {high:,.3g})"


def chosen_zones(city: City, where: Around) -> np.ndarray:
    """Rows of the zones whose middle lies inside; if there is none, of the one that holds the area's middle.

    Raises
    ------
    PolicyError
        If the area lies outside all zones.
    """
    shapes, area = city.column("zones.geometry"), where.area(city)
    middles = shapely.point_on_surface(shapes)
    inside = np.flatnonzero(shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles)))
    if not inside.size:
        inside = np.flatnonzero(shapely.intersects(shapes, shapely.point_on_surface(area)))[:1]
    if not inside.size:
        raise PolicyError(
            f"{where.in_words()} lies in no zone of {city.title}", remedy="Choose a place inside the city's zones"
        )
    return inside


def shares(city: City, rows: np.ndarray) -> np.ndarray:
    """How an amount is divided among zones: by their area, sums to one, shape (rows,)."""
    area = city.column("zones.area")[rows]
    return np.asarray(area / area.sum())


def residents(city: City) -> dict[str, float]:
    """Totals of the columns that come with residents, those that the city has."""
    zones = city.table("zones")
    held = {c: float(np.nansum(zones[c])) for c in RESIDENTS if c in zones}
    if not held.get("population"):
        raise PolicyError(f"nobody lives in {city.title}", remedy="A city without residents has no composition")
    return held


def settle(city: City, rows: np.ndarray, persons: float, source: str, why: str) -> list[Change]:
    """Residents of the city's mean composition come to zones, by area.

    Parameters
    ----------
    city : City
    rows : ndarray of int
        Zones that they come to.
    persons : float
    source : str
        `"outside"`: the city grows by as many; `"city"`: every zone gives the same share of its own residents, so that
        all totals stay.
    why : str

    Returns
    -------
    list
        Edits of `zones` (relative; they commute) and, where the city has it, of the cube of people.
    """
    totals, ids, part = residents(city), city.column("zones.zone_id"), shares(city, rows)
    rate = persons / totals["population"]
    edits: list[Change] = [
        Add("zones", column, ids[rows], rate * total * part, why) for column, total in totals.items()
    ]
    if source == "city":
        edits += [Add("zones", c, ids, -rate * np.nan_to_num(city.column(f"zones.{c}")), why) for c in totals]
    edits += _means(city, rows, persons * part, why)
    if "people" in city.tables:
        edits += _cube(city, rows, rate * part, source, rate, why)
    return edits


def _means(city: City, rows: np.ndarray, coming: np.ndarray, why: str) -> list[Change]:
    """Means of zones (cars, income) after people of the city's mean have come; they do not undo each other."""
    zones, found = city.table("zones"), list[Change]()
    people = zones["population"]
    for column in ("car_availability", "income"):
        if column not in zones:
            continue
        value = zones[column]
        known = np.isfinite(value) & (people > 0)
        if not known.any():
            continue
        mean = float(value[known] @ people[known] / people[known].sum())
        used = np.flatnonzero(known[rows] & (value[rows] > 0))
        own, stay, come = value[rows][used], people[rows][used], coming[used]
        factor = (stay * own + come * mean) / ((stay + come) * own)
        if used.size:
            found.append(Scale("zones", column, "zone_id", zones["zone_id"][rows][used], factor, why))
    return found


def _cube(city: City, rows: np.ndarray, rate: np.ndarray, source: str, leaving: float, why: str) -> list[Change]:
    table, ids = city.table("people"), city.column("zones.zone_id")
    labels = np.array(["\t".join(cell) for cell in zip(*(table[c].astype(str) for c in CUBE), strict=True)])
    cells, at = np.unique(labels, return_inverse=True)
    persons = np.bincount(at, table["persons"])
    split = np.array([cell.split("\t") for cell in cells], dtype=object)
    columns: Mapping[str, np.ndarray] = {
        "zone_id": np.repeat(ids[rows], len(cells)),
        **{c: np.tile(split[:, k], len(rows)) for k, c in enumerate(CUBE)},
        "persons": np.outer(rate, persons).ravel(),
    }
    edits: list[Change] = []
    if source == "city":
        held = np.unique(table["zone_id"].astype(str))
        edits.append(Scale("people", "persons", "zone_id", held, np.asarray(1.0 - leaving), why))
    return [*edits, Append("people", columns, why)]


def employ(city: City, rows: np.ndarray, jobs: float, source: str, why: str, column: str = "jobs") -> list[Change]:
    """Jobs (or another column of zones) come to zones by area, from outside or from all zones in proportion."""
    ids, held = city.column("zones.zone_id"), np.nan_to_num(city.column(f"zones.{column}"))
    edits: list[Change] = [Add("zones", column, ids[rows], jobs * shares(city, rows), why)]
    if source == "city":
        edits.append(Add("zones", column, ids, -jobs / held.sum() * held, why))
    return edits


def dwellings(city: City, rows: np.ndarray, floor_area: float, why: str) -> list[Change]:
    """Floor area of large blocks of the newest kind and the best envelope, where the city has a stock of buildings."""
    if "building_stock" not in city.tables or floor_area <= 0:
        return []
    kinds = city.table("archetypes")
    blocks = np.flatnonzero(kinds["size_class"].astype(str) == "AB")
    if not blocks.size:
        return []
    best = blocks[np.lexsort((kinds["state"][blocks], kinds["year_from"][blocks]))[-1]]
    ids = [f"{zone} {kinds['archetype_id'][best]}" for zone in city.column("zones.zone_id")[rows]]
    known = set(city.column("building_stock.stock_id").astype(str))
    have = np.array([i in known for i in ids])
    if not have.all():
        raise PolicyError(
            f"the stock of buildings of {city.title} has no row for new blocks in zone "
            f"{city.column('zones.zone_id')[rows][~have][0]}",
            remedy="Build the city again",
        )
    return [Add("building_stock", "floor_area", np.array(ids, dtype=object), floor_area * shares(city, rows), why)]
