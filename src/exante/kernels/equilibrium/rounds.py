"""Equalising the pairs of the pool, one after the other in rounds."""

from __future__ import annotations

from exante.kernels.compiled import entry
from exante.kernels.equilibrium.pairs import Pairs
from exante.kernels.equilibrium.shifts import search
from exante.kernels.graph import FloatArray
from exante.kernels.link_cost import CostTable


@entry
def equalise(
    table: CostTable,
    pairs: Pairs,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    threshold: float,
    rounds: int,
    enough: float,
    begun: float,
) -> tuple[bool, float]:
    """Go over all pairs until what a round can still gain has fallen to the share `enough` of what the first could.

    Pairs whose cost difference is below `threshold` times the cost of their cheaper segment are left alone. `begun` is
    what the first round could gain where rounds are continued, below zero where they begin.

    Returns
    -------
    bool, float
        Whether it has fallen so far within `rounds`, and what the first round could gain.
    """
    for _ in range(rounds):
        left = 0.0
        for p in range(pairs.filled[0]):
            own = fixed[pairs.owner[p]]
            first, middle, last = pairs.first[p], pairs.middle[p], pairs.first[p + 1]
            dear = 0.0
            cheap = 0.0
            curve = 0.0
            for k in range(first, middle):
                a = pairs.link[k]
                dear += time[a] + own[a]
                curve += slope[a]
            for k in range(middle, last):
                a = pairs.link[k]
                cheap += time[a] + own[a]
                curve += slope[a]
            gain = dear - cheap
            if abs(gain) <= threshold * min(dear, cheap):
                continue
            up, up_end, down, down_end = first, middle, middle, last
            if gain < 0.0:
                up, up_end, down, down_end = middle, last, first, middle
                gain = -gain
            room = pairs.flow[pairs.cell[up]]
            for k in range(up + 1, up_end):
                room = min(room, pairs.flow[pairs.cell[k]])
            if room <= 0.0:
                continue
            step = search(table, own, flow, time, slope, pairs.link, up, up_end, down, down_end, gain, curve, room)
            left += gain * step
            for k in range(up, up_end):
                pairs.flow[pairs.cell[k]] -= step
            for k in range(down, down_end):
                pairs.flow[pairs.cell[k]] += step
        if begun < 0.0:
            begun = left
        if left <= enough * begun:
            return True, begun
    return False, begun
