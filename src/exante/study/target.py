"""Targets: a level of an indicator that a policy should reach."""

from __future__ import annotations

import re
from typing import Any

from exante.indicators import list_indicators
from exante.quantities.errors import UserError

_FORM = re.compile(
    r"^\s*(?P<name>[A-Za-z0-9_]+)\s*(?P<sense><=|>=|≤|≥|<|>)\s*(?P<value>[-+]?[0-9.,_]+(?:[eE][-+]?\d+)?)\s*$"
)


def read_target(text: str) -> dict[str, Any]:
    """A target as `indicator <= value`, in the indicator's unit.

    Returns
    -------
    dict
        indicator, value, better (`"lower"` or `"higher"`).

    Raises
    ------
    UserError
        If it is not of that form or names no indicator.

    Examples
    --------
    >>> read_target("co2_traffic <= 1200")
    {'indicator': 'co2_traffic', 'value': 1200.0, 'better': 'lower'}
    """
    found = _FORM.match(text)
    names = [i.name for i in list_indicators()]
    if found is None:
        raise UserError(
            f"'{text}' is not a target",
            where="--target",
            remedy="Write an indicator, <= or >=, and a number in its unit, e.g. 'car_share <= 30'",
        )
    if found["name"] not in names:
        from difflib import get_close_matches

        near = get_close_matches(found["name"], names, n=3, cutoff=0.5)
        raise UserError(
            f"there is no indicator called '{found['name']}'",
            where="--target",
            remedy=f"{'Did you mean ' + ' or '.join(near) + '? ' if near else ''}Indicators: {', '.join(names)}",
        )
    try:
        value = float(found["value"].replace(",", "").replace("_", ""))
    except ValueError:
        raise UserError(
            f"'{found['value']}' is not a number", where="--target", remedy="Write for example 1200 or 0.5"
        ) from None
    better = "lower" if found["sense"] in ("<=", "≤", "<") else "higher"
    return {"indicator": found["name"], "value": value, "better": better}
