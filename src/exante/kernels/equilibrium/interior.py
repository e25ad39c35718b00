"""One step of all pairs together: a primal-dual interior-point method on the routes that the bushes have.

Equalising pair after pair is coordinate descent. Far above capacity it stands still: flow on a steep link can hardly
change, so that the pairs that share it can only trade with each other, and each alone is held back after a few
hundredths of a vehicle. The pairs of a bush are a basis of all the ways in which its used routes can trade flow; moving
all pairs at once sees the trades.

With s the moves of the pairs from their first to their second segment, C s what they add to the slots and f the slot
flows, the step minimises Beckmann's objective over f + C s >= 0: Newton steps on the perturbed optimality conditions
(Wright 1997, chapter 1; room y = f + C s and price z of each slot, y z = aim). Eliminating y and z leaves a positive
definite system in s, in which a slot looks like one more link of slope z / y; conjugate gradients solve it without
forming it. The result is only a direction: a line search follows it while the objective falls.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.equilibrium.pairs import Pairs
from exante.kernels.graph import BoolArray, FloatArray
from exante.kernels.link_cost import CostTable, link_time

INTERIOR_STEPS = 30
"""Most Newton steps."""

INTERIOR_ENOUGH = 1e-4
"""They end once the sum of room times price has fallen to this share."""

CENTRING = 0.1
"""Each Newton step aims at this share of the present mean of room times price."""

TO_BOUNDARY = 0.99
"""Share of the way to the nearest bound that a Newton step may go."""

RIDGE = 1e-10
"""Share of its own curvature added to every pair: trades between classes change no link flow and have no curvature."""

CONJUGATE_STEPS = 2000
"""Most steps of the conjugate gradients for one Newton step, at 1e4 entries of the pool;"""

CONJUGATE_WORK = 2e7
"""fewer in larger pools, so that steps times entries stay below this,"""

CONJUGATE_LEAST = 50
"""but not fewer than these."""

CONJUGATE_ENOUGH = 1e-6
"""They end once the squared residual has fallen to this share."""

SEARCH_STEPS = 10
"""Most evaluations of the line search."""

SEARCH_ENOUGH = 0.01
"""The line search ends once the slope of the objective along the direction has risen to this share of the first."""

ROUNDING = 1e-12
"""Share of a slot's flow (or vehicles per hour, if more) by which a direction may leave the bounds: rounding."""


class Joint(NamedTuple):
    """Scratch arrays, one entry per pair, link or cell.

    ``move`` is what the pairs have moved so far, ``step`` the Newton step; ``flow, time, slope`` are those of the links
    after ``move``; ``change`` and ``drift`` are sums over the pairs on links and cells; ``room`` and ``price`` are of
    the slots, ``lack`` is by how much ``room`` differs from the flow there is.
    """

    right: FloatArray
    curve: FloatArray
    move: FloatArray
    step: FloatArray
    residual: FloatArray
    direction: FloatArray
    product: FloatArray
    flow: FloatArray
    time: FloatArray
    slope: FloatArray
    change: FloatArray
    room: FloatArray
    price: FloatArray
    weight: FloatArray
    drift: FloatArray
    lack: FloatArray
    bounded: BoolArray


def make_joint(n: int, links: int, cells: int) -> Joint:
    """Scratch for `n` pairs."""
    return Joint(
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(links),
        np.zeros(links),
        np.zeros(links),
        np.zeros(links),
        np.zeros(cells),
        np.zeros(cells),
        np.zeros(cells),
        np.zeros(cells),
        np.zeros(cells),
        np.zeros(cells, bool),
    )


@inner
def spread(pairs: Pairs, move: FloatArray, change: FloatArray, drift: FloatArray) -> None:
    """Changes of link flows and of cells by moves of the pairs from their first segments to their second."""
    for a in range(change.size):
        change[a] = 0.0
    for c in range(drift.size):
        drift[c] = 0.0
    for p in range(move.size):
        s = move[p]
        if s != 0.0:
            for k in range(pairs.first[p], pairs.middle[p]):
                change[pairs.link[k]] -= s
                drift[pairs.cell[k]] -= s
            for k in range(pairs.middle[p], pairs.first[p + 1]):
                change[pairs.link[k]] += s
                drift[pairs.cell[k]] += s


@inner
def collect(pairs: Pairs, p: int, on_link: FloatArray, on_cell: FloatArray) -> float:
    """What pair `p` collects along its second segment less what it collects along its first."""
    total = 0.0
    for k in range(pairs.first[p], pairs.middle[p]):
        total -= on_link[pairs.link[k]] + on_cell[pairs.cell[k]]
    for k in range(pairs.middle[p], pairs.first[p + 1]):
        total += on_link[pairs.link[k]] + on_cell[pairs.cell[k]]
    return total


@inner
def fixed_difference(pairs: Pairs, p: int, fixed: FloatArray) -> float:
    """Fixed cost of the second segment of pair `p` less that of the first."""
    own = fixed[pairs.owner[p]]
    total = 0.0
    for k in range(pairs.first[p], pairs.middle[p]):
        total -= own[pairs.link[k]]
    for k in range(pairs.middle[p], pairs.first[p + 1]):
        total += own[pairs.link[k]]
    return total


@inner
def conjugate(pairs: Pairs, work: Joint) -> int:
    """Newton step for the right-hand side ``work.right``: curvature of links, and of the barrier on cells."""
    n = work.move.size
    size = 0.0
    for p in range(n):
        curve = 0.0
        for k in range(pairs.first[p], pairs.first[p + 1]):
            curve += work.slope[pairs.link[k]] + work.weight[pairs.cell[k]]
        work.curve[p] = curve * (1.0 + RIDGE) + 1e-300
        work.step[p] = 0.0
        work.residual[p] = work.right[p]
        work.direction[p] = work.right[p] / work.curve[p]
        size += work.right[p] * work.direction[p]
    begun = size
    steps = int(min(CONJUGATE_STEPS, max(CONJUGATE_LEAST, CONJUGATE_WORK / (pairs.first[n] + 1))))
    for turn in range(steps):
        if size <= CONJUGATE_ENOUGH * begun or size <= 0.0:
            return turn
        spread(pairs, work.direction, work.change, work.drift)
        for a in range(work.change.size):
            work.change[a] *= work.slope[a]
        for c in range(work.drift.size):
            work.drift[c] *= work.weight[c]
        bent = 0.0
        for p in range(n):
            q = collect(pairs, p, work.change, work.drift) + RIDGE * work.curve[p] * work.direction[p]
            work.product[p] = q
            bent += q * work.direction[p]
        if bent <= 0.0:
            return turn
        far = size / bent
        after = 0.0
        for p in range(n):
            work.step[p] += far * work.direction[p]
            work.residual[p] -= far * work.product[p]
            after += work.residual[p] * work.residual[p] / work.curve[p]
        for p in range(n):
            work.direction[p] = work.residual[p] / work.curve[p] + after / size * work.direction[p]
        size = after
    return steps


@inner
def slope_along(table: CostTable, flow: FloatArray, change: FloatArray, far: float, paid: float) -> float:
    """Slope of the objective along a step, at `far` of it."""
    rise = paid
    for a in range(flow.size):
        if change[a] != 0.0:
            t, _ = link_time(table, a, flow[a] + far * change[a])
            rise += t * change[a]
    return rise


@inner
def line_search(table: CostTable, flow: FloatArray, change: FloatArray, paid: float, most: float) -> float:
    """Share of a direction, up to `most`, that lowers the objective: false position in a bracket."""
    start = slope_along(table, flow, change, 0.0, paid)
    if not start < 0.0:
        return 0.0
    low, low_slope = 0.0, start
    high, high_slope = most, slope_along(table, flow, change, most, paid)
    if high_slope <= -SEARCH_ENOUGH * start:
        return most
    for _ in range(SEARCH_STEPS):
        share = min(max(low_slope / (low_slope - high_slope), 0.1), 0.9)
        far = low + share * (high - low)
        rise = slope_along(table, flow, change, far, paid)
        if abs(rise) <= -SEARCH_ENOUGH * start:
            return far
        if rise < 0.0:
            low, low_slope = far, rise
        else:
            high, high_slope = far, rise
    return low


@inner
def start_interior(pairs: Pairs, fixed: FloatArray, work: Joint) -> float:
    """First room and price of every slot; gives the sum of their products, zero where nothing is to be gained."""
    n, cells = work.move.size, work.room.size
    worth = 0.0
    excess = 0.0
    for p in range(n):
        gain = 0.0
        own = fixed[pairs.owner[p]]
        for k in range(pairs.first[p], pairs.first[p + 1]):
            a = pairs.link[k]
            work.bounded[pairs.cell[k]] = pairs.slot[pairs.cell[k]]
            gain += (work.time[a] + own[a]) * (1.0 if k < pairs.middle[p] else -1.0)
        c = pairs.cell[pairs.first[p]]
        if gain > 0.0:
            work.price[c] = gain
            excess += gain * pairs.flow[c]
        else:
            c = pairs.cell[pairs.middle[p]]
            work.price[c] = max(work.price[c], -gain)
            excess += -gain * min(pairs.flow[c], pairs.flow[pairs.cell[pairs.first[p]]])
        worth += abs(gain)
    count = 0.0
    for c in range(cells):
        count += work.bounded[c]
    if not (excess > 0.0 and worth > 0.0):
        return 0.0
    aim = excess / count
    least = aim / (worth / n)
    total = 0.0
    for c in range(cells):
        work.room[c] = max(pairs.flow[c], least)
        work.price[c] = max(work.price[c], aim / work.room[c])
        if work.bounded[c]:
            total += work.room[c] * work.price[c]
    return total


@inner
def interior_step(table: CostTable, pairs: Pairs, fixed: FloatArray, work: Joint, aim: float) -> float:
    """One Newton step towards room times price `aim` in every slot; gives the sum of the products after it."""
    n, cells = work.move.size, work.room.size
    spread(pairs, work.move, work.change, work.drift)
    for c in range(cells):
        if work.bounded[c]:
            work.lack[c] = pairs.flow[c] + work.drift[c] - work.room[c]
            work.weight[c] = work.price[c] / work.room[c]
            work.drift[c] = work.weight[c] * work.lack[c] - aim / work.room[c]
        else:
            work.weight[c] = 0.0
            work.drift[c] = 0.0
    for p in range(n):
        work.right[p] = -fixed_difference(pairs, p, fixed) - collect(pairs, p, work.time, work.drift)
    conjugate(pairs, work)
    spread(pairs, work.step, work.change, work.drift)
    far = 1.0
    far_price = 1.0
    for c in range(cells):
        if work.bounded[c]:
            d_room = work.drift[c] + work.lack[c]
            d_price = aim / work.room[c] - work.price[c] - work.weight[c] * d_room
            work.drift[c] = d_room
            work.weight[c] = d_price
            if d_room < 0.0:
                far = min(far, -TO_BOUNDARY * work.room[c] / d_room)
            if d_price < 0.0:
                far_price = min(far_price, -TO_BOUNDARY * work.price[c] / d_price)
    total = 0.0
    for c in range(cells):
        if work.bounded[c]:
            work.room[c] += far * work.drift[c]
            work.price[c] += far_price * work.weight[c]
            total += work.room[c] * work.price[c]
    for p in range(n):
        work.move[p] += far * work.step[p]
    for a in range(work.flow.size):
        if work.change[a] != 0.0:
            work.flow[a] += far * work.change[a]
            work.time[a], work.slope[a] = link_time(table, a, work.flow[a])
    return total


@entry
def joint_step(
    table: CostTable,
    pairs: Pairs,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    work: Joint,
) -> float:
    """Move all pairs together as far as the objective falls; gives the share of the step that was taken."""
    n, cells = work.move.size, work.room.size
    for a in range(flow.size):
        work.flow[a], work.time[a], work.slope[a] = flow[a], time[a], slope[a]
    begun = start_interior(pairs, fixed, work)
    if begun <= 0.0:
        return 0.0
    count = 0.0
    for c in range(cells):
        count += work.bounded[c]
    left = begun
    for _ in range(INTERIOR_STEPS):
        left = interior_step(table, pairs, fixed, work, CENTRING * left / count)
        if left <= INTERIOR_ENOUGH * begun:
            break
    # The bounds hold up to the accuracy of the last step: what a segment lacks goes back.
    spread(pairs, work.move, work.change, work.drift)
    for p in range(n):
        c = pairs.cell[pairs.first[p]]
        work.move[p] += min(0.0, pairs.flow[c] + work.drift[c])
    spread(pairs, work.move, work.change, work.drift)
    paid = 0.0
    for p in range(n):
        paid += work.move[p] * fixed_difference(pairs, p, fixed)
    most = 1.0
    for c in range(cells):
        fall = -work.drift[c]
        if fall > pairs.flow[c] + ROUNDING * max(1.0, pairs.flow[c]):
            most = min(most, pairs.flow[c] / fall)
    far = line_search(table, flow, work.change, paid, most)
    if far > 0.0:
        for c in range(cells):
            x = pairs.flow[c] + far * work.drift[c]
            pairs.flow[c] = x if x > 0.0 else 0.0
        for a in range(flow.size):
            if work.change[a] != 0.0:
                flow[a] += far * work.change[a]
                time[a], slope[a] = link_time(table, a, flow[a])
    return far
