"""Proportionality: the most likely of all class and route flows that have the same link flows.

Total link flows of an equilibrium are unique, class and route flows are not. Of all of them the one of greatest entropy
(in pce) divides every pair of alternative segments in the same proportion for all origins and classes that pass it
(Bar-Gera, Boyce and Nie 2012). Exchanging trips between two bushes that pass the same pair, one to each segment, keeps
all link flows; repeating this until all proportions agree keeps the gap and makes reports by class independent of the
order in which bushes were treated. The condition is met for the pairs that the solution itself uses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.equilibrium.bushes import FIRST_MERGE, NEGLIGIBLE_SHARE, Bushes, Workspace, add_flows, label, load
from exante.kernels.equilibrium.growth import grow
from exante.kernels.equilibrium.pairs import Pairs, record
from exante.kernels.graph import FloatArray, IntArray, LongArray, Net
from exante.kernels.paths import NONE

PASSES = 6
"""Most times that pairs are collected: an exchange opens new ones."""

ROUNDS = 200
"""Most rounds over all pairs in each pass."""

ENOUGH = 1e-7
"""Largest exchange in a round, relative to the largest flow, at which proportions are equal."""

EQUAL_FIXED_COST = 1e-9
"""Relative difference of fixed costs below which two classes see the same pair."""


class DistinctPairs(NamedTuple):
    """Pairs without repetition: entries as in `Pairs`, links numbered within ``links``.

    Attributes
    ----------
    first, middle : ndarray of int64
        Bounds of the two segments of each pair in ``entry_link``.
    entry_link, entry_node : ndarray of int32
        Position in ``links`` of each entry, and in ``nodes`` of the node where that link ends.
    links, nodes : ndarray of int64
        Links that occur in any pair, and the nodes where they end.
    gain : ndarray, shape (pairs, classes)
        Fixed cost of the first segment less that of the second; ``nan`` where the class may not use one of them.
    """

    first: LongArray
    middle: LongArray
    entry_link: IntArray
    entry_node: IntArray
    links: LongArray
    nodes: LongArray
    gain: FloatArray


Seen = dict[tuple[bytes, bytes], tuple[np.ndarray, np.ndarray, int]]


def distinct(net: Net, pairs: Pairs, fixed: FloatArray, seen: Seen) -> DistinctPairs:
    """Pairs of the pool with flow on both segments, added to those `seen` before, each once, in a fixed order."""
    for p in range(int(pairs.filled[0])):
        bounds = pairs.first[p], pairs.middle[p], pairs.first[p + 1]
        if pairs.flow[pairs.cell[bounds[0] : bounds[2]]].min() <= 0.0:
            continue
        one, two = pairs.link[bounds[0] : bounds[1]], pairs.link[bounds[1] : bounds[2]]
        if one[-1] > two[-1]:
            one, two = two, one
        seen.setdefault((one.tobytes(), two.tobytes()), (one.copy(), two.copy(), int(pairs.owner[p])))
    kept = [seen[key] for key in sorted(seen)]
    first, middle, entries, gains = [0], [], [], []
    for one, two, _ in kept:
        middle.append(first[-1] + len(one))
        first.append(middle[-1] + len(two))
        entries += [one, two]
        with np.errstate(invalid="ignore"):
            gains.append(fixed[:, one].sum(axis=1) - fixed[:, two].sum(axis=1))
    gain = np.array(gains).reshape(len(kept), len(fixed))
    scale = np.abs(gain).max(axis=1, initial=0.0, where=np.isfinite(gain)) + 1.0
    for p, (_, _, owner) in enumerate(kept):
        gain[p, ~(np.abs(gain[p] - gain[p, owner]) <= EQUAL_FIXED_COST * scale[p])] = np.nan
    flat = np.concatenate(entries) if entries else np.zeros(0, np.int32)
    links, position = np.unique(flat, return_inverse=True)
    nodes, place = np.unique(net.head[flat], return_inverse=True)
    return DistinctPairs(
        np.array(first, np.int64),
        np.array(middle, np.int64),
        position.astype(np.int32),
        place.astype(np.int32),
        links.astype(np.int64),
        nodes.astype(np.int64),
        gain,
    )


@inner
def _holds(net: Net, bushes: Bushes, b: int, a: int) -> bool:
    """Whether link `a` is in bush `b`."""
    code = bushes.approach[b, net.head[a]]
    if code >= NONE:
        return code == a
    g = FIRST_MERGE - code
    found = 0
    for s in range(bushes.merge_start[b, g], bushes.merge_start[b, g + 1]):
        found += bushes.slot_link[b, s] == a
    return found > 0


@entry
def admit(
    net: Net,
    bushes: Bushes,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    time: FloatArray,
    pairs: DistinctPairs,
    work: Workspace,
) -> None:
    """Let bushes that pass one segment of a pair hold the other one as well, as yet without flow."""
    flow = np.zeros(time.size)
    for b in range(classes.size):
        own = fixed[classes[b]]
        load(net, bushes, b, demand[b], work)
        label(net, bushes, b, time, own, work, bushes.reached[b])
        flow[:] = 0.0
        add_flows(bushes, b, work, flow)
        work.better[:] = NONE
        missing = 0
        for p in range(pairs.middle.size):
            if np.isnan(pairs.gain[p, classes[b]]):
                continue
            one = np.inf
            two = np.inf
            for k in range(pairs.first[p], pairs.middle[p]):
                one = min(one, flow[pairs.links[pairs.entry_link[k]]])
            for k in range(pairs.middle[p], pairs.first[p + 1]):
                two = min(two, flow[pairs.links[pairs.entry_link[k]]])
            if (one > 0.0) == (two > 0.0):
                continue
            for k in range(pairs.first[p], pairs.first[p + 1]):
                a = pairs.links[pairs.entry_link[k]]
                j = net.head[a]
                if work.better[j] == NONE and not _holds(net, bushes, b, a):
                    work.better[j] = a
                    missing += 1
        if missing > 0:
            grow(net, bushes, b, work)


@entry
def record_cycles(
    net: Net,
    bushes: Bushes,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    time: FloatArray,
    pairs: Pairs,
    work: Workspace,
) -> bool:
    """Fill the pool with the cycles that the tree of largest shares leaves in each bush; False where it is full."""
    pairs.filled[:] = 0
    complete = True
    for b in range(classes.size):
        load(net, bushes, b, demand[b], work)
        label(net, bushes, b, time, fixed[classes[b]], work, bushes.used[b])
        start = bushes.merge_start[b]
        for g in range(bushes.merges[b]):
            largest = start[g]
            for s in range(start[g], start[g + 1]):
                if work.slot_flow[s] > work.slot_flow[largest]:
                    largest = s
            j = bushes.merge_node[b, g]
            work.least_link[j] = largest
            work.most_link[j] = largest
        complete = record(net, bushes, b, classes[b], work, pairs) and complete
    return complete


@inner
def _along(pairs: DistinctPairs, p: int, b: int, second: bool, flow: FloatArray, into: FloatArray) -> float:
    """Flow of bush `b` that takes the whole of one segment of pair `p`: the product of the shares along it."""
    first, last = (pairs.middle[p], pairs.first[p + 1]) if second else (pairs.first[p], pairs.middle[p])
    product = into[b, pairs.entry_node[first]]
    for k in range(first, last):
        x = flow[b, pairs.entry_link[k]]
        if x <= 0.0:
            return 0.0
        product *= min(1.0, x / into[b, pairs.entry_node[k]])
    return product


@entry
def gather(
    net: Net,
    bushes: Bushes,
    classes: IntArray,
    demand: FloatArray,
    pairs: DistinctPairs,
    work: Workspace,
    flow: FloatArray,
    into: FloatArray,
    member: np.ndarray,
) -> None:
    """Flows of every bush on the pairs' links, and which bush can exchange trips on which pair."""
    total = np.zeros(net.tail.size)
    for b in range(classes.size):
        load(net, bushes, b, demand[b], work)
        total[:] = 0.0
        add_flows(bushes, b, work, total)
        for k in range(pairs.links.size):
            flow[b, k] = total[pairs.links[k]]
        for k in range(pairs.nodes.size):
            into[b, k] = work.node_flow[pairs.nodes[k]]
        for p in range(pairs.middle.size):
            if np.isnan(pairs.gain[p, classes[b]]):
                continue
            one = np.inf
            two = np.inf
            inside = True
            for k in range(pairs.first[p], pairs.first[p + 1]):
                x = flow[b, pairs.entry_link[k]]
                if k < pairs.middle[p]:
                    one = min(one, x)
                else:
                    two = min(two, x)
                inside = inside and (x > 0.0 or _holds(net, bushes, b, pairs.links[pairs.entry_link[k]]))
            member[p, b] = inside and (one > 0.0 or two > 0.0)


@entry
def exchange(
    pairs: DistinctPairs, member: np.ndarray, flow: FloatArray, into: FloatArray, rounds: int, enough: float
) -> int:
    """Exchange trips between bushes until every pair is divided alike by all of them; gives the rounds made."""
    bushes = flow.shape[0]
    one = np.zeros(bushes)
    two = np.zeros(bushes)
    for turn in range(rounds):
        largest = 0.0
        for p in range(pairs.middle.size):
            all_one = 0.0
            all_two = 0.0
            for b in range(bushes):
                if not member[p, b]:
                    continue
                one[b] = _along(pairs, p, b, False, flow, into)
                two[b] = _along(pairs, p, b, True, flow, into)
                all_one += one[b]
                all_two += two[b]
            if all_one <= 0.0 or all_two <= 0.0:
                continue
            part = all_one / (all_one + all_two)
            for b in range(bushes):
                if not member[p, b]:
                    continue
                step = (one[b] + two[b]) * part - one[b]
                largest = max(largest, abs(step))
                for k in range(pairs.first[p], pairs.first[p + 1]):
                    change = step if k < pairs.middle[p] else -step
                    flow[b, pairs.entry_link[k]] += change
                    # The first entry of a segment ends at the merge, whose flow stays.
                    if k not in (pairs.first[p], pairs.middle[p]):
                        into[b, pairs.entry_node[k]] += change
        if largest <= enough:
            return turn + 1
    return rounds


@entry
def settle(
    net: Net,
    bushes: Bushes,
    demand: FloatArray,
    links: LongArray,
    flow: FloatArray,
    work: Workspace,
) -> None:
    """Write the exchanged flows into the shares of the bushes."""
    column = np.full(net.tail.size, NONE, np.int32)
    for k in range(links.size):
        column[links[k]] = k
    for b in range(demand.shape[0]):
        bushes.used[b] = bushes.reached[b]
        load(net, bushes, b, demand[b], work)
        start, link, share = bushes.merge_start[b], bushes.slot_link[b], bushes.slot_share[b]
        for g in range(bushes.merges[b]):
            total = 0.0
            for s in range(start[g], start[g + 1]):
                k = column[link[s]]
                if k != NONE:
                    work.slot_flow[s] = max(0.0, flow[b, k])
                total += work.slot_flow[s]
            if total <= 0.0:
                continue
            for s in range(start[g], start[g + 1]):
                part = work.slot_flow[s] / total
                share[s] = part if part > NEGLIGIBLE_SHARE else 0.0
