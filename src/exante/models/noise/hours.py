"""Day, evening and night of the noise indicators, out of the modelled periods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.day import HOURLY, HOURLY_TRUCK, HOURLY_VAN, STANDS_FOR
from exante.quantities.declarations import Inputs
from exante.quantities.errors import ParameterError

FloatArray = NDArray[np.float64]

#: Hours at which day, evening and night begin where a state sets no others (Directive 2002/49/EC, Annex I).
BEGINS = {"noise_day_start": 7.0, "noise_evening_start": 19.0, "noise_night_start": 23.0}

#: Profile by vehicle class; motorcycles have that of all traffic.
PROFILE = {"car": HOURLY, "motorcycle": HOURLY, "van": HOURLY_VAN, "truck": HOURLY_TRUCK}


def part_of_hour(inputs: Inputs) -> NDArray[np.int64]:
    """Day (0), evening (1) or night (2) of each hour, by the state's hours, shape (24,).

    Raises
    ------
    ParameterError
        If the hours are not whole, or not in order.
    """
    start = [inputs.statistic(name, default) for name, default in BEGINS.items()]
    if any(s != int(s) for s in start) or not 0 <= start[0] < start[1] < start[2] <= 24:
        raise ParameterError(
            f"day, evening and night begin at {', '.join(f'{s:g}' for s in start)} h",
            where="table statistics",
            remedy="Give whole hours that rise: noise_day_start, noise_evening_start, noise_night_start",
        )
    hour = np.arange(24)
    day = (hour >= start[0]) & (hour < start[1])
    evening = (hour >= start[1]) & (hour < start[2])
    return np.where(day, 0, np.where(evening, 1, 2))


def period_parts(part: NDArray[np.int64], vehicle: str) -> FloatArray:
    """Share of a period's vehicles that travel by day, in the evening and at night, shape (periods, 3).

    Examples
    --------
    With the hours of the Directive, one of four hours of the afternoon peak is evening:

    >>> part = np.array([2] * 7 + [0] * 12 + [1] * 4 + [2])
    >>> np.round(period_parts(part, "car")[2], 3).tolist()
    [0.769, 0.231, 0.0]
    """
    profile = PROFILE[vehicle]
    return np.array([np.bincount(part[h], profile[h], minlength=3) / profile[h].sum() for h in STANDS_FOR])
