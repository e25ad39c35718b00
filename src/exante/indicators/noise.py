"""Noise of road traffic: who lives with how much, by 5 dB band, and whom it annoys or keeps awake."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from exante.indicators.access import income_fifths
from exante.indicators.inequality import group_means
from exante.kernels.sound.levels import annoyed_share, sleepless_share
from exante.quantities.declarations import Indicator, Inputs

FloatArray = NDArray[np.float64]

PLACES = ("facade_zone", "facade_share", "courtyard_share", "zones.population")
DEN = ("facade_lden", "courtyard_lden", *PLACES)
NIGHT = ("facade_lnight", "courtyard_lnight", *PLACES)

BANDS = {"lden": (55.0, 60.0, 65.0, 70.0, 75.0), "lnight": (50.0, 55.0, 60.0, 65.0, 70.0)}
"""Lower ends of the bands of 5 dB that states report, the last one open (Directive 2002/49/EC, Annex VI)."""

WHO = {"lden": 53.0, "lnight": 45.0}
"""Levels of road noise that WHO recommends to stay below (WHO Regional Office for Europe 2018)."""


def residents(x: Mapping[str, np.ndarray]) -> FloatArray:
    """Residents by façade, at the street front and at the back, persons, shape (2, facades)."""
    people = x["facade_share"] * x["zones.population"][x["facade_zone"]]
    back = float(x["courtyard_share"])
    return np.stack([(1.0 - back) * people, back * people])


def levels(x: Mapping[str, np.ndarray], level: str) -> FloatArray:
    """`"lden"` or `"lnight"` at the street front and at the back, dB, shape (2, facades)."""
    return np.stack([x[f"facade_{level}"], x[f"courtyard_{level}"]])


def noise_by_group(x: Mapping[str, np.ndarray], values: FloatArray, group: np.ndarray) -> dict[str, float]:
    """Mean of an outcome per resident of every group of zones.

    Parameters
    ----------
    values : ndarray, shape (2, facades)
        By façade, street front and back.
    group : ndarray of str, shape (zones,)
        `zones.district`, or fifths by income.
    """
    of = group[x["facade_zone"]]
    return group_means(values.ravel(), residents(x).ravel(), np.concatenate([of, of]))


def _percent(x: Mapping[str, np.ndarray], values: FloatArray) -> float:
    people = residents(x)
    return float(100.0 * (values * people).sum() / people.sum()) if people.sum() > 0 else 0.0


def _above(level: str, low: float, high: float = np.inf) -> Callable[[Inputs], float]:
    """Share of residents in a band, percent."""

    def compute(x: Inputs) -> float:
        told = levels(x, level)
        inside: FloatArray = ((told >= low) & (told < high)).astype(np.float64)
        return _percent(x, inside)

    return compute


def _annoyed(x: Inputs) -> float:
    return float((annoyed_share(levels(x, "lden")) * residents(x)).sum())


def _sleepless(x: Inputs) -> float:
    return float((sleepless_share(levels(x, "lnight")) * residents(x)).sum())


def _mean_level(x: Inputs) -> float:
    return _percent(x, levels(x, "lden")) / 100.0


def _worst_district(x: Inputs) -> float:
    shares = noise_by_group(x, annoyed_share(levels(x, "lden")), x["zones.district"])
    return 100.0 * max(shares.values(), default=0.0)


def _poorest_fifth(x: Inputs) -> float:
    shares = noise_by_group(
        x, annoyed_share(levels(x, "lden")), income_fifths(x["zones.income"], x["zones.population"])
    )
    return 100.0 * shares[min(shares)] if shares else 0.0


FRONT = "Residents at the loudest façade of their home; road traffic alone, buses and trams not"


def _band(level: str, low: float) -> Indicator:
    last = low == BANDS[level][-1]
    title = f"Residents at {level.capitalize()} {'above' if last else 'of'} {low:g}" + ("" if last else f"-{low + 5:g}")
    return Indicator(
        name=f"noise_{level}_{low:.0f}",
        title=f"{title} dB",
        better="neither",
        counted=FRONT,
        reads=DEN if level == "lden" else NIGHT,
        compute=_above(level, low, np.inf if last else low + 5.0),
        shown=False,
    )


INDICATORS = (
    Indicator(
        name="noise_above_55",
        title="Residents with road noise of 55 dB or more",
        better="lower",
        counted=f"{FRONT}; Lden",
        reads=DEN,
        compute=_above("lden", 55.0),
    ),
    Indicator(
        name="noise_annoyed",
        title="Residents highly annoyed by road noise",
        better="lower",
        counted=f"{FRONT}; curve of Directive (EU) 2020/367 from Lden 40 dB",
        reads=DEN,
        compute=_annoyed,
    ),
    Indicator(
        name="noise_sleepless",
        title="Residents whose sleep road noise disturbs highly",
        better="lower",
        counted=f"{FRONT}; curve of Directive (EU) 2020/367 from Lnight 40 dB",
        reads=NIGHT,
        compute=_sleepless,
    ),
    Indicator(
        name="noise_mean_level",
        title="Mean road noise at home",
        better="lower",
        counted=f"{FRONT}; mean of Lden in dB",
        reads=DEN,
        compute=_mean_level,
        shown=False,
    ),
    Indicator(
        name="noise_night_above_50",
        title="Residents with road noise of 50 dB or more at night",
        better="lower",
        counted=f"{FRONT}; Lnight",
        reads=NIGHT,
        compute=_above("lnight", 50.0),
        shown=False,
    ),
    Indicator(
        name="noise_above_53",
        title="Residents above the road noise that WHO recommends",
        better="lower",
        counted=f"{FRONT}; Lden of 53 dB or more",
        reads=DEN,
        compute=_above("lden", WHO["lden"]),
        shown=False,
    ),
    Indicator(
        name="noise_night_above_45",
        title="Residents above the road noise at night that WHO recommends",
        better="lower",
        counted=f"{FRONT}; Lnight of 45 dB or more",
        reads=NIGHT,
        compute=_above("lnight", WHO["lnight"]),
        shown=False,
    ),
    Indicator(
        name="noise_annoyed_worst_district",
        title="Highly annoyed by road noise, worst district",
        better="lower",
        counted=f"{FRONT}; district with the highest share",
        reads=(*DEN, "zones.district"),
        compute=_worst_district,
        shown=False,
    ),
    Indicator(
        name="noise_annoyed_poorest_fifth",
        title="Highly annoyed by road noise, poorest fifth",
        better="lower",
        counted=f"{FRONT}; fifth of residents in the zones of lowest mean income",
        reads=(*DEN, "zones.income"),
        compute=_poorest_fifth,
        shown=False,
    ),
    *(_band(level, low) for level, lows in BANDS.items() for low in lows),
)
