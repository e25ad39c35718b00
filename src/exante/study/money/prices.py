"""Prices of outcomes: what a unit is worth, to whom, with its spread and source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from exante.quantities.distributions import Distribution
from exante.quantities.parameters import Parameter, Spread


@dataclass(frozen=True)
class Line:
    """One outcome's line in the account.

    Attributes
    ----------
    indicator : str
    payer : str
        `"households"`, `"city"` or `"everyone"` (harm that no bill shows).
    title : str
    price : Parameter
        EUR per unit of the indicator, positive where more is better.
    climate : bool
        Priced greenhouse gases, left out of the cost of a tonne.
    group : str
        Lines of one group count one harm; only the first that a forecast has is taken.
    """

    indicator: str
    payer: str
    title: str
    price: Parameter
    climate: bool = False
    group: str = ""


def read_lines() -> list[Line]:
    """The lines of the account, in the order of the file.

    Examples
    --------
    >>> read_lines()[0].indicator
    'surplus'
    """
    return [
        Line(
            name,
            entry["payer"],
            entry["title"],
            _parameter(f"money.{name}", entry),
            bool(entry.get("climate", False)),
            entry.get("group", ""),
        )
        for name, entry in _document()["line"].items()
    ]


def general(name: str) -> Parameter:
    """`discount` (a year) or `days` (working days that make a year)."""
    return _parameter(f"money.{name}", _document()[name])


def list_parameters() -> list[Parameter]:
    """Every price, and the two general numbers."""
    return [general("discount"), general("days"), *(line.price for line in read_lines())]


def _document() -> dict[str, Any]:
    return tomllib.loads((files("exante.study.money") / "prices.toml").read_text(encoding="utf-8"))


def _parameter(name: str, entry: dict[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        unit=entry["unit"],
        distribution=Distribution.read(entry["distribution"], where=name),
        source=entry["source"],
        spread=Spread.UNCERTAINTY,
        meaning=entry["meaning"],
        verified=entry.get("verified", True),
    )
