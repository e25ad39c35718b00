"""From nitrogen oxides to nitrogen dioxide, as means of a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

PPB_NO2, PPB_O3 = 1.913, 1.996
"""ug/m3 of one ppb at 20 degrees and 1013 hPa."""

PHOTOLYSIS = 0.0045
"""Mean rate of photolysis of NO2 over a year, 1/s (Düring et al. 2011)."""

REACTION = 0.00039
"""Rate of NO with O3, 1/(ppb s) (Düring et al. 2011)."""


def nitrogen_dioxide(
    background: ArrayLike,
    background_nox: ArrayLike,
    added: ArrayLike,
    primary: ArrayLike,
    ozone: ArrayLike,
    mixing_time: ArrayLike,
) -> FloatArray:
    """NO2 where nearby sources add NOx to the background, ug/m3.

    Balance of NO with ozone, photolysis and the exchange of air in the street (Düring et al. 2011, after
    Hertel and Berkowicz 1989), in ppb: with `n` the NO2 before reaction (background and primary), ``o = n + O3``,
    ``B = NOx + o + (J + 1 / tau) / k`` and ``D = 1 / (k tau)``,

    ``NO2 = (B - sqrt(B^2 - 4 (NOx o + n D))) / 2``.

    The reaction of the background itself is taken out: nothing added leaves the background as it is.

    Parameters
    ----------
    background, background_nox : array_like
        NO2, and NOx as NO2, away from the sources, ug/m3.
    added : array_like
        NOx as NO2 from the sources, ug/m3.
    primary : float
        Share of NO2 in what is emitted.
    ozone : float
        O3 in the background, ug/m3.
    mixing_time : float
        Time that air stays near the sources, s.

    Examples
    --------
    >>> nitrogen_dioxide([10.0], [14.0], [0.0], 0.2, 60.0, 100.0).tolist()
    [10.0]
    >>> round(float(nitrogen_dioxide([10.0], [14.0], [60.0], 0.2, 60.0, 100.0)[0]), 1)
    37.1
    """
    clean = np.asarray(background, dtype=np.float64) / PPB_NO2
    nox = np.asarray(background_nox, dtype=np.float64) / PPB_NO2
    more = np.asarray(added, dtype=np.float64) / PPB_NO2
    oxidant, time = np.asarray(ozone) / PPB_O3, np.asarray(mixing_time)
    start = _balance(clean, nox, oxidant, time)
    end = _balance(clean + np.asarray(primary) * more, nox + more, oxidant, time)
    dioxide: FloatArray = PPB_NO2 * (clean + end - start)
    return dioxide


def _balance(before: FloatArray, nox: FloatArray, ozone: FloatArray, mixing_time: FloatArray) -> FloatArray:
    exchange = 1.0 / (REACTION * mixing_time)
    oxidant = before + ozone
    b = nox + oxidant + PHOTOLYSIS / REACTION + exchange
    found: FloatArray = 0.5 * (b - np.sqrt(b**2 - 4.0 * (nox * oxidant + before * exchange)))
    return found
