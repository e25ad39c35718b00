"""Energy of buildings in the report: by district and by the income of zones."""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.evidence.report.digest import Spread, paired
from exante.evidence.report.groups import group_zones, positions
from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, number

#: Field, head of its column, and what a unit of the column holds in the field's unit.
COLUMNS = (
    ("building_heat_need", "Heat, GWh a year", 1e6),
    ("zone_electricity", "Electricity, GWh a year", 1e6),
    ("zone_peak", "Sum of zones' peaks, MW", 1e3),
    ("building_co2", "CO₂ of fuels, t a year", 1e3),
    ("building_bill", "Bill, EUR a resident and year", 0.0),
)
NOTE = (
    "Shares of age, size and heating systems are the same in every zone of the city: what differs between districts "
    "and incomes is how many people live there and where the policy acts. Peaks of zones do "
    "not fall into one hour, so that their sum is above the city's."
)


def by_group(forecast: Any) -> Markup | None:
    """Change of heat, electricity, peak, carbon and bill by group; None where buildings are absent or unmoved."""
    zones = forecast.city.table("zones")
    held = [c for c in COLUMNS if c[0] in forecast.zones]
    changes = {
        name: paired(forecast.zones, name)[:, positions(forecast.zones, "zone", zones["zone_id"])]
        for name, _, _ in held
    }
    if not any(change.any() for change in changes.values()):
        return None
    people = zones["population"]
    rows = []
    for _, name, inside in group_zones(forecast.city):
        residents = float(people[inside].sum())
        cells = []
        for field, _, scale in held:
            cells.append(_cell(changes[field][:, inside].sum(axis=1) / (scale or residents)))
        rows.append([join([name, element("small", f"{number(residents, -2)} residents")]), *cells])
    heads = ("Group", *[head for _, head, _ in held])
    return join(
        [
            table(heads, rows, f"Policy less baseline by group; mean and 90{FIXED}% interval", class_="indicators"),
            element("p", NOTE, class_="note"),
        ]
    )


def _cell(draws: np.ndarray) -> str:
    spread = Spread(draws)
    if not draws.any():
        return "0"
    places = decimals_of(spread.low, spread.high)
    return f"{number(spread.mean, places, True)} ({interval(spread.low, spread.high, places, True)})"
