"""Numbers to words: the same words every time, numbers first.

The certainty words follow the calibrated scale of the IPCC's guidance note on uncertainty (Mastrandrea et al.
2010). A share of agreeing draws is first pulled towards one half by Laplace's rule, (k + 1) / (n + 2), so that
16 draws of 16 are not told as certainty.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from exante.city.city import LEVELS
from exante.evidence.report.digest import Outcome, probability
from exante.evidence.report.drivers import Driver
from exante.evidence.report.groups import Group
from exante.evidence.report.numbers import (
    FIXED,
    decimals_of,
    interval,
    level_decimals,
    number,
    significant,
    unit_words,
    with_unit,
)

#: Least probability of each certainty word.
SCALE = ((0.99, "virtually certain"), (0.90, "very likely"), (0.66, "likely"))
UNDECIDED = "direction undecided"
NO_EFFECT = "no distinguishable effect"
SKETCH = "SKETCH: from published statistics, level 0"
#: Layers without which a city cannot be more than a sketch.
GROUND = ("links", "zones")

#: What no forecast of this version can say, whatever the city; models' pages add to it.
STANDING_LIMITS = (
    "No land use: where people live, work and build does not answer to the policy.",
    "Air and crashes are modelled without skill at single streets: stations left out miss by 10 to 15 ug/m3 of NO2, "
    "places of 2022 by more than their own past. Read the sign and size for the whole city; deaths by "
    "pollutant overlap.",
    "Noise levels are uncalibrated: before courtyards were shielded, 83 % of Barcelona stood above 55 dB where the map "
    "has 54 %. Read the change, not the level.",
    "Traffic is modelled in the mean hour of five periods of a working day; nobody leaves earlier or later because of "
    "a policy, and queues do not spill back over junctions.",
    "An equilibrium describes habits that have settled, not the first weeks of a policy.",
    "Public transport is described by simple travel times, without crowding or timetable.",
    "Whether a lower limit means more stops or only a lower top speed is not settled: emissions mix both by an "
    "uncertain weight, and both emit more per kilometre at 30 than at 50. Gentler acceleration and a free flow "
    "without stops, by which studies that find less explain it, are in neither: the sign of a small change may turn.",
    "Uncertainty about the structure of the models themselves is not in the intervals.",
)

EFFECT = (
    "This is the effect of the policy: the city with it against the same city without it, on the same day. "
    "It is not what a sensor will see. A count before and after also holds the trend, the weather, other measures and "
    "the errors of the model and of the sensor."
)


def scale_words() -> str:
    """The scale of certainty words, stated."""
    steps = ", ".join(f"{word} from {number(100 * least)}{FIXED}%" for least, word in SCALE)
    return (
        f"{steps[0].upper()}{steps[1:]}; below that, {UNDECIDED}. The probability is the share of draws with "
        "that sign, "
        "counted as (k + 1) of (n + 2), so that few draws never sound certain. Below the numerical noise of the "
        f"computation the words are: {NO_EFFECT}."
    )


def certainty(agreeing: int, draws: int) -> str:
    """The certainty word for `agreeing` of `draws`; empty where the sign is undecided.

    Examples
    --------
    >>> certainty(64, 64), certainty(16, 16), certainty(12, 16), certainty(9, 16)
    ('very likely', 'very likely', 'likely', '')
    """
    share = probability(agreeing, draws)
    return next((word for least, word in SCALE if share >= least), "")


def verdict(outcome: Outcome) -> str:
    """The outcome's verdict, as table cells say it."""
    if not outcome.distinguishable or outcome.sign == 0:
        return NO_EFFECT
    word = certainty(outcome.agreeing, len(outcome.draws))
    return f"{word} {direction(outcome)}" if word else UNDECIDED


def appraisal(outcome: Outcome) -> str:
    """The verdict with, where it is decided and one is better, `better` or `worse`."""
    said, good = verdict(outcome), judged(outcome)
    return f"{said}: {good}" if good and said not in (NO_EFFECT, UNDECIDED) else said


def direction(outcome: Outcome) -> str:
    """`higher` or `lower`, by the median change."""
    return "higher" if outcome.sign > 0 else "lower"


def judged(outcome: Outcome) -> str:
    """`better`, `worse` or empty, by the median change and what the indicator calls better."""
    good = outcome.is_better(outcome.median)
    return "" if good is None or not outcome.distinguishable else "better" if good else "worse"


def change_words(outcome: Outcome) -> str:
    """The change with its unit and its 90 % interval."""
    places = decimals_of(outcome.low, outcome.high)
    shown = with_unit(number(outcome.mean, places, signed=True), unit_words(outcome.unit, change=True))
    return f"{shown} (90{FIXED}% interval {interval(outcome.low, outcome.high, places, signed=True)})"


def level_words(values: np.ndarray, change_decimals: int) -> tuple[str, str]:
    """Mean of a level and its 90 % range, in digits that suit its change."""
    mean, low, high = float(values.mean()), *(float(q) for q in np.quantile(values, (0.05, 0.95)))
    places = level_decimals(mean, change_decimals)
    return number(mean, places), interval(low, high, min(places, decimals_of(low, high)))


def draws_words(outcome: Outcome) -> str:
    """In how many draws the sign of the change is the one told."""
    if outcome.sign == 0:
        return f"no change in {len(outcome.draws)} draws"
    return f"{direction(outcome)} in {outcome.agreeing} of {len(outcome.draws)} draws"


def largest_first(headlines: list[Outcome], target: Any) -> list[Outcome]:
    """The outcomes in the order of the answer: the target's, then the largest change relative to its baseline.

    Only outcomes whose sign is at least likely and whose level means something compete; the others follow as they
    stand, first those that are decided, last those within the noise.
    """

    def rank(outcome: Outcome) -> tuple[int, float]:
        if target and outcome.name == target["indicator"]:
            return 0, 0.0
        if not outcome.distinguishable or outcome.sign == 0:
            return 4, 0.0
        if not certainty(outcome.agreeing, len(outcome.draws)):
            return 3, 0.0
        return (2, 0.0) if outcome.relative is None else (1, -outcome.relative)

    return sorted(headlines, key=rank)


def lowered(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it starts with an acronym.

    Examples
    --------
    >>> lowered("Mean speed"), lowered("CO2 of traffic")
    ('mean speed', 'CO2 of traffic')
    """
    return title if len(title) > 1 and not title[1].islower() else title[:1].lower() + title[1:]


def question(policy: str, city: str) -> str:
    """The question a forecast answers."""
    return f"What would {whole(policy)} do to {whole(city)}?"


def whole(name: str) -> str:
    r"""A name that is not broken between lines before a number.

    Examples
    --------
    >>> whole("Città 30").split(FIXED)
    ['Città', '30']
    """
    return re.sub(r" (?=\d)", FIXED, name)


def first_sentence(outcome: Outcome, policy: str, city: str, charges: bool = False) -> str:
    """The answer: the numbers, then the words."""
    what = lowered(outcome.title) + ("" if "in the city" in outcome.title else f" in {city}")
    if not outcome.distinguishable or outcome.sign == 0:
        return f"{whole(policy)} has {NO_EFFECT} on {what}: {noise_words(outcome)}."
    numbers = f"{change_words(outcome)}, {draws_words(outcome)}"
    end = f" ({missing_words(charges)})." if outcome.name == "surplus" else "."
    word = certainty(outcome.agreeing, len(outcome.draws))
    if not word:
        return f"{numbers}: whether {whole(policy)} would raise or lower {what} is undecided{end}"
    verb = "raise" if outcome.sign > 0 else "lower"
    return f"{numbers}: {whole(policy)} is {word} to {verb} {what}{end}"


def next_sentence(outcome: Outcome, charges: bool = False) -> str:
    """A further outcome in one sentence, numbers first."""
    if not outcome.distinguishable or outcome.sign == 0:
        return f"{outcome.title}: {NO_EFFECT}; {noise_words(outcome)}."
    end = f"; {missing_words(charges)}." if outcome.name == "surplus" else "."
    return (
        f"{outcome.title}: {change_words(outcome)}; {verdict(outcome)}, {outcome.agreeing} of "
        f"{len(outcome.draws)} draws{end}"
    )


def missing_words(charges: bool) -> str:
    """What the residents' surplus does not count, in half a sentence."""
    netted = "; charges paid return to the city and are not netted" if charges else ""
    return f"not counted in it: residents' safety, noise and air quality{netted}"


def net_words(net: Outcome) -> str:
    """The residents' surplus with all charges given back, in one sentence."""
    return f"{next_sentence(net)[:-1]}, as if all charges, visitors' too, went back to residents."


def noise_words(outcome: Outcome) -> str:
    """Why a change cannot be told from noise."""
    if not outcome.draws.any():
        return f"the change is exactly zero in all {len(outcome.draws)} draws"
    places = decimals_of(-outcome.noise, outcome.noise)
    noise = with_unit(f"±{number(outcome.noise, places)}", unit_words(outcome.unit, change=True))
    return f"the change is within the numerical noise of the computation ({noise})"


def loser_words(group: Group | None, groups: list[Group]) -> str:
    """The largest losing group, named."""
    if group is None:
        kinds = "district or income group" if any(g.kind == "income" for g in groups) else "district"
        return f"No {kinds} loses in enough draws to be named."
    spread, peers = group.each, [g for g in groups if g.kind == group.kind]
    draws = len(spread.draws)
    worst = int((spread.draws <= np.stack([np.minimum(g.each.draws, 0.0) for g in peers]).min(axis=0)).sum())
    places = decimals_of(spread.low, spread.high)
    shown = with_unit(number(spread.mean, places, signed=True), unit_words("EUR/person/day"))
    kind = "districts" if group.kind == "district" else "groups of zones by income"
    return (
        f"Among the {counted(len(peers))} {kind}, {group.name} ({number(group.residents, -2)} residents) loses most "
        f"per resident: {shown} (90{FIXED}% interval {interval(spread.low, spread.high, places, signed=True)}); "
        f"it loses in {spread.agreeing} of {draws} draws, and most of the {counted(len(peers))} in {worst} of {draws}."
    )


def counted(count: int) -> str:
    """A count in words up to twelve.

    Examples
    --------
    >>> counted(6), counted(18)
    ('six', '18')
    """
    small = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    return small[count] if count < len(small) else number(count)


def is_sketch(levels: dict[str, int]) -> bool:
    """Whether the city as a whole is a sketch: its streets or zones, or everything, are level 0."""
    ground = [levels[name] for name in GROUND if name in levels]
    return min(ground) == 0 if ground else bool(levels) and max(levels.values()) == 0


def banner_words(levels: dict[str, int]) -> str:
    """The banner that everything rests under; empty where no layer is sketched."""
    if is_sketch(levels):
        return SKETCH
    sketched = sorted(name.replace("_", " ") for name, level in levels.items() if level == 0)
    return f"Partly sketched (level 0): {', '.join(sketched)}" if sketched else ""


def level_summary(levels: dict[str, int]) -> str:
    """How many layers are at each level, in the words of the city."""
    counts = {level: sum(1 for value in levels.values() if value == level) for level in LEVELS}
    told = [
        f"{count} of {len(levels)} layers {LEVELS[level]} (level {level})" for level, count in counts.items() if count
    ]
    return "; ".join(told) or "no levels stated"


def driver_words(driver: Driver) -> str:
    """The direction in which a parameter drives a change."""
    return f"larger values push the change {'up' if driver.correlation > 0 else 'down'}"


def footprint_words(footprint: dict[str, Any]) -> str:
    """What the forecast itself cost, in one line."""
    parts = []
    if (cpu := footprint.get("cpu_seconds")) is not None:
        parts.append(f"{number(cpu, _places(cpu))} CPU-seconds")
    if (memory := footprint.get("peak_memory_mb")) is not None:
        parts.append(f"{number(memory, -1)} MB of memory at most")
    if (energy := footprint.get("energy_joule")) is not None:
        parts.append(f"{number(energy, _places(energy))} J of electricity")
    if (carbon := footprint.get("gco2e")) is not None:
        parts.append(f"{number(carbon, _places(carbon))} gCO₂e")
    return ", ".join(parts) or "not measured"


def _places(value: float) -> int:
    return min(significant(value, 2), 3)
