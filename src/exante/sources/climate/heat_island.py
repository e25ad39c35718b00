"""How much warmer the dense centre is than the weather station, by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from exante.quantities.errors import SourceError
from exante.sources.climate.sun import DAYS, FloatArray


def heat_island(document: Mapping[str, Any], air: FloatArray) -> FloatArray:
    """Difference of the centre to the station, K, shape (8760,), from `[climate.heat_island]`.

    Between the published difference of the daily minima (`night`) and that of the maxima (`day`), in proportion to
    where the mean hour of the day lies between its coldest and warmest. Zero where the document tells nothing.

    Raises
    ------
    SourceError
        If a difference is absent or above 15 K.
    """
    told = document.get("climate", {}).get("heat_island")
    if told is None:
        return np.zeros(len(air))
    wrong = [key for key in ("night", "day") if not isinstance(told.get(key), int | float) or abs(told[key]) > 15]
    if wrong or "source" not in told:
        raise SourceError(
            f"{' and '.join([*wrong, *([] if 'source' in told else ['source'])])} of the heat island are no figures",
            where="[climate.heat_island]",
            remedy="Give night and day in K and their source",
        )
    shape = air.reshape(DAYS, 24).mean(axis=0)
    place = (shape - shape.min()) / (shape.max() - shape.min())
    return np.tile(told["night"] + (told["day"] - told["night"]) * place, DAYS)
