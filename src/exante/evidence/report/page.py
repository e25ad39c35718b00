"""The report: one HTML file that opens offline, assembled from its sections and written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from exante.evidence.report import basis, homes, horizon, money, places, sections, words
from exante.evidence.report.digest import list_headlines, list_outcomes
from exante.evidence.report.markup import Markup, element, join, link
from exante.evidence.report.numbers import spaced
from exante.evidence.report.writing import write_page


def write_report(forecast: Any, path: str | Path, limits: Sequence[str] = ()) -> Path:
    """Write the report of a forecast as one HTML file.

    Parameters
    ----------
    forecast : Forecast
        What is told.
    path : Path
        File to write; replaced as a whole if it exists.
    limits : sequence of str
        What the models cannot say, a sentence each, beside the standing list.

    Returns
    -------
    Path
        The file.
    """
    return write_page(Path(path), report_html(forecast, limits))


def report_html(forecast: Any, limits: Sequence[str] = ()) -> str:
    """The report of a forecast as text; the same forecast gives the same bytes."""
    package = files("exante.evidence.report")
    template = Template(package.joinpath("template.html").read_text(encoding="utf-8"))
    question = words.question(forecast.policy.title, forecast.city.title)
    banner = words.banner_words(forecast.levels)
    return template.substitute(
        title=element("title", question),
        style=Markup(package.joinpath("style.css").read_text(encoding="utf-8") + _page_margin(forecast)),
        banner=element(
            "div", banner, class_="banner" if words.is_sketch(forecast.levels) else "banner partly", role="note"
        )
        if banner
        else "",
        question=question_html(forecast, question),
        body=join(_sections(forecast, "SKETCH, level 0" if words.is_sketch(forecast.levels) else "", limits)),
        foot=_foot(forecast),
    )


def _page_margin(forecast: Any) -> str:
    """Rule that prints a sketch's banner in the margin of every sheet of paper."""
    if not words.is_sketch(forecast.levels):
        return ""
    return f'@page {{ @top-center {{ content: "{words.SKETCH}"; font: 700 9pt sans-serif; color: #7a3d00; }} }}\n'


def question_html(forecast: Any, question: str) -> Markup:
    """The head of the page: what is asked, of which city, decided where."""
    policy = forecast.policy
    starts = f"starts {policy.starts}" if policy.starts else "no start date"
    facts = [
        f"{forecast.city.title} as of {forecast.city.as_of.isoformat()}",
        f"{policy.title}: {starts}",
        f"{forecast.draws} draws",
    ]
    if policy.source:
        facts.append(join(["decided: ", link(policy.source, urlsplit(policy.source).hostname or policy.source)]))
    return join([element("h1", question), element("p", join(facts, " · "), class_="facts-line")])


def _sections(forecast: Any, stamp: str, limits: Sequence[str]) -> list[Markup]:
    outcomes = list_outcomes(forecast)
    headlines = list_headlines(outcomes, getattr(forecast, "target", None))
    credit = basis.credit_words(forecast.city)
    make = sections.section
    described = [element("li", spaced(line)) for line in forecast.policy.describe()]
    on_city = [element("li", spaced(line)) for line in forecast.policy.describe_on(forecast.city)]
    worth, energy = money.section_of(forecast), homes.by_group(forecast)
    over_years, seen = horizon.years(forecast, stamp), horizon.sensors(forecast)
    return [
        make("answer", "The answer", sections.answer(forecast, headlines), sections.badges(forecast, outcomes)),
        make(
            "policy",
            "The policy",
            element("ul", *described),
            element("h3", f"In {forecast.city.title}") if on_city else None,
            element("ul", *on_city) if on_city else None,
            lead="What changes, and nothing else does",
        ),
        make(
            "outcomes",
            "Main outcomes",
            sections.target(forecast, outcomes, stamp),
            sections.cards(headlines, stamp),
            lead="Policy less baseline, draw by draw",
        ),
        *([make("years", "Year by year", over_years, lead="Policy less baseline")] if over_years else []),
        make("indicators", "Every indicator", sections.indicators(outcomes)),
        *([make("homes", "Energy of buildings", energy, lead="By district and by income")] if energy else []),
        *([make("money", "Money", worth, lead="Who pays, and what a tonne costs")] if worth else []),
        *([make("sensors", "What sensors would see", seen)] if seen else []),
        make("effect", "Effect, not observed change", element("p", words.EFFECT)),
        make(
            "traffic", "Streets", places.traffic(forecast, stamp, credit), lead="Where traffic falls and where it goes"
        ),
        make("people", "Residents", places.people(forecast, stamp, credit), lead="Who gains and who loses"),
        make(
            "basis",
            "What it rests on",
            basis.layers(forecast),
            element("h3", "Uncertain parameters"),
            basis.parameters(forecast, headlines),
        ),
        make("limits", "What it cannot say", basis.limits(forecast, limits)),
        make("footprint", "Footprint", basis.footprint(forecast), lead="What this forecast cost to compute"),
        make("reproduce", "Do it again", basis.reproduce(forecast), lead="The same command gives the same numbers"),
    ]


def _foot(forecast: Any) -> Markup:
    version = getattr(forecast, "version", "")
    return element("p", f"Made with exante {version}. {basis.credit_words(forecast.city)}".strip())
