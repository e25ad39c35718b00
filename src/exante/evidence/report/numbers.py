"""Numbers as a reader is shown them: digits by the interval, thin spaces, a real minus sign, units in words."""

from __future__ import annotations

import math
import re

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
FIXED = "\N{NO-BREAK SPACE}"

#: Digits of an interval's width that are shown; more would be noise.
INTERVAL_DIGITS = 2
#: Digits of a level at most, whatever the precision of its change.
LEVEL_DIGITS = 5

#: Units of the vocabulary in words, for levels and for changes where they differ.
_UNITS = {
    "1": ("", ""),
    "percent": ("%", "percentage points"),
    "vehicle/day": ("vehicles a day", "vehicles a day"),
    "vehicle/hour": ("vehicles an hour", "vehicles an hour"),
    "vehicle*km/day": ("vehicle-km a day", "vehicle-km a day"),
    "vehicle*hour/day": ("vehicle-hours a day", "vehicle-hours a day"),
    "km/hour": ("km/h", "km/h"),
    "minute": ("minutes", "minutes"),
    "EUR/day": ("EUR a day", "EUR a day"),
    "EUR/person/day": ("EUR a resident and day", "EUR a resident and day"),
    "tonne/day": ("tonnes a day", "tonnes a day"),
    "kg/day": ("kg a day", "kg a day"),
    "g/day": ("g a day", "g a day"),
    "trip/day": ("trips a day", "trips a day"),
    "person": ("people", "people"),
}


def unit_words(unit: str, change: bool = False) -> str:
    """The unit in words; a change of a percentage is in percentage points.

    Examples
    --------
    >>> unit_words("vehicle*km/day"), unit_words("percent", change=True)
    ('vehicle-km a day', 'percentage points')
    """
    level, difference = _UNITS.get(unit, (unit.replace("*", "·"),) * 2)
    return difference if change else level


def decimals_of(low: float, high: float) -> int:
    """Decimals that show the width of an interval with two digits; negative means tens, hundreds…

    Examples
    --------
    >>> decimals_of(-31.2, -5.4), decimals_of(0.12, 0.42), decimals_of(-31200, -5400)
    (0, 2, -3)
    """
    width = abs(high - low)
    if not math.isfinite(width) or width == 0:
        return significant(max(abs(low), abs(high)))
    return INTERVAL_DIGITS - 1 - math.floor(math.log10(width))


def significant(value: float, digits: int = 3) -> int:
    """Decimals that show `value` with so many digits."""
    if not math.isfinite(value) or value == 0:
        return 0
    return digits - 1 - math.floor(math.log10(abs(value)))


def number(value: float, decimals: int = 0, signed: bool = False) -> str:
    r"""`value` rounded, with thin thousands separators, a real minus sign and, if asked, a plus sign.

    Examples
    --------
    >>> number(-12345.678, -1).split(THIN)
    ['−12', '350']
    >>> number(0.04, 1, signed=True)
    '0.0'
    """
    if not math.isfinite(value):
        return "unknown"
    rounded = round(value, decimals)
    digits = f"{abs(rounded):,.{max(decimals, 0)}f}".replace(",", THIN)
    if rounded == 0:
        return digits
    return (MINUS if rounded < 0 else "+" if signed else "") + digits


def spaced(text: str) -> str:
    """Text of others with thin spaces for the commas between its thousands.

    Examples
    --------
    >>> spaced("1,753 links, 30,50 or 12,345,678.5").replace(THIN, "_")
    '1_753 links, 30,50 or 12_345_678.5'
    """
    return re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]\d)", lambda m: m[0].replace(",", THIN), text)


def interval(low: float, high: float, decimals: int | None = None, signed: bool = False) -> str:
    """An interval as `low to high`, in digits that its width deserves."""
    places = decimals_of(low, high) if decimals is None else decimals
    return f"{number(low, places, signed)} to {number(high, places, signed)}"


def level_decimals(level: float, change_decimals: int) -> int:
    """Decimals of a level shown beside its change: those of the change, five digits at most."""
    return min(change_decimals, significant(level, LEVEL_DIGITS)) if level else change_decimals


def with_unit(shown: str, unit: str) -> str:
    """A shown number and its unit, which stay on one line for a per cent sign."""
    return shown if not unit else f"{shown}{FIXED}{unit}"


def rounded_down(value: float) -> float:
    """The largest of 1, 2, 5 × 10^n that is not above `value`.

    Examples
    --------
    >>> rounded_down(730.0), rounded_down(0.03)
    (500.0, 0.02)
    """
    if value <= 0 or not math.isfinite(value):
        return 0.0
    power = math.floor(math.log10(value))
    step = max((s for s in (1, 2, 5) if s * 10.0**power <= value * (1 + 1e-9)), default=1)
    return float(f"{step}e{power}")


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round positions for the ticks of an axis from `low` to `high`.

    Examples
    --------
    >>> ticks(-31.0, 4.0)
    [-30.0, -20.0, -10.0, 0.0]
    """
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    power = math.floor(math.log10(span / about))
    step = next(s * 10.0**power for s in (1, 2, 5, 10) if s * 10.0**power * about >= span * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]
