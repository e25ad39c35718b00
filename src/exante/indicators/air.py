"""Air that residents breathe at home: mean, limits, districts, income, age."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from exante.indicators.access import income_fifths
from exante.indicators.inequality import group_means
from exante.quantities.declarations import Indicator, Inputs

FloatArray = NDArray[np.float64]

PLACES = ("facade_zone", "facade_share", "zones.population")
LIMITS = {"no2": (20.0, 10.0), "pm25": (10.0, 5.0)}
"""Annual means (ug/m3): limit of 2030 in the Union (Directive (EU) 2024/2881), and guideline of WHO (2021)."""
TITLES = {"no2": "NO2", "pm25": "PM2.5"}
HOME = "Residents at home, annual mean; traffic by the model, all else as background and held"


def residents(x: Mapping[str, np.ndarray]) -> FloatArray:
    """Residents behind every facade, persons, shape (facades,)."""
    people: FloatArray = x["facade_share"] * x["zones.population"][x["facade_zone"]]
    return people


def _mean(pollutant: str) -> Callable[[Inputs], float]:
    def compute(x: Inputs) -> float:
        people = residents(x)
        return float(x[f"home_{pollutant}"] @ people / people.sum()) if people.sum() > 0 else 0.0

    return compute


def _above(pollutant: str, limit: float) -> Callable[[Inputs], float]:
    def compute(x: Inputs) -> float:
        people = residents(x)
        return float(100.0 * people[x[f"home_{pollutant}"] > limit].sum() / people.sum()) if people.sum() > 0 else 0.0

    return compute


def exposure_by_group(x: Mapping[str, np.ndarray], pollutant: str, group: np.ndarray) -> dict[str, float]:
    """Mean concentration at home of every group of zones, ug/m3."""
    return group_means(x[f"home_{pollutant}"], residents(x), group[x["facade_zone"]])


def exposure_by_age(x: Mapping[str, np.ndarray], pollutant: str) -> dict[str, float]:
    """Mean concentration at home by age, ug/m3: ages live along a zone's streets alike."""
    people = residents(x)
    zones = len(x["zones.population"])
    total = np.bincount(x["facade_zone"], people, minlength=zones)
    mean = np.bincount(x["facade_zone"], people * x[f"home_{pollutant}"], minlength=zones)
    mean = np.divide(mean, total, out=np.zeros(zones), where=total > 0)
    row = {name: i for i, name in enumerate(x["zones.zone_id"].tolist())}
    of = np.array([row[name] for name in x["people.zone_id"].tolist()], dtype=np.int64)
    return group_means(mean[of], x["people.persons"], x["people.age"])


def _worst_district(x: Inputs) -> float:
    return max(exposure_by_group(x, "no2", x["zones.district"]).values(), default=0.0)


def _fifth(last: bool) -> Callable[[Inputs], float]:
    def compute(x: Inputs) -> float:
        means = exposure_by_group(x, "no2", income_fifths(x["zones.income"], x["zones.population"]))
        return means[max(means) if last else min(means)] if means else 0.0

    return compute


def _age(age: str) -> Callable[[Inputs], float]:
    def compute(x: Inputs) -> float:
        return exposure_by_age(x, "no2").get(age, 0.0)

    return compute


def _street_worst(x: Inputs) -> float:
    if not x["street_length"].sum() > 0:
        return 0.0
    order = np.argsort(x["street_no2"], kind="stable")
    share = np.cumsum(x["street_length"][order]) / x["street_length"].sum()
    return float(x["street_no2"][order][np.searchsorted(share, 0.95)])


def _limits(pollutant: str) -> list[Indicator]:
    union, who = LIMITS[pollutant]
    return [
        Indicator(
            name=f"{pollutant}_above_{word}",
            title=f"Residents above {title} for {TITLES[pollutant]}",
            better="lower",
            counted=f"{HOME}; more than {limit:g} ug/m3",
            reads=(f"home_{pollutant}", *PLACES),
            compute=_above(pollutant, limit),
            shown=word == "eu" and pollutant == "no2",
        )
        for word, title, limit in (("eu", "the Union's limit of 2030", union), ("who", "WHO's guideline", who))
    ]


def _detail(name: str, title: str, compute: Callable[[Inputs], float], counted: str, *reads: str) -> Indicator:
    return Indicator(name=name, title=title, better="lower", counted=counted, reads=reads, compute=compute, shown=False)


AGES = ("home_no2", *PLACES, "zones.zone_id", "people.zone_id", "people.age", "people.persons")
INCOMES = ("home_no2", *PLACES, "zones.income")
INDICATORS = (
    *(
        Indicator(
            name=f"{pollutant}_exposure",
            title=f"{title} at home",
            better="lower",
            counted=HOME,
            reads=(f"home_{pollutant}", *PLACES),
            compute=_mean(pollutant),
        )
        for pollutant, title in TITLES.items()
    ),
    *_limits("no2"),
    *_limits("pm25"),
    _detail(
        "no2_street_worst", "NO2 on the worst streets", _street_worst, "Kerbs; one in twenty metres of street has more",
        "street_no2", "street_length",
    ),
    _detail(
        "no2_worst_district", "NO2 at home, worst district", _worst_district, HOME,
        "home_no2", *PLACES, "zones.district",
    ),
    _detail("no2_poorest_fifth", "NO2 at home, poorest fifth", _fifth(False), f"{HOME}; poorest zones", *INCOMES),
    _detail("no2_richest_fifth", "NO2 at home, richest fifth", _fifth(True), f"{HOME}; richest zones", *INCOMES),
    _detail("no2_over_64", "NO2 at home, over 64", _age("over_64"), HOME, *AGES),
    _detail("no2_under_15", "NO2 at home, under 15", _age("under_15"), HOME, *AGES),
)  # fmt: skip
