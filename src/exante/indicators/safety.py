"""Road safety: crashes, injured and killed a year."""

from __future__ import annotations

import numpy as np

from exante.quantities.declarations import Indicator, Inputs
from exante.quantities.labels import place

COUNTED = "Crashes with injured people that the police record, on the modelled streets and their junctions"


def _crashes(x: Inputs) -> float:
    return float(x["link_crashes"].sum())


def _local(x: Inputs) -> float:
    local = np.isin(x["links.road_class"].astype(str), ("residential", "living_street"))
    return float(x["link_crashes"][local].sum())


def _injured(x: Inputs) -> float:
    return float(x["casualties"][place("severity", "injured")].sum())


def _killed(x: Inputs) -> float:
    return float(x["casualties"][place("severity", "killed")].sum())


def _unprotected(x: Inputs) -> float:
    injured = x["casualties"][place("severity", "injured")]
    return float(injured[place("casualty_mode", "walk")] + injured[place("casualty_mode", "cycle")])


INDICATORS = (
    Indicator(
        name="crashes_year",
        title="Crashes with injured people",
        better="lower",
        counted=COUNTED,
        reads=("link_crashes",),
        compute=_crashes,
    ),
    Indicator(
        name="killed_year",
        title="People killed in crashes",
        better="lower",
        counted=f"{COUNTED}; deaths by the city's own rule (24 hours or 30 days)",
        reads=("casualties",),
        compute=_killed,
    ),
    Indicator(
        name="injured_year",
        title="People injured in crashes",
        better="lower",
        counted=COUNTED,
        reads=("casualties",),
        compute=_injured,
        shown=False,
    ),
    Indicator(
        name="injured_unprotected",
        title="People injured on foot or by bicycle",
        better="lower",
        counted=f"{COUNTED}; shares of modes held",
        reads=("casualties",),
        compute=_unprotected,
        shown=False,
    ),
    Indicator(
        name="crashes_local",
        title="Crashes on residential streets",
        better="lower",
        counted=COUNTED,
        reads=("link_crashes", "links.road_class"),
        compute=_local,
        shown=False,
    ),
)
