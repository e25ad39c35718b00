"""The account of a forecast in words and as a section of the report."""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, number

MILLION = 1e6
#: How payers are called.
PAYERS = {
    "city": "the city",
    "state": "the state",
    "households": "residents and firms",
    "firms": "firms",
    "everyone": "everyone (harm that no bill shows)",
}


def millions(draws: np.ndarray) -> str:
    """A sum in million EUR a year with its interval."""
    low, high = (float(q) / MILLION for q in np.quantile(draws, (0.05, 0.95)))
    places = decimals_of(low, high)
    return f"{number(float(draws.mean()) / MILLION, places, True)} ({interval(low, high, places, True)})"


def money_words(forecast: Any) -> list[str]:
    """The account in a few lines; empty where nothing moves."""
    account = getattr(forecast, "account", None)
    if account is None or not len(account.titles):
        return []
    lines = [f"Money, million EUR a year in {account.years[-1]}, gains positive (90 % interval):"]
    lines += [f"  {PAYERS[payer]}: {millions(sums)}" for payer, sums in account.by_payer().items()]
    lines.append(f"  together: {millions(account.net)}")
    lines.append(tonne_words(account))
    return [*lines, *account.notes]


def tonne_words(account: Any) -> str:
    """What a tonne avoided costs, or why that is not said."""
    cost = account.cost_per_tonne
    low, high = (float(q) for q in np.quantile(account.tonnes, (0.05, 0.95)))
    tonnes = f"{interval(low, high, decimals_of(low, high), True)} tonnes a year"
    if cost is None:
        return f"No cost of a tonne: greenhouse gases avoided are {tonnes}, and may be none."
    least, most = (float(q) for q in np.nanquantile(cost, (0.05, 0.95)))
    places = decimals_of(least, most)
    return (
        f"Net cost of a tonne of greenhouse gases avoided, climate itself not counted: "
        f"{number(float(np.nanmean(cost)), places)} EUR ({interval(least, most, places)}), for {tonnes}."
    )


def section_of(forecast: Any) -> Markup | None:
    """Lines by payer, sums, and the cost of a tonne; None where nothing moves."""
    account = getattr(forecast, "account", None)
    if account is None or not len(account.titles):
        return None
    rows = []
    for k, title in enumerate(account.titles):
        worth = [millions(account.present[k])] if account.present is not None else []
        rows.append([title, PAYERS[account.payers[k]], millions(account.yearly[k]), *worth])
    heads = ["Line", "Whose", f"Million EUR a year, {account.years[-1]}"]
    if account.present is not None:
        heads.append(f"Present value {account.years[0]} to {account.years[-1]}, million EUR")
    sums = [[f"Together: {PAYERS[p]}", millions(v)] for p, v in account.by_payer().items()]
    sums.append(["All together", millions(account.net)])
    return join(
        [
            element("p", tonne_words(account), class_="answer"),
            table(["Payer", "Million EUR a year"], sums, f"Who gains and who pays; 90{FIXED}% intervals"),
            table(heads, rows, f"Every line, gains positive; 90{FIXED}% intervals", class_="indicators"),
            *[element("p", note, class_="note") for note in account.notes],
        ]
    )
