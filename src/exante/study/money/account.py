"""The account of a policy: sums of money a year by payer, draw by draw, and the cost of a tonne.

Values follow appraisal practice (European Commission, Economic Appraisal Vademecum): outlays as equal yearly amounts
over their lifetime at the social discount rate, user benefits as consumer surplus, harm that no bill shows at a price
per unit. Transfers (charges) are a loss of those who pay, in their surplus, and a gain of the city; what visitors pay
is the city's gain and in no resident's surplus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.policy.outlays import PAYERS, Outlay
from exante.quantities import vocabulary
from exante.simulation import Draws
from exante.study.horizon import total
from exante.study.money.prices import Line, list_parameters, read_lines
from exante.study.result import Forecast
from exante.study.summary import INTERVAL

FloatArray = NDArray[np.float64]

#: Harm that no bill shows is nobody's payment.
EVERYONE = "everyone"
TONNES = 1000.0


@dataclass(frozen=True)
class Account:
    """Sums a year under the policy less without it, EUR/year; positive is a gain.

    Attributes
    ----------
    titles, payers : tuple of str
        Of each line.
    climate : tuple of bool
        Lines that price greenhouse gases.
    yearly : ndarray, shape (lines, draws)
        EUR/year, in the last computed year.
    present : ndarray, shape (lines, draws), or None
        Sum over the years to the horizon, discounted to the first, EUR; None where one year was computed.
    tonnes : ndarray, shape (draws,)
        Greenhouse gases avoided in the last computed year, tonne/year.
    years : tuple of int
    notes : tuple of str
        What is in no line.
    """

    titles: tuple[str, ...]
    payers: tuple[str, ...]
    climate: tuple[bool, ...]
    yearly: FloatArray
    present: FloatArray | None
    tonnes: FloatArray
    years: tuple[int, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def net(self) -> FloatArray:
        """Sum of all lines, EUR/year, shape (draws,)."""
        return self.yearly.sum(axis=0)

    @property
    def public_cost(self) -> FloatArray:
        """What city and state pay less what they receive, EUR/year, shape (draws,)."""
        public = [k for k, payer in enumerate(self.payers) if payer in ("city", "state")]
        return -self.yearly[public].sum(axis=0)

    @property
    def cost_per_tonne(self) -> FloatArray | None:
        """Net cost to all, climate left out, for each tonne avoided, EUR/tonne, shape (draws,).

        None where tonnes are not avoided in at least 95 % of the draws (the 90 % interval would span zero).
        """
        if (self.tonnes > 0).mean() < 0.95:
            return None
        other = [k for k, priced in enumerate(self.climate) if not priced]
        return -self.yearly[other].sum(axis=0) / np.where(self.tonnes > 0, self.tonnes, np.nan)

    def by_payer(self) -> dict[str, FloatArray]:
        """Sum of the lines of every payer, EUR/year; together they are `net` in every draw."""
        return {
            payer: self.yearly[[k for k, p in enumerate(self.payers) if p == payer]].sum(axis=0)
            for payer in (*PAYERS, EVERYONE)
            if payer in self.payers
        }

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        cost = self.cost_per_tonne
        return {
            "unit": "EUR/year",
            "year": self.years[-1],
            "lines": [
                {
                    "title": self.titles[k],
                    "payer": self.payers[k],
                    **_spread(self.yearly[k]),
                    "present_value": None if self.present is None else _spread(self.present[k]),
                }
                for k in range(len(self.titles))
            ],
            "by_payer": {payer: _spread(sums) for payer, sums in self.by_payer().items()},
            "net": _spread(self.net),
            "net_present_value": None if self.present is None else _spread(self.present.sum(axis=0)),
            "benefit_cost_ratio": self._ratio(),
            "public_cost": _spread(self.public_cost),
            "tonnes_avoided": _spread(self.tonnes),
            "cost_per_tonne": None if cost is None else _spread(cost[np.isfinite(cost)]),
            "notes": list(self.notes),
        }

    def _ratio(self) -> dict[str, float] | None:
        """Everything that is no outlay over the outlays; None where the policy states none."""
        spent = [k for k, title in enumerate(self.titles) if title.startswith(OUTLAY)]
        cost = -self.yearly[spent].sum(axis=0)
        if not spent or not (cost > 0).all():
            return None
        return _spread((self.net + cost) / cost)


#: First words of a line that is an outlay.
OUTLAY = "Outlay: "


def draw_account(forecast: Forecast, outlays: Sequence[Sequence[Outlay]] | None = None) -> Account:
    """The account of a forecast.

    Parameters
    ----------
    forecast : Forecast
    outlays : sequence of sequences of Outlay, optional
        Of each draw; those the policy states by default.
    """
    draws = forecast.draws
    prices = Draws(list_parameters(), draws, forecast.seed)
    drawn = {
        p.name: np.array([prices.values(k)[p.name] for k in range(draws)])  # the same for every policy
        for p in list_parameters()
    }
    rate, days = drawn["money.discount"], drawn["money.days"]
    years = tuple(int(y) for y in forecast.paths["year"].values) if forecast.paths is not None else ()
    lines, left = _taken(forecast)
    titles = [line.title for line in lines]
    payers = [line.payer for line in lines]
    values = [_valued(forecast, line, drawn[line.price.name], days) for line in lines]
    stated = outlays if outlays is not None else _stated(forecast)
    for (what, payer), sums in _outlay_lines(stated, rate).items():
        titles.append(OUTLAY + what)
        payers.append(payer)
        values.append(np.repeat(sums[:, None], max(len(years), 1), axis=1))
    paths = np.array(values).reshape(len(values), draws, max(len(years), 1))
    present = None
    if len(years) > 1:
        present = np.stack([total(years, paths[:, k], rate=float(rate[k])) for k in range(draws)], axis=1)
    notes = [f"{title} is in no line: it counts the same harm as another." for title in left]
    if not any(stated):
        notes.append("The policy states no cost: what it takes to carry it out is in no line.")
    tonnes = -TONNES * sum(
        (_change(forecast, line.indicator)[:, -1] for line in lines if line.climate), start=np.zeros(draws)
    )
    return Account(
        tuple(titles),
        tuple(payers),
        tuple(line.climate for line in lines) + (False,) * (len(titles) - len(lines)),
        paths[:, :, -1],
        present,
        np.asarray(tonnes, dtype=float),
        years or (forecast.city.as_of.year,),
        tuple(notes),
    )


def _taken(forecast: Forecast) -> tuple[list[Line], list[str]]:
    """Lines whose indicator the forecast has and that move, and titles of those left out as counted already."""
    taken: list[Line] = []
    left: list[str] = []
    groups: set[str] = set()
    for line in read_lines():
        if line.indicator not in forecast.indicators or not _change(forecast, line.indicator).any():
            continue
        if line.group and line.group in groups:
            left.append(line.title)
            continue
        groups.add(line.group)
        taken.append(line)
    return taken, left


def _change(forecast: Forecast, indicator: str) -> FloatArray:
    """Policy less baseline, shape (draws, years)."""
    source = forecast.indicators if forecast.paths is None else forecast.paths
    array = source[indicator]
    change = array.sel(scenario="policy").values - array.sel(scenario="baseline").values
    return np.asarray(change, dtype=float).reshape(forecast.draws, -1)


def _valued(forecast: Forecast, line: Line, price: FloatArray, days: FloatArray) -> FloatArray:
    """EUR/year, shape (draws, years)."""
    per_day = vocabulary.get(line.indicator).unit.endswith("/day")
    return _change(forecast, line.indicator) * (price * (days if per_day else 1.0))[:, None]


def _stated(forecast: Forecast) -> list[list[Outlay]]:
    """What the policy states, with the numbers of each draw."""
    policy = forecast.policy
    if not hasattr(policy, "outlays"):
        return [[] for _ in range(forecast.draws)]
    uniforms = Draws((), forecast.draws, forecast.seed).policy_uniforms(policy.uncertain())
    return [policy.at(drawn).outlays(forecast.city) for drawn in uniforms]


def _outlay_lines(outlays: Sequence[Sequence[Outlay]], rate: FloatArray) -> dict[tuple[str, str], FloatArray]:
    """Equal yearly amounts of every outlay by name and payer, negative, EUR/year, shape (draws,)."""
    lines: dict[tuple[str, str], FloatArray] = {}
    for k, stated in enumerate(outlays):
        for outlay in stated:
            sums = lines.setdefault((outlay.what, outlay.payer), np.zeros(len(outlays)))
            sums[k] -= outlay.capital * annuity(float(rate[k]), outlay.lifetime) + outlay.yearly
    return lines


def annuity(rate: float, years: float) -> float:
    """Equal yearly payment for a sum of one over so many years.

    Examples
    --------
    >>> annuity(0.0, 20.0), round(annuity(0.03, 30.0), 5)
    (0.05, 0.05102)
    """
    return 1.0 / years if rate == 0 else rate / (1.0 - (1.0 + rate) ** -years)


def _spread(draws: FloatArray) -> dict[str, float]:
    low, middle, high = (float(q) for q in np.quantile(draws, INTERVAL))
    return {"mean": float(draws.mean()), "p05": low, "p50": middle, "p95": high}
