"""Second-order flow shifts between the dearest and the cheapest approach of a merge."""

from __future__ import annotations

from exante.kernels.compiled import inner
from exante.kernels.equilibrium.bushes import Bushes, Workspace
from exante.kernels.graph import FloatArray, IntArray, Net
from exante.kernels.link_cost import CostTable, link_time

LINE_SEARCH_STEPS = 6
"""Most evaluations of one shift, Newton steps inside a bracket, if it does not overshoot by then;"""

LINE_SEARCH_MOST = 60
"""most of one that overshoots: it would raise the objective."""

LINE_SEARCH_ACCURACY = 0.1
"""A shift is good enough once the difference in cost has fallen to this share."""


@inner
def shift_bush(
    net: Net,
    table: CostTable,
    bushes: Bushes,
    b: int,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    work: Workspace,
    threshold: float,
) -> int:
    """Equalise the used approaches of every merge of bush `b`, last merge first; gives the number of shifts.

    Flows, times and slopes of the links are updated at once, so that the next bush sees them. A merge whose greatest
    cost is within `threshold` of its least (relative) is left alone.
    """
    merge_node, start = bushes.merge_node[b], bushes.merge_start[b]
    shifts = 0
    for g in range(bushes.merges[b] - 1, -1, -1):
        j = merge_node[g]
        if work.node_flow[j] <= 0.0 or work.most[j] - work.least[j] <= threshold * work.least[j]:
            continue
        cheap = work.least_link[j]
        for dear in range(start[g], start[g + 1]):
            if dear != cheap and work.slot_flow[dear] > 0.0:
                shifts += shift_pair(net, table, bushes, b, fixed, flow, time, slope, work, dear, cheap)
    return shifts


@inner
def shift_pair(
    net: Net,
    table: CostTable,
    bushes: Bushes,
    b: int,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    work: Workspace,
    dear: int,
    cheap: int,
) -> int:
    """Shift flow from slot `dear` to slot `cheap` of one merge; gives 1 if flow moved."""
    link, approach = bushes.slot_link[b], bushes.approach[b]
    place, segment = work.place, work.segment
    half = segment.size // 2
    # Walk both segments back to where they part: always step the later node.
    a = link[dear]
    segment[0] = a
    up = 1
    i = net.tail[a]
    room = work.slot_flow[dear]
    gain = time[a] + fixed[a]
    curve = slope[a]
    a = link[cheap]
    segment[half] = a
    down = 1
    j = net.tail[a]
    gain -= time[a] + fixed[a]
    curve += slope[a]
    while i != j:
        if place[i] > place[j]:
            a = approach[i]
            x = work.node_flow[i]
            if a < 0:
                s = work.most_link[i]
                a = link[s]
                x = work.slot_flow[s]
            if x < room:
                room = x
            segment[up] = a
            up += 1
            gain += time[a] + fixed[a]
            curve += slope[a]
            i = net.tail[a]
        else:
            a = approach[j]
            if a < 0:
                a = link[work.least_link[j]]
            segment[half + down] = a
            down += 1
            gain -= time[a] + fixed[a]
            curve += slope[a]
            j = net.tail[a]
    if room <= 0.0 or gain <= 0.0:
        return 0
    step = search(table, fixed, flow, time, slope, segment, 0, up, half, half + down, gain, curve, room)
    if step <= 0.0:
        return 0
    _move(net, bushes, b, work, dear, cheap, up, half, down, step)
    return 1


@inner
def search(
    table: CostTable,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    link: IntArray,
    up: int,
    up_end: int,
    down: int,
    down_end: int,
    gain: float,
    curve: float,
    room: float,
) -> float:
    """Move flow between two segments of `link` until their costs are nearly equal: Newton's method inside a bracket.

    Link flows, times and slopes are those of the returned step.
    """
    enough = LINE_SEARCH_ACCURACY * gain
    low = 0.0
    high = room
    step = 0.0
    for turn in range(LINE_SEARCH_MOST):
        if curve > 0.0:
            wish = step + gain / curve
        else:
            wish = high if gain > 0.0 else low
        if wish >= high:
            wish = high if high == room else 0.5 * (step + high)
        elif wish <= low:
            wish = 0.5 * (step + low)
        change = wish - step
        step = wish
        gain = 0.0
        curve = 0.0
        for k in range(up, up_end):
            a = link[k]
            flow[a] -= change
            t, d = link_time(table, a, flow[a])
            time[a] = t
            slope[a] = d
            gain += t + fixed[a]
            curve += d
        for k in range(down, down_end):
            a = link[k]
            flow[a] += change
            t, d = link_time(table, a, flow[a])
            time[a] = t
            slope[a] = d
            gain -= t + fixed[a]
            curve += d
        if abs(gain) <= enough or (step >= room and gain >= 0.0):
            break
        if gain > 0.0:
            if turn >= LINE_SEARCH_STEPS - 1:
                break
            low = step
        else:
            high = step
    return step


@inner
def _move(
    net: Net,
    bushes: Bushes,
    b: int,
    work: Workspace,
    dear: int,
    cheap: int,
    up: int,
    half: int,
    down: int,
    step: float,
) -> None:
    """Apply a shift to the node and slot flows of the bush."""
    approach, segment = bushes.approach[b], work.segment
    work.slot_flow[dear] -= step
    work.slot_flow[cheap] += step
    for k in range(up - 1):
        i = net.tail[segment[k]]
        work.node_flow[i] -= step
        if approach[i] < 0:
            work.slot_flow[work.most_link[i]] -= step
    for k in range(half, half + down - 1):
        i = net.tail[segment[k]]
        work.node_flow[i] += step
        if approach[i] < 0:
            work.slot_flow[work.least_link[i]] += step
