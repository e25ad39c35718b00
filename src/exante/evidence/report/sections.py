"""The report's sections on what happens: answer, outcomes, target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exante.evidence.report import charts, words
from exante.evidence.report.digest import Outcome, find_net, list_outcomes
from exante.evidence.report.groups import find_largest_loser, list_groups
from exante.evidence.report.markup import Markup, element, join, table
from exante.evidence.report.numbers import FIXED, decimals_of, interval, number, unit_words, with_unit


def section(identifier: str, title: str, *children: object, lead: object = None) -> Markup:
    """A section: heading in the margin, content beside it."""
    head = element(
        "div", element("h2", title, id=f"{identifier}-title"), element("p", lead) if lead else None, class_="margin"
    )
    return element(
        "section", head, element("div", *children, class_="body"), id=identifier, aria_labelledby=f"{identifier}-title"
    )


def answer(forecast: Any, headlines: Sequence[Outcome]) -> Markup:
    """The answer in a sentence, then the others, then who loses most."""
    if not headlines:
        return element("div", element("p", "The forecast holds no indicator.", class_="answer"))
    policy, city = forecast.policy.title, forecast.city.title
    groups = list_groups(forecast)
    net = find_net(list_outcomes(forecast))
    charges = net is not None
    first, *rest = words.largest_first(list(headlines), getattr(forecast, "target", None))
    others = []
    for outcome in (first, *rest):
        if outcome is not first:
            others.append(element("li", words.next_sentence(outcome, charges)))
        if net is not None and outcome.name == "surplus":
            others.append(element("li", words.net_words(net)))
    others.append(
        element("li", element("strong", "Who loses most. "), words.loser_words(find_largest_loser(groups), groups))
    )
    return join(
        [
            element("p", words.first_sentence(first, policy, city, charges), class_="answer"),
            element("ul", *others, class_="also"),
        ]
    )


def badges(forecast: Any, outcomes: Sequence[Outcome]) -> Markup:
    """Two badges that are never blended: how wide the outcomes are, and how far the model is to be trusted."""
    told = sum(1 for o in outcomes if o.distinguishable and words.certainty(o.agreeing, len(o.draws)))
    spread = (
        f"{forecast.draws} draws of the uncertain parameters; the sign is at least likely for {told} of "
        f"{len(outcomes)} outcomes"
    )
    score = getattr(forecast, "backtest_score", None)
    trust = f"{words.level_summary(forecast.levels)}. Back-test score: {'none yet' if score is None else score}"
    return element(
        "div",
        element("div", element("h3", "Range of outcomes"), element("p", spread), class_="badge range"),
        element("div", element("h3", "Confidence in the model"), element("p", trust), class_="badge trust"),
        class_="badges",
    )


def _side(outcome: Outcome, value: float) -> str:
    good = outcome.is_better(value)
    return "neither" if good is None else "better" if good else "worse"


def dots_words(outcome: Outcome) -> str:
    """In how many of the draws the change is to the side told, as `better in 11 of 16 draws`."""
    if not outcome.distinguishable or outcome.sign == 0:
        return words.NO_EFFECT
    side = words.judged(outcome) or words.direction(outcome)
    return f"{side} in {outcome.agreeing} of {len(outcome.draws)} draws"


def card(outcome: Outcome, stamp: str) -> Markup:
    """A headline outcome: number, interval, words, and its 50 dots."""
    unit = unit_words(outcome.unit, change=True)
    places = decimals_of(outcome.low, outcome.high)
    range_words = interval(outcome.low, outcome.high, places, signed=True)
    told = is_told(outcome)
    big = number(outcome.mean, places, signed=True) if told else noise_words(outcome)
    chart = charts.dot_plot(
        outcome.draws,
        title=f"{outcome.title}: change in 50 equally likely outcomes",
        description=f"{words.change_words(outcome)}; {dots_words(outcome)}",
        axis=f"change, {unit}" if unit else "change",
        below=_side(outcome, -1.0) if told else "neither",
        above=_side(outcome, 1.0) if told else "neither",
        noise=outcome.noise,
        stamp=stamp,
    )
    numbers = element(
        "p",
        element("span", big, class_="big"),
        element("span", f"{FIXED}{unit}", class_="unit"),
        element("span", f"90{FIXED}% interval {range_words}{_relative(outcome) if told else ''}", class_="interval"),
        class_="numbers",
        data_indicator=outcome.name,
    )
    style = words.judged(outcome) if words.certainty(outcome.agreeing, len(outcome.draws)) else ""
    count = element("span", dots_words(outcome), class_=f"count {style}")
    says = element("p", count, f" · {words.verdict(outcome)}" if told else None, class_="verdict")
    return element("figure", element("h3", outcome.title), numbers, says, chart, class_="card")


def is_told(outcome: Outcome) -> bool:
    """Whether the change stands out of the numerical noise."""
    return outcome.distinguishable and outcome.sign != 0


def noise_words(outcome: Outcome) -> str:
    """What is shown in place of a change that cannot be told from noise."""
    return (
        f"within ±{number(outcome.noise, decimals_of(-outcome.noise, outcome.noise))}" if outcome.draws.any() else "0"
    )


def _relative(outcome: Outcome) -> str:
    """The change as a share of the baseline, where that means something."""
    if not outcome.has_level or outcome.unit in ("percent", "1") or (outcome.baseline <= 0).any():
        return ""
    share = 100 * outcome.draws / outcome.baseline
    low, high = (float(q) for q in np.quantile(share, (0.05, 0.95)))
    places = decimals_of(low, high)
    return (
        f"; {number(float(share.mean()), places, signed=True)}{FIXED}% "
        f"({interval(low, high, places, signed=True)}{FIXED}%) of the baseline"
    )


def cards(headlines: Sequence[Outcome], stamp: str) -> Markup:
    """The headline outcomes side by side, with how to read them."""
    draws = len(headlines[0].draws) if headlines else 0
    note = (
        f"Each chart shows the {draws} draws as {charts.DOTS} dots of 2{FIXED}% each: the draws in order of size, "
        f"taken at {charts.DOTS} equal steps, so that a draw may stand more than once or not at all. "
        "Counts in words are of the draws themselves. Policy and baseline are computed with the same draw, so "
        "a dot is a difference, not a level. Dots left of the line are decreases. Blue is better, orange "
        "worse, grey neither."
    )
    return join(
        [element("div", *[card(o, stamp) for o in headlines], class_="cards"), element("p", note, class_="note")]
    )


def target(forecast: Any, outcomes: Sequence[Outcome], stamp: str) -> Markup | None:
    """Whether the policy reaches the target, as 50 dots about it."""
    goal = getattr(forecast, "target", None)
    outcome = next((o for o in outcomes if goal and o.name == goal["indicator"]), None)
    if not goal or outcome is None:
        return None
    value, lower = float(goal["value"]), goal.get("better", outcome.better) == "lower"
    reached = int(((outcome.policy <= value) if lower else (outcome.policy >= value)).sum())
    unit = unit_words(outcome.unit)
    goal_words = with_unit(number(value, decimals_of(*np.quantile(outcome.policy, (0.05, 0.95)))), unit)
    sentence = (
        f"{reached} of {len(outcome.policy)} draws: {words.lowered(outcome.title)} "
        f"{'at or below' if lower else 'at or above'} {goal_words} under the policy."
    )
    chart = charts.dot_plot(
        outcome.policy,
        title=f"{outcome.title} under the policy and its target",
        description=sentence,
        axis=f"level under the policy, {unit}",
        mark=value,
        mark_label="target",
        below="better" if lower else "worse",
        above="worse" if lower else "better",
        stamp=stamp,
    )
    return element(
        "figure",
        element("h3", "Will it reach the target?"),
        element("p", sentence, class_="verdict"),
        chart,
        class_="card wide",
    )


def indicators(outcomes: Sequence[Outcome]) -> Markup:
    """Every indicator: baseline, policy, change, interval, agreement, words."""
    rows = [_row(outcome) for outcome in outcomes]
    heads = ("Indicator", "Baseline", "Policy", "Change", f"90{FIXED}% interval", "Draws", "In words")
    return join(
        [
            table(
                heads,
                rows,
                "Every indicator. Small ranges hold 90 % of the draws; a dash: only the change has a meaning.",
                class_="indicators",
            ),
            element("p", element("strong", "The words. "), words.scale_words(), class_="note"),
        ]
    )


def _row(outcome: Outcome) -> list[object]:
    places = decimals_of(outcome.low, outcome.high)
    unit = unit_words(outcome.unit)
    title = join([outcome.title, *[element("small", line) for line in (unit, outcome.counted) if line]])
    told = is_told(outcome)
    if told:
        change: list[object] = [
            number(outcome.mean, places, signed=True),
            interval(outcome.low, outcome.high, places, signed=True),
        ]
    else:
        floor = f"not distinguishable: noise floor {noise_words(outcome).removeprefix('within ')}"
        change = ["≈ 0", floor] if outcome.draws.any() else ["0", "in every draw"]
    change[0] = join([element("span", change[0], data_change=outcome.name), *_points(outcome)])
    return [
        title,
        *[_level(values, places) if outcome.has_level else "–" for values in (outcome.baseline, outcome.policy)],
        *change,
        f"{outcome.agreeing}{FIXED}of{FIXED}{len(outcome.draws)}" if told else "–",
        element("span", words.appraisal(outcome), class_=f"verdict {_style(outcome)}"),
    ]


def _points(outcome: Outcome) -> list[Markup]:
    """Unit of the change where it is not the level's."""
    level, change = unit_words(outcome.unit), unit_words(outcome.unit, change=True)
    return [element("small", change)] if change != level else []


def _level(values: np.ndarray, places: int) -> Markup:
    mean, low_high = words.level_words(values, places)
    return join([mean, element("small", low_high if np.ptp(values) else "in every draw")])


def _style(outcome: Outcome) -> str:
    return words.judged(outcome) if words.certainty(outcome.agreeing, len(outcome.draws)) else ""
