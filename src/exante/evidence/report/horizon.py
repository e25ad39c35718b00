"""Years, targets and sites of a forecast: in words, and as sections of the report."""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.evidence.report import charts
from exante.evidence.report.digest import HEADLINE, formulas
from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, number, unit_words

#: Sites listed on the console; all are in the report and the run folder.
LISTED = 12


def target_words(forecast: Any) -> str:
    """Share of draws that reach the target, with and without the policy."""
    goal, draws = forecast.target, forecast.draws
    levels = forecast.indicators[goal["indicator"]]
    sign = 1.0 if goal["better"] == "lower" else -1.0
    with_policy, without = (
        int((sign * levels.sel(scenario=s).values <= sign * goal["value"]).sum()) for s in ("policy", "baseline")
    )
    name = forecast.indicators[goal["indicator"]].attrs["title"]
    unit = unit_words(forecast.indicators[goal["indicator"]].attrs["unit"])
    sense = "at most" if goal["better"] == "lower" else "at least"
    return (
        f"Target, {formulas(name)} {sense} {number(goal['value'], 2 if abs(goal['value']) < 10 else 0)} {unit}: "
        f"reached in {with_policy} of {draws} draws with the policy, in {without} of {draws} without."
    )


def moving(forecast: Any) -> list[str]:
    """Indicators with several years whose change is beyond the noise in one of them, headlines first."""
    if forecast.paths is None or forecast.paths.sizes["year"] < 2:
        return []
    rank = {name: k for k, name in enumerate(HEADLINE)}
    found = []
    for name, array in forecast.paths.data_vars.items():
        change = array.sel(scenario="policy").values - array.sel(scenario="baseline").values
        if array.attrs.get("shown", True) and (np.abs(np.median(change, axis=0)) > array.attrs["noise"]).any():
            found.append(str(name))
    return sorted(found, key=lambda n: rank.get(n, len(rank)))


def path_words(forecast: Any, most: int = 6) -> list[str]:
    """Change of the main outcomes in every computed year, a line each."""
    lines = []
    for name in moving(forecast)[:most]:
        array = forecast.paths[name]
        change = array.sel(scenario="policy").values - array.sel(scenario="baseline").values
        told = []
        for k, year in enumerate(forecast.paths["year"].values):
            low, high = (float(q) for q in np.quantile(change[:, k], (0.05, 0.95)))
            places = decimals_of(low, high)
            mean = number(float(change[:, k].mean()), places, True)
            told.append(f"{year}: {mean} ({interval(low, high, places, True)})")
        unit = unit_words(array.attrs["unit"], change=True)
        lines.append(f"{formulas(array.attrs['title'])}, {unit}: {'; '.join(told)}")
    if lines:
        lines.insert(0, f"Change by year, scenario '{forecast.scenario}':")
    return lines


def site_words(sites: Any) -> list[str]:
    """What sensors would see, the largest changes first."""
    rows = [r for r in sites.document()["sites"] if r["observed_change_percent"]]
    rows.sort(key=lambda r: -abs(r["effect_percent"]["mean"]))
    lines = [f"What {len(rows)} sensors would see change (effect, trend, sensor and street together), per cent:"]
    for row in rows[:LISTED]:
        effect, seen = row["effect_percent"], row["observed_change_percent"]
        lines.append(
            f"  {row['id']} {row['name']}: {number(seen['mean'], 1, True)} "
            f"({interval(seen['p05'], seen['p95'], 1, True)}), of it effect {number(effect['mean'], 1, True)} "
            f"({interval(effect['p05'], effect['p95'], 1, True)})"
        )
    if len(rows) > LISTED:
        lines.append(f"  and {len(rows) - LISTED} more in the report")
    if sites.sites.lost:
        lines.append(f"  {len(sites.sites.lost)} sites lie on no street of the city")
    return lines


def years(forecast: Any, stamp: str) -> Markup | None:
    """Fan charts of the change over the years, with a table; None for a single year."""
    names = moving(forecast)
    if not names:
        return None
    at = [int(y) for y in forecast.paths["year"].values]
    figures: list[Markup] = []
    rows: list[list[object]] = []
    for name in names:
        array = forecast.paths[name]
        change = array.sel(scenario="policy").values - array.sel(scenario="baseline").values
        unit, title = unit_words(array.attrs["unit"], change=True), formulas(array.attrs["title"])
        told = []
        for k in range(len(at)):
            low, high = (float(q) for q in np.quantile(change[:, k], (0.05, 0.95)))
            places = decimals_of(low, high)
            told.append(f"{number(float(change[:, k].mean()), places, True)} ({interval(low, high, places, True)})")
        rows.append([join([title, element("small", unit)]), *told])
        if len(figures) < 6:
            chart = charts.fan_chart(
                at,
                change,
                title=f"{title}: change by year",
                description=f"{at[-1]}: {told[-1]} {unit}",
                axis=f"change, {unit}",
                stamp=stamp,
            )
            figures.append(element("figure", element("h3", title), chart, class_="card"))
    note = f"Bands hold 30, 60 and 90{FIXED}% of the draws. Scenario: {forecast.scenario}."
    return join(
        [
            element("div", *figures, class_="cards"),
            element("p", note, class_="note"),
            table(
                ["Change", *map(str, at)],
                rows,
                f"Change in every computed year, 90{FIXED}% interval",
                class_="indicators",
            ),
        ]
    )


def sensors(forecast: Any) -> Markup | None:
    """What sensors at the named sites would see; None where none were named."""
    if forecast.sites is None:
        return None
    document = forecast.sites.document()
    rows = []
    for row in document["sites"]:
        seen, effect = row["observed_change_percent"], row["effect_percent"]
        base = number(row["baseline"]["mean"], -1)
        if seen is None:
            rows.append([f"{row['id']} {row['name']}", base, "too little traffic", "–"])
            continue
        rows.append(
            [
                f"{row['id']} {row['name']}",
                base,
                f"{number(effect['mean'], 1, True)} ({interval(effect['p05'], effect['p95'], 1, True)})",
                f"{number(seen['mean'], 1, True)} ({interval(seen['p05'], seen['p95'], 1, True)})",
            ]
        )
    heads = ("Site", "Modelled before, vehicles a day", "Effect, %", "A sensor would see, %")
    lost = [element("li", f"{r['id']}: {r['reason']}") for r in document["unmatched"]]
    return join(
        [
            element(
                "p",
                "A sensor sees the effect together with the trend of all traffic, works and shops on its street, and "
                "its own error. Score observations against the last column.",
            ),
            table(heads, rows, f"Sites, 90{FIXED}% intervals", class_="indicators"),
            *([element("p", "On no street of the city:"), element("ul", *lost)] if lost else []),
        ]
    )
