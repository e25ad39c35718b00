"""Kinds of driver: who pays charges and who is barred, and in which class of the equilibrium each one travels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.bans import Bans
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
    """

    pays: bool
    barred: bool
    share: FloatArray


@dataclass(frozen=True)
class Drivers:
    """All kinds of driver, and the classes of the equilibrium in which they travel.

    A class is (pays, barred) at the time of travel: who pays by day only is in another class at night. Who is exempt
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
    """

    tolls: Tolls
    bans: Bans
    kinds: tuple[Kind, ...]
    classes: tuple[tuple[bool, bool], ...]
    travels: FloatArray

    @property
    def codes(self) -> NDArray[np.int64]:
        """A number for each class that is the same in every run."""
        return np.array([pays + 2 * barred for pays, barred in self.classes])

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


def list_drivers(tolls: Tolls, bans: Bans, periods: int, centroids: int) -> Drivers:
    """Kinds of driver under the rules in force; one where there are none.

    Examples
    --------
    Half of the cars pay all day:

    >>> tolls = Tolls(np.ones(1), 0.5, np.ones(2))
    >>> open_to_all = Bans(np.zeros(1, bool), np.zeros(1, bool), np.zeros(1), np.zeros(1), np.zeros(1))
    >>> drivers = list_drivers(tolls, open_to_all, 2, 1)
    >>> [(k.pays, float(k.share[0])) for k in drivers.kinds], drivers.classes
    ([(True, 0.5), (False, 0.5)], ((False, False), (True, False)))
    """
    pay = np.full(centroids, tolls.paying if tolls.any else 0.0)
    bar = bans.barred if bans.any else np.zeros(centroids)
    charged = tolls.charged if tolls.any else np.zeros(periods)
    banned = bans.hours if bans.any else np.zeros(periods)
    both = np.minimum(pay, bar)
    shares = {(True, True): both, (True, False): pay - both, (False, True): bar - both}
    kinds = [Kind(*rule, share) for rule, share in shares.items() if share.any()]
    kinds.append(Kind(False, False, 1.0 - np.maximum(pay, bar)))
    rules = ((False, False), (True, False), (False, True), (True, True))
    parts = np.zeros((len(kinds), periods, len(rules)))
    for k, kind in enumerate(kinds):
        c, b = charged * kind.pays, banned * kind.barred
        pays, barred = np.maximum(c - b, 0.0), np.maximum(b - c, 0.0)
        parts[k] = np.stack([1.0 - np.maximum(c, b), pays, barred, np.minimum(c, b)], axis=1)
    needed = parts.any(axis=(0, 1)) | np.array([True, False, bans.any, False])
    return Drivers(
        tolls, bans, tuple(kinds), tuple(r for r, n in zip(rules, needed, strict=True) if n), parts[:, :, needed]
    )
