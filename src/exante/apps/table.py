"""A forecast as a table on the console: the answer first, then every outcome with its interval."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from exante.evidence.report import horizon, money, words
from exante.evidence.report.digest import Outcome, find_net, list_headlines, list_outcomes
from exante.evidence.report.groups import find_largest_loser, list_groups
from exante.evidence.report.numbers import FIXED, THIN, decimals_of, interval, number, unit_words

#: The table is this wide at most; narrower consoles show fewer columns, never a change without its interval.
WIDEST = 100
#: Least width at which each further column is shown.
COLUMNS = (("In words", 74), ("Sign", 82), ("Policy", 96), ("Baseline", 96))
#: Short units of a narrow column, where the words are long.
SHORT = {
    "vehicle*km/day": "veh-km/day",
    "vehicle*hour/day": "veh-h/day",
    "percent": "%",
    "km/hour": "km/h",
    "tonne/day": "t/day",
    "vehicle/day": "veh/day",
    "trip/day": "trips/day",
}
#: Colour of an outcome for the better and for the worse; legible on light and dark consoles.
STYLES = {"better": "blue", "worse": "yellow", "": ""}


def print_table(forecast: Any, console: Console) -> None:
    """Print a forecast: banner of a sketch, question, answer, table, who loses most, footprint.

    Parameters
    ----------
    forecast : Forecast
        What is told.
    console : rich.console.Console
        Where; its width decides which columns are shown.
    """
    width = min(console.width, WIDEST)
    plain = _ascii(console)
    outcomes = list_outcomes(forecast)
    headlines = list_headlines(outcomes, getattr(forecast, "target", None))

    def say(line: str, style: str = "") -> None:
        for part in textwrap.wrap(line, width):
            console.print(Text(_encoded(part, plain), style=style), no_wrap=True)

    banner = words.banner_words(forecast.levels)
    if banner:
        console.print(Panel(Text(_encoded(banner, plain), style="bold", justify="center"), width=width, style="yellow"))
    say(words.question(forecast.policy.title, forecast.city.title), "bold")
    net = find_net(outcomes)
    for first in words.largest_first(headlines, getattr(forecast, "target", None))[:1]:
        say(words.first_sentence(first, forecast.policy.title, forecast.city.title, net is not None))
    moved = [outcome for outcome in outcomes if outcome.draws.any()]
    console.print(_table(moved or outcomes, width, plain))
    still = [outcome.title for outcome in outcomes if not outcome.draws.any()]
    if moved and still:
        say(f"Exactly the same in every draw: {', '.join(still)}.")
    if any(outcome.name == "surplus" for outcome in outcomes):
        say(f"Residents' benefit: {words.missing_words(net is not None)}.")
    if net is not None:
        say(words.net_words(net))
    groups = list_groups(forecast)
    say(f"Who loses most: {words.loser_words(find_largest_loser(groups), groups)}")
    if forecast.target:
        say(horizon.target_words(forecast))
    for line in [*horizon.path_words(forecast), *money.money_words(forecast)]:
        say(line)
    if forecast.sites is not None:
        for line in horizon.site_words(forecast.sites):
            say(line)
    for warning in forecast.warnings:
        say(f"Mind: {warning}", "yellow")
    say(f"{forecast.draws} draws. Rests on: {words.level_summary(forecast.levels)}. Back-test score: none yet.", "dim")
    say(f"Footprint: {words.footprint_words(forecast.footprint)}.", "dim")


def _table(outcomes: list[Outcome], width: int, plain: bool) -> Table:
    shown = {head for head, least in COLUMNS if width >= least}
    table = Table(
        box=None, pad_edge=False, padding=(0, 1, 0, 0), width=width, header_style="bold", collapse_padding=True
    )
    table.add_column("Outcome", ratio=1, overflow="fold")
    for head in ("Baseline", "Policy"):
        if head in shown:
            table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Change", justify="right", no_wrap=True)
    table.add_column("90 % interval", justify="right", no_wrap=True)
    table.add_column("Unit", no_wrap=True)
    if "Sign" in shown:
        table.add_column("Sign", justify="right", no_wrap=True)
    if "In words" in shown:
        table.add_column("In words", overflow="fold", max_width=17)
    for outcome in outcomes:
        cells = [_encoded(cell, plain) for cell in _cells(outcome, shown)]
        style = STYLES[words.judged(outcome) if words.certainty(outcome.agreeing, len(outcome.draws)) else ""]
        table.add_row(*[Text(cell) for cell in cells[:-1]], Text(cells[-1], style=style))
    return table


def _cells(outcome: Outcome, shown: set[str]) -> list[str]:
    places = decimals_of(outcome.low, outcome.high)
    told = outcome.distinguishable and outcome.sign != 0
    cells = [outcome.title]
    for head, values in (("Baseline", outcome.baseline), ("Policy", outcome.policy)):
        if head in shown:
            cells.append(words.level_words(values, places)[0] if outcome.has_level else "–")
    cells.append(number(outcome.mean, places, signed=True) if told else "≈ 0" if outcome.draws.any() else "0")
    cells.append(interval(outcome.low, outcome.high, places, signed=True) if told else _floor(outcome))
    unit = (
        "% points"
        if outcome.unit == "percent"
        else SHORT.get(outcome.unit, unit_words(outcome.unit).replace(" a day", "/day"))
    )
    cells.append(unit)
    if "Sign" in shown:
        cells.append(f"{outcome.agreeing}/{len(outcome.draws)}" if told else "–")
    if "In words" in shown:
        cells.append(words.verdict(outcome))
    return cells


def _floor(outcome: Outcome) -> str:
    """The noise floor that a change does not exceed."""
    if not outcome.draws.any():
        return "in every draw"
    return f"noise ±{number(outcome.noise, decimals_of(-outcome.noise, outcome.noise))}"


def _ascii(console: Console) -> bool:
    """Whether the console cannot write a real minus sign."""
    return not (console.encoding or "").lower().startswith("utf")


def _encoded(line: str, plain: bool) -> str:
    """The line with ordinary spaces (consoles align by columns), and in plain letters where need be."""
    line = line.replace(THIN, " ").replace(FIXED, " ")
    if not plain:
        return line
    swaps = {"−": "-", "±": "+-", "₂": "2", "≈": "~", "–": "-", "·": "*", "×": "x"}
    return "".join(swaps.get(c, c) for c in line).encode("ascii", "replace").decode()
