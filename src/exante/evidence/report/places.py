"""The report's sections on where: streets that gain and lose traffic, zones and groups that gain and lose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from exante.evidence.report import words
from exante.evidence.report.digest import Spread, agreed, paired
from exante.evidence.report.groups import Group, find_largest_loser, list_groups, noise_per_resident, positions
from exante.evidence.report.map import ZONE_STARTS, Frame, Pin, Scale, link_map, zone_map
from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, level_decimals, number, significant, unit_words
from exante.evidence.report.streets import (
    CLASSES,
    LEAST_CHANGE,
    LEAST_SHARE,
    ClassChange,
    Sections,
    Street,
    agreement_words,
    find_displacement,
    list_classes,
    list_speeds,
    list_streets,
    read_sections,
)

#: Shares below this are told as none.
NOTHING = 0.0005
#: Digits that a row may have beyond its column's before it says nothing.
MORE_DIGITS = 2
INTERVAL = f"90{FIXED}% interval"


def districts(city: Any) -> list[tuple[str, shapely.Geometry]]:
    """Name and polygon of each district: the city's own, else its zones put together."""
    areas = city.tables.get("areas")
    if areas is not None and (areas["kind"] == "district").any():
        own = areas["kind"] == "district"
        return sorted(zip(areas["name"][own].tolist(), areas["geometry"][own], strict=True), key=lambda d: d[0])
    zones = city.table("zones")
    names = sorted(set(zones["district"].tolist()))
    return [(name, shapely.union_all(zones["geometry"][zones["district"] == name])) for name in names]


def frame_of(city: Any) -> Frame:
    """The drawing's frame: all zones and the streets near them."""
    return Frame.of(shapely.total_bounds(city.table("zones")["geometry"]))


def shared_decimals(spreads: Sequence[Spread]) -> int:
    """Decimals for a column: those that the widest interval deserves."""
    return min((decimals_of(s.low, s.high) for s in spreads if np.ptp(s.draws)), default=0)


def spread_cells(spread: Spread, decimals: int | None = None) -> tuple[str, str, str]:
    """Mean change, interval and agreeing draws of an item, as table cells.

    A row that its column's digits would show as nothing but zeros has up to two more.
    """
    if not spread.draws.any():
        return "0", "in every draw", "–"
    if abs(spread.mean) <= spread.noise:
        return words.NO_EFFECT, "–", "–"
    places = decimals_of(spread.low, spread.high) if decimals is None else decimals
    for more in range(places, places + 1 + MORE_DIGITS):
        if any(round(value, more) for value in (spread.mean, spread.low, spread.high)):
            return (
                number(spread.mean, more, signed=True),
                interval(spread.low, spread.high, more, signed=True),
                f"{spread.agreeing}{FIXED}of{FIXED}{len(spread.draws)}",
            )
    return words.NO_EFFECT, "–", "–"


def legend(scale: Scale, unit: str, below: tuple[str, str], above: tuple[str, str], none: str) -> Markup:
    """The classes of a map with their numbers; `below` and `above` are (style, words)."""
    places = significant(scale.starts[0], 1) if scale.starts else 0
    bands = [number(start, places) for start in scale.starts]
    steps = [f"{a} to {b}" for a, b in itertools.pairwise(bands)] + ([f"over {bands[-1]}"] if bands else [])
    items = []
    for (style, said), order in ((below, reversed(list(enumerate(steps, 1)))), (above, enumerate(steps, 1))):
        items.append(element("li", element("b", said)))
        items += [element("li", element("i", class_=f"swatch {style}-{grade}"), step) for grade, step in order]
    under = f", or the change is below {bands[0]}" if bands and none == "street" else ""
    items.append(element("li", element("i", class_=f"swatch {none}"), f"no colour: draws disagree on the sign{under}"))
    return element("ul", element("li", unit, class_="unit"), *items, class_="legend")


def traffic(forecast: Any, stamp: str, credit: str) -> Markup:
    """Map of the change of traffic, streets that gain and lose, displaced traffic, road classes."""
    sections = read_sections(forecast)
    gaining, losing = list_streets(sections)
    sizes = np.abs(sections.mean[sections.sign != 0])
    scale = Scale.of(sizes)
    classes = scale.classes(sections.mean, sections.sign)
    frame = frame_of(forecast.city)
    inside = _within(sections, forecast.city)
    pins = [Pin(str(i), "less", s.middle) for i, s in enumerate(losing, len(gaining) + 1)]
    pins += [Pin(str(i), "more", s.middle) for i, s in enumerate(gaining, 1)]
    more, less = (float(sections.length[np.sign(classes) == s].sum()) for s in (1, -1))
    said = (
        f"Traffic rises on {number(more, 0)} km and falls on {number(less, 0)} km of the "
        f"{number(float(sections.length.sum()), -1)} km "
        f"of streets; elsewhere the draws disagree or the change is too small to tell. "
        "Numbers mark the streets of the tables."
    )
    drawing = link_map(
        frame,
        sections.geometry[inside],
        classes[inside],
        districts(forecast.city),
        pins,
        title=f"Change of traffic by street in {forecast.city.title}",
        description=said,
        stamp=stamp,
    )
    key = legend(scale, "vehicles a day, both directions", ("less", "less traffic"), ("more", "more traffic"), "street")
    caption = element("figcaption", f"{said} Coloured only where {agreement_words(forecast.draws)}. {credit}")
    return join(
        [
            element("figure", key, drawing, caption, class_="wide"),
            element(
                "p",
                f"Changes below {LEAST_CHANGE:g} vehicles a day or {100 * LEAST_SHARE:g}{FIXED}% of a section "
                "are not told. A street's change is the mean over its length, both directions together; "
                "streets are ranked by vehicle-km.",
                class_="note",
            ),
            element(
                "div",
                _streets(gaining, 1, "Streets that gain traffic"),
                _streets(losing, len(gaining) + 1, "Streets that lose traffic"),
                class_="pair",
            ),
            element("h3", "Where displaced traffic goes"),
            element("p", displacement_words(sections, gaining)),
            _classes(list_classes(sections)),
            _speeds(list_speeds(forecast)),
        ]
    )


def _within(sections: Sections, city: Any) -> np.ndarray:
    """Sections inside the frame; those that cross its edge are left whole."""
    left, bottom, right, top = shapely.total_bounds(city.table("zones")["geometry"])
    box = shapely.box(left, bottom, right, top)
    return np.asarray(shapely.intersects(sections.geometry, box))


def _streets(streets: Sequence[Street], first: int, caption: str) -> Markup:
    if not streets:
        return element("p", f"{caption}: none with a name on which the draws agree.")
    heads = ("Street", "Before", "Change", INTERVAL, "Draws")
    rows = []
    places = min(shared_decimals([street.change for street in streets]), 0)
    for i, street in enumerate(streets, first):
        change, low_high, draws = spread_cells(street.change, places)
        style = "more" if street.distance > 0 else "less"
        kind = "" if street.name.startswith("Unnamed") else f"{CLASSES[street.road_class]}, "
        name = join(
            [
                element("b", str(i), class_=f"number {style}"),
                " ",
                street.name,
                element("small", f"{kind}{number(street.km, 1)} km"),
            ]
        )
        rows.append((name, number(street.baseline, places), change, low_high, draws))
    return table(heads, rows, f"{caption}, vehicles a day", class_="numeric")


def displacement_words(sections: Sections, gaining: Sequence[Street]) -> str:
    """Where traffic goes that leaves streets, numbers first."""
    found = find_displacement(sections)
    if found is None:
        return (
            "Traffic does not fall on some streets and rise on others in enough draws: nothing can be called displaced."
        )
    back = Spread(100 * found.returned.draws)
    digits = max(0, min(decimals_of(back.low, back.high), 1))
    share = f"{number(back.mean, digits)} ({INTERVAL} {interval(back.low, back.high, digits)})"
    places = max(0, min(decimals_of(100 * found.local.low, 100 * found.local.high) - 1, 1))
    low_high = interval(100 * found.local.low, 100 * found.local.high, places)
    local = f"{number(100 * found.local.mean, places)}{FIXED}% ({INTERVAL} {low_high}{FIXED}%)"
    if found.local.high < NOTHING:
        local = "none"
    total, total_range, _ = spread_cells(found.total)
    names = ", ".join(street.name for street in gaining[:3])
    first = f" Of the streets on which the draws agree, most goes to {names}." if names else ""
    return (
        f"For every 100 vehicle-km that leave sections with less traffic, {share} are added on sections with more; "
        f"the balance is the change of all kilometres, {total} vehicle-km a day ({INTERVAL} {total_range}). "
        f"{local} of what is added is on residential and living streets.{first} Counted in each draw over all "
        "sections, from policy less baseline; what the computation leaves of noise on single sections is on both sides."
    )


def _classes(changes: Sequence[ClassChange]) -> Markup:
    rows = []
    for change in changes:
        cells = spread_cells(change.change)
        places = min(decimals_of(change.change.low, change.change.high), 0)
        places = level_decimals(change.baseline, places)
        rows.append(
            (
                CLASSES[change.road_class].capitalize(),
                f"{number(change.km, 0)} km",
                number(change.baseline, places),
                *cells,
            )
        )
    heads = ("Road class", "Length", "Before", "Change", INTERVAL, "Draws")
    return table(heads, rows, "Traffic by road class, vehicle-km a day", class_="numeric")


def _speeds(changes: Sequence[ClassChange]) -> Markup:
    places = max(shared_decimals([change.change for change in changes]), 0)
    rows = [
        (
            CLASSES[change.road_class].capitalize(),
            number(change.baseline, min(places, 1)),
            *spread_cells(change.change, places),
        )
        for change in changes
    ]
    heads = ("Road class", "Before", "Change", INTERVAL, "Draws")
    return table(heads, rows, "Speed in the morning peak by road class, km/h, mean over length", class_="numeric")


def people(forecast: Any, stamp: str, credit: str) -> Markup:
    """Map of the change of surplus by zone, districts and income groups, zones that gain and lose."""
    zones = forecast.city.table("zones")
    change = paired(forecast.zones, "zone_surplus")[:, positions(forecast.zones, "zone", zones["zone_id"])]
    residents = zones["population"]
    lived = residents > 0
    each = np.divide(change, residents, out=np.zeros_like(change), where=lived)
    sign = np.where(lived, agreed(each, noise_per_resident(forecast)), 0)
    scale = Scale.of(np.abs(each.mean(axis=0)[sign != 0]), ZONE_STARTS)
    classes = scale.classes(each.mean(axis=0), sign)
    unit = unit_words("EUR/person/day")
    tips = [_tip(str(name), Spread(each[:, i]), bool(lived[i]), unit) for i, name in enumerate(zones["name"])]
    groups = list_groups(forecast)
    said = f"Residents gain in {int((sign > 0).sum())} and lose in {int((sign < 0).sum())} of {zones.rows} zones" + (
        "; in the others the draws do not agree or nobody lives there." if (sign == 0).any() else "."
    )
    drawing = zone_map(
        frame_of(forecast.city),
        zones["geometry"],
        classes,
        tips,
        districts(forecast.city),
        title=f"Change of residents' travel surplus by zone in {forecast.city.title}",
        description=said,
        stamp=stamp,
    )
    key = legend(scale, unit, ("loss", "loss"), ("gain", "gain"), "unagreed")
    caption = element("figcaption", f"{said} Coloured only where {agreement_words(forecast.draws)}. {credit}")
    note = (
        "Surplus is what residents' choices of travel are worth to them in money, at each draw's value of "
        "time. It holds time and money spent; "
        "it does not hold safety, quiet or clean air, nor the return of charges to citizens."
    )
    return join(
        [
            element("p", words.loser_words(find_largest_loser(groups), groups), class_="loser"),
            element("figure", key, drawing, caption, class_="wide"),
            element("p", note, class_="note"),
            _groups(groups),
            element("div", *_zones(zones, each, sign), class_="pair"),
        ]
    )


def _tip(name: str, spread: Spread, lived: bool, unit: str) -> str:
    if not lived:
        return f"{name}: no residents"
    change, low_high, draws = spread_cells(spread)
    if draws == "–":
        return f"{name}: {words.NO_EFFECT}"
    return f"{name}: {change} {unit} ({INTERVAL} {low_high}), same sign in {draws} draws"


def _groups(groups: Sequence[Group]) -> Markup:
    heads = ("Group", "Residents", "EUR a resident and day", INTERVAL, "EUR a day, all residents", INTERVAL, "Draws")
    rows = []
    small, large = shared_decimals([g.each for g in groups]), shared_decimals([g.total for g in groups])
    for group in groups:
        each, total = spread_cells(group.each, small), spread_cells(group.total, large)
        rows.append((group.name[:1].upper() + group.name[1:], number(group.residents, -2), *each[:2], *total))
    return table(heads, rows, "Who gains and who loses, by district and by the income of zones", class_="numeric")


def _zones(zones: Any, each: np.ndarray, sign: np.ndarray, most: int = 6) -> list[Markup]:
    mean = each.mean(axis=0)
    order = np.argsort(mean, kind="stable")
    tables = []
    for wanted, caption, ranked in ((1, "Zones that gain most", order[::-1]), (-1, "Zones that lose most", order)):
        shown = [i for i in ranked.tolist() if sign[i] == wanted][:most]
        spreads = [Spread(each[:, i]) for i in shown]
        places = shared_decimals(spreads)
        names = [join([str(zones["name"][i]), element("small", str(zones["district"][i]))]) for i in shown]
        rows = [(name, *spread_cells(spread, places)) for name, spread in zip(names, spreads, strict=True)]
        heads = ("Zone", "Change", INTERVAL, "Draws")
        none = element("p", f"{caption}: none on which the draws agree.")
        tables.append(table(heads, rows, f"{caption}, EUR a resident and day", class_="numeric") if rows else none)
    return tables
