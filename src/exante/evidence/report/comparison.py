"""Several forecasts on one page: paired dots, who is better in how many draws, dominance, regret, interaction."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import ascii_uppercase

import numpy as np

from exante.evidence.report import charts, words
from exante.evidence.report.digest import HEADLINE, formulas, needed
from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, number, unit_words
from exante.evidence.report.sections import section
from exante.evidence.report.writing import write_page
from exante.study.compare import Comparison, Interaction, Item

#: Indicators told in words; all are in the table.
TOLD = 6


def letter(place: int) -> str:
    """Name of a run in tables: A, B, … Z, AA…

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    first, last = divmod(place, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def cells(item: Item) -> list[str]:
    """Change of an indicator in each run with its 90 % interval; within the noise, that it is."""
    shown = []
    for draws in item.change:
        low, high = (float(q) for q in np.quantile(draws, (0.05, 0.95)))
        places = decimals_of(low, high)
        if abs(float(np.median(draws))) <= item.noise:
            shown.append("≈ 0" if draws.any() else "0")
        else:
            shown.append(f"{number(float(draws.mean()), places, True)} ({interval(low, high, places, True)})")
    return shown


def best(item: Item) -> int | None:
    """Place of the run that is best in most draws; None where nothing is better or runs differ by noise alone."""
    if item.better == "neither" or np.ptp(item.change, axis=0).max() <= item.noise:
        return None
    return int(np.bincount(item.gain.argmax(axis=0), minlength=len(item.change)).argmax())


def headlines(result: Comparison) -> list[Item]:
    """The indicators told first: the standing order, then those that change most against their interval."""
    rank = {name: k for k, name in enumerate(HEADLINE)}
    moved = [item for item in result.items if np.any(np.abs(np.median(item.change, axis=1)) > item.noise)]
    return sorted(moved, key=lambda item: rank.get(item.name, len(rank)))[:TOLD]


def sentences(result: Comparison) -> list[str]:
    """The comparison in words, numbers first."""
    told = []
    first = {item.name: item for item in headlines(result)}
    for pair in result.pairs:
        item = first.get(pair.indicator)
        if item is None or item.better == "neither":
            continue
        a, b = letter(pair.first), letter(pair.second)
        if max(pair.wins, pair.losses) == 0:
            told.append(f"{item.title}: {a} and {b} differ by no more than numerical noise.")
        else:
            ahead, behind, wins = (a, b, pair.wins) if pair.wins >= pair.losses else (b, a, pair.losses)
            told.append(f"{item.title}: {ahead} is better than {behind} in {wins} of {result.draws} draws.")
    for k, by in result.dominated.items():
        others = " and ".join(letter(other) for other in by)
        told.append(
            f"{letter(k)} is dominated by {others}: better on some outcome in at least 90 % of draws, worse on none in "
            "more than 10 %."
        )
    told += [interaction_words(i, first[i.indicator]) for i in result.interactions if i.indicator in first]
    return told


def interaction_words(found: Interaction, item: Item) -> str:
    """A package against the sum of its parts, in one sentence."""
    parts = " + ".join(letter(k) for k in found.parts)
    low, high = (float(q) for q in np.quantile(found.draws, (0.05, 0.95)))
    if np.abs(np.median(found.draws)) <= (len(found.parts) + 1) * item.noise:
        return f"{item.title}: {letter(found.package)} does what {parts} do one by one (interaction within the noise)."
    places = decimals_of(low, high)
    agreeing = int((np.sign(found.draws) == np.sign(np.median(found.draws))).sum())
    decided = agreeing >= needed(len(found.draws))
    return (
        f"{item.title}: {letter(found.package)} less ({parts}) is {number(float(found.draws.mean()), places, True)} "
        f"{unit_words(item.unit, change=True)} (90 % interval {interval(low, high, places, True)}): "
        f"{'the parts interact' if decided else 'whether the parts interact is undecided'}."
    )


def write_comparison(result: Comparison, path: str | Path) -> Path:
    """Write the comparison as one HTML file that opens offline.

    Returns
    -------
    Path
        The file.
    """
    return write_page(Path(path), comparison_html(result))


def comparison_html(result: Comparison) -> str:
    """The page as text; equal comparisons give equal bytes."""
    city = result.runs[0].city
    title = f"{len(result.runs)} policies for {city}"
    runs = [element("li", element("strong", letter(k)), f" {run.title}") for k, run in enumerate(result.runs)]
    style = Markup(files("exante.evidence.report").joinpath("style.css").read_text(encoding="utf-8"))
    sketch = bool(result.runs[0].document["city"].get("sketch"))
    body = join(
        [
            section("runs", "The policies", element("ul", *runs), lead=f"{result.draws} draws, the same for all"),
            section("words", "Side by side", element("ul", *[element("li", line) for line in sentences(result)])),
            section(
                "dots",
                "Main outcomes",
                *[_charts(item, result, words.SKETCH if sketch else "") for item in headlines(result)],
                lead="Policy less baseline, draw by draw, on one scale",
            ),
            section("table", "Every indicator", _table(result)),
            section("regret", "Regret", _regret(result), lead="What is given away if another would have been better"),
        ]
    )
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light '
        f'dark">{element("title", title)}<style>\n{style}\n</style></head>\n<body>'
        f"{element('div', words.SKETCH, class_='banner', role='note') if sketch else ''}"
        f'<header><p class="brand">exante<span> forecasts side by side</span></p>{element("h1", title)}</header>\n'
        f"<main>\n{body}\n</main>\n</body></html>\n"
    )


def _charts(item: Item, result: Comparison, stamp: str) -> Markup:
    span = (float(item.change.min()), float(item.change.max()))
    unit = unit_words(item.unit, change=True)
    sides = {"lower": ("better", "worse"), "higher": ("worse", "better"), "neither": ("neither", "neither")}
    below, above = sides[item.better]
    plots = [
        element(
            "figure",
            element("h4", f"{letter(k)} {run.title}"),
            charts.dot_plot(
                item.change[k],
                title=f"{item.title}, {run.title}: change in 50 equally likely outcomes",
                description=cells(item)[k],
                axis=f"change, {unit}" if unit else "change",
                below=below,
                above=above,
                noise=item.noise,
                stamp=stamp,
                span=span,
            ),
            class_="card",
        )
        for k, run in enumerate(result.runs)
    ]
    return join([element("h3", formulas(item.title)), element("div", *plots, class_="cards")])


def _table(result: Comparison) -> Markup:
    rows = []
    for item in result.items:
        unit = unit_words(item.unit, change=True)
        title = join([formulas(item.title), element("small", unit) if unit else ""])
        ahead = best(item)
        shown = [element("strong", c) if k == ahead else c for k, c in enumerate(cells(item))]
        rows.append([title, *shown])
    heads = ["Indicator", *[f"{letter(k)} {run.title}" for k, run in enumerate(result.runs)]]
    caption = f"Change with its 90{FIXED}% interval; bold: best in most draws."
    return table(heads, rows, caption, class_="indicators")


def _regret(result: Comparison) -> Markup:
    rows = []
    for item in headlines(result):
        if item.better == "neither":
            continue
        regret = item.regret()
        places = decimals_of(0.0, float(regret.max()) or 1.0)
        unit = unit_words(item.unit, change=True)
        rows.append(
            [
                join([formulas(item.title), element("small", unit)]),
                *[f"{number(float(r.mean()), places)} (at most {number(float(r.max()), places)})" for r in regret],
            ]
        )
    heads = ["Indicator", *[letter(k) for k in range(len(result.runs))]]
    return table(
        heads, rows, "Mean and largest regret over the draws; doing nothing is among the choices.", class_="indicators"
    )
