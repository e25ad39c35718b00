"""Kinds of driver: who pays charges and who is barred, and in which class of the equilibrium each one travels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.bans import Bans
from exante.models.mobility.incomes import Incomes, one_income
from exante.models.mobility.tolls import Tolls

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """Drivers whom the rules treat alike.

    Attributes
    ----------
    pays, barred : bool
        Under charges, and under bans, when these are in force.
    share : ndarray, shape (centroids,)
        Share of the drivers who live there.
    income : int or None
        Income class of those who pay; None where all of them are in one kind.
    """

    pays: bool
    barred: bool
    share: FloatArray
    income: int | None = None


@dataclass(frozen=True)
class Drivers:
    """All kinds of driver, and the classes of the equilibrium in which they travel.

    A class is (pays, barred) at the time of travel: who pays by day only is in another class at night. Those who pay
    are in a class for each income, because a charge makes the poor go round and the rich pay. Who is exempt
    from one rule is taken to be exempt from the other as far as their shares go, and the shorter hours to lie within
    the longer: a resident of the centre has the permit and does not pay.

    Attributes
    ----------
    tolls : Tolls
    bans : Bans
    kinds : tuple of Kind
    classes : tuple of (bool, bool)
        The first neither pays nor is barred.
    travels : ndarray, shape (kinds, periods, classes)
        Share of each kind's trips of a period that travel in each class.
    incomes : Incomes
    income : ndarray of int, shape (classes,)
        Income class of those who pay; -1 where all are together.
    """

    tolls: Tolls
    bans: Bans
    kinds: tuple[Kind, ...]
    classes: tuple[tuple[bool, bool], ...]
    travels: FloatArray
    incomes: Incomes
    income: NDArray[np.int64]

    @property
    def codes(self) -> NDArray[np.int64]:
        """A number for each class that is the same in every run: pays, barred, and income from the third bit."""
        rule = np.array([pays + 2 * barred for pays, barred in self.classes])
        return rule + 4 * np.maximum(self.income, 0)

    @property
    def money(self) -> FloatArray:
        """What an EUR weighs for each class over what it weighs for the mean of all, shape (classes,)."""
        return np.array([1.0 if i < 0 else 1.0 / self.incomes.worth[i] for i in self.income])

    @property
    def through(self) -> int:
        """Class of through traffic in banned hours: it holds no permit, and does not pay."""
        return self.classes.index((False, True)) if (False, True) in self.classes else 0

    def expected(self, kind: int, drive: FloatArray) -> FloatArray:
        """Mean of the classes' driving cost over the trips of a kind, shape (periods, n, n).

        Parameters
        ----------
        kind : int
        drive : ndarray, shape (periods, classes, n, n)
        """
        used = np.flatnonzero(self.travels[kind].any(axis=0))
        if len(used) == 1:
            return drive[:, used[0]]
        mean = self.travels[kind, :, used[0], None, None] * drive[:, used[0]]
        for c in used[1:]:
            mean = mean + self.travels[kind, :, c, None, None] * drive[:, c]
        return mean


#: (pays, barred) in the order of their numbers.
RULES = ((False, False), (True, False), (False, True), (True, True))


def list_drivers(tolls: Tolls, bans: Bans, periods: int, centroids: int, incomes: Incomes | None = None) -> Drivers:
    """Kinds of driver under the rules in force; one where there are none.

    Parameters
    ----------
    tolls : Tolls
    bans : Bans
    periods, centroids : int
    incomes : Incomes, optional
        One class by default. People who live beyond a gate have the city's mean shares.

    Examples
    --------
    Half of the cars pay all day:

    >>> tolls = Tolls(np.ones(1), 0.5, np.ones(2))
    >>> open_to_all = Bans(np.zeros(1, bool), np.zeros(1, bool), np.zeros(1), np.zeros(1), np.zeros(1))
    >>> drivers = list_drivers(tolls, open_to_all, 2, 1)
    >>> [(k.pays, float(k.share[0])) for k in drivers.kinds], drivers.classes
    ([(True, 0.5), (False, 0.5)], ((False, False), (True, False)))
    """
    incomes = one_income(centroids) if incomes is None else incomes
    by_income = _of_centroids(incomes, centroids)
    pay = np.full(centroids, tolls.paying if tolls.any else 0.0)
    bar = bans.barred if bans.any else np.zeros(centroids)
    charged = tolls.charged if tolls.any else np.zeros(periods)
    banned = bans.hours if bans.any else np.zeros(periods)
    both = np.minimum(pay, bar)
    shares = {(True, True): both, (True, False): pay - both, (False, True): bar - both}
    kinds = []
    for rule, share in shares.items():
        if not share.any():
            continue
        if rule[0] and incomes.number > 1:
            kinds += [Kind(*rule, share * by_income[:, i], i) for i in range(incomes.number)]
        else:
            kinds.append(Kind(*rule, share))
    kinds.append(Kind(False, False, 1.0 - np.maximum(pay, bar)))
    levels = range(incomes.number) if incomes.number > 1 else (-1,)
    known = [(rule, -1) for rule in RULES if not rule[0]]
    known += [(rule, i) for rule in RULES if rule[0] for i in levels]
    known.sort(key=lambda c: (c[1], RULES.index(c[0])))
    parts = np.zeros((len(kinds), periods, len(known)))
    for k, kind in enumerate(kinds):
        c, b = charged * kind.pays, banned * kind.barred
        part = {
            (False, False): 1.0 - np.maximum(c, b),
            (True, False): np.maximum(c - b, 0.0),
            (False, True): np.maximum(b - c, 0.0),
            (True, True): np.minimum(c, b),
        }
        for rule, share in part.items():
            income = kind.income if rule[0] and kind.income is not None else -1
            if (rule, income) in known:
                parts[k, :, known.index((rule, income))] = share
    always = [rule == (False, False) or (rule == (False, True) and bans.any) for rule, _ in known]
    needed = parts.any(axis=(0, 1)) | np.array(always)
    classes = [c for c, n in zip(known, needed, strict=True) if n]
    return Drivers(
        tolls,
        bans,
        tuple(kinds),
        tuple(rule for rule, _ in classes),
        parts[:, :, needed],
        incomes,
        np.array([i for _, i in classes]),
    )


def _of_centroids(incomes: Incomes, centroids: int) -> FloatArray:
    """Shares of incomes among drivers of every centroid: zones, then gates at the mean of zones."""
    missing = centroids - len(incomes.with_car)
    if missing <= 0:
        return incomes.with_car[:centroids]
    return np.concatenate([incomes.with_car, np.tile(incomes.with_car.mean(axis=0), (missing, 1))])
