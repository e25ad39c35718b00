"""Classes that change places on the same pair of segments, at unchanged total flows.

Where two classes pay different fixed costs, at most one of them can be indifferent between two segments. Shifting one
class after the other reaches that state in steps of cost difference over slope, hopelessly small on congested links.
Trading places changes no time and gains the difference in fixed cost for every vehicle, so it can be done at once.
"""

from __future__ import annotations

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.equilibrium.pairs import Pairs
from exante.kernels.graph import BoolArray, FloatArray, LongArray

MIXER = 0x5851F42D4C957F2D
"""Multiplier of a linear congruential generator (Knuth, MMIX), to tell sets of links apart by one number."""

DIFFERENT = 1e-12
"""Relative difference of fixed costs from which on trading places is worth it."""


def swap_classes(pairs: Pairs, fixed: FloatArray) -> float:
    """Let classes trade places on equal pairs of the pool; gives the generalised cost that this saved."""
    n = int(pairs.filled[0])
    key, turned, gain = np.zeros(n, np.int64), np.zeros(n, bool), np.zeros(n)
    _describe(pairs, fixed, key, turned, gain)
    return float(_swap(pairs, np.lexsort((-gain, key)), key, turned, gain))


@entry
def _describe(pairs: Pairs, fixed: FloatArray, key: LongArray, turned: BoolArray, gain: FloatArray) -> None:
    """A key of the two link sets, whether the pair is stored the other way round, and what its class pays more."""
    for p in range(key.size):
        one = 0
        two = 0
        extra = 0.0
        for k in range(pairs.first[p], pairs.first[p + 1]):
            a = pairs.link[k] + 1
            mixed = (a * MIXER) ^ ((a * MIXER) >> 29)
            if k < pairs.middle[p]:
                one += mixed * a
                extra += fixed[pairs.owner[p], pairs.link[k]]
            else:
                two += mixed * a
                extra -= fixed[pairs.owner[p], pairs.link[k]]
        turned[p] = one > two
        key[p] = one ^ two if one != two else one
        gain[p] = -extra if turned[p] else extra


@inner
def _room(pairs: Pairs, p: int, second: bool) -> float:
    """Flow that can leave one segment of pair `p`."""
    first, last = (pairs.middle[p], pairs.first[p + 1]) if second else (pairs.first[p], pairs.middle[p])
    room = np.inf
    for k in range(first, last):
        room = min(room, pairs.flow[pairs.cell[k]])
    return room


@inner
def _add(pairs: Pairs, p: int, to_second: bool, step: float) -> None:
    for k in range(pairs.first[p], pairs.first[p + 1]):
        pairs.flow[pairs.cell[k]] += step if (k >= pairs.middle[p]) == to_second else -step


@entry
def _swap(pairs: Pairs, order: LongArray, key: LongArray, turned: BoolArray, gain: FloatArray) -> float:
    """Within equal keys, pairs come by falling gain: the first leaves the first segment, the last takes its place."""
    saved = 0.0
    begin = 0
    while begin < order.size:
        end = begin + 1
        while end < order.size and key[order[end]] == key[order[begin]]:
            end += 1
        early, late = begin, end - 1
        while early < late:
            p, q = order[early], order[late]
            worth = gain[p] - gain[q]
            if worth <= DIFFERENT * (abs(gain[p]) + abs(gain[q])):
                break
            leaving = _room(pairs, p, turned[p])
            entering = _room(pairs, q, not turned[q])
            step = min(leaving, entering)
            if step > 0.0:
                _add(pairs, p, not turned[p], step)
                _add(pairs, q, turned[q], step)
                saved += step * worth
            if leaving <= entering:
                early += 1
            else:
                late -= 1
        begin = end
    return saved
