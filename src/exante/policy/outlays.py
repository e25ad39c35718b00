"""Outlays: what a policy costs whom, as sums of money that measures state with their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from exante.quantities.errors import PolicyError

Payer = Literal["city", "state", "households", "firms"]
PAYERS: tuple[str, ...] = get_args(Payer)


@dataclass(frozen=True)
class Outlay:
    """A sum that a policy makes somebody pay; negative where it saves or earns.

    What models compute (fares, fuel, bills, charges) is not an outlay: it follows from their results.

    Attributes
    ----------
    what : str
        In a few words.
    payer : str
        `"city"`, `"state"`, `"households"` or `"firms"`.
    capital : float
        Once, at the start, EUR.
    yearly : float
        Every year in force, EUR/year.
    lifetime : float
        Years after which the capital has to be spent again.
    """

    what: str
    payer: Payer
    capital: float = 0.0
    yearly: float = 0.0
    lifetime: float = 30.0

    def __post_init__(self) -> None:
        if self.payer not in PAYERS or self.lifetime <= 0:
            raise PolicyError(
                f"the outlay '{self.what}' has payer '{self.payer}' and a lifetime of {self.lifetime:g} years",
                remedy=f"Payers are {', '.join(PAYERS)}; a lifetime is positive",
            )


def by_payer(outlays: Iterable[Outlay]) -> dict[str, tuple[float, float]]:
    """Capital (EUR) and yearly sum (EUR/year) of every payer.

    Examples
    --------
    >>> by_payer([Outlay("signs", "city", capital=2.0), Outlay("upkeep", "city", yearly=1.0)])["city"]
    (2.0, 1.0)
    """
    sums = dict.fromkeys(PAYERS, (0.0, 0.0))
    for outlay in outlays:
        capital, yearly = sums[outlay.payer]
        sums[outlay.payer] = (capital + outlay.capital, yearly + outlay.yearly)
    return sums
