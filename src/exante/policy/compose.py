"""Several measures on one city: their edits joined, contradictions reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from exante.city import Add, Append, City, Edit, Scale
from exante.policy.document import counted
from exante.policy.measures.base import Change, Measure
from exante.quantities.errors import PolicyError, UserError

#: Name of a measure in sentences, and the measure.
Named = tuple[str, Measure]


def join_edits(measures: Sequence[Named], city: City) -> list[Change]:
    """The edits of all measures, each seen from the city as it is before any of them.

    Where two measures write the same value, the earlier one's edit stands.

    Raises
    ------
    PolicyError
        With every contradiction: the two measures, how many links, and an example.
    """
    changes = [_edits_of(name, measure, city) for name, measure in measures]
    clashes = [
        clash
        for (a, own), (b, others) in combinations(list(zip(measures, changes, strict=True)), 2)
        for clash in _clashes(a, own, b, others, city)
    ]
    if clashes:
        shown = " ".join(f"[{i}] {c}." for i, c in enumerate(clashes, start=1)) if len(clashes) > 1 else clashes[0]
        raise PolicyError(
            f"measures contradict each other: {shown}",
            remedy="Narrow the `where` or the hours of one of them, or take one out",
        )
    return _without_repeats([change for own in changes for change in own])


def _edits_of(name: str, measure: Measure, city: City) -> list[Change]:
    try:
        return measure.edits(city)
    except UserError as error:
        place = f"{name}, {error.where}" if error.where else name
        raise type(error)(error.what, where=place, remedy=error.remedy) from error


def _clashes(a: Named, own: list[Change], b: Named, others: list[Change], city: City) -> list[str]:
    if a[1].agrees_with(b[1]):
        return []
    told = f"{a[0]} ({a[1].label()}) and {b[0]} ({b[1].label()})"
    for mine in own:
        for theirs in others:
            if isinstance(mine, Edit) and isinstance(theirs, Edit):
                found = _same_cells(mine, theirs, city)
            elif isinstance(mine, Append) and isinstance(theirs, Append) and mine.table == theirs.table == "tolls":
                found = _same_passages(mine, theirs)
            else:
                continue
            if found:
                return [f"{told} {found}"]
    return []


def _same_cells(mine: Edit, theirs: Edit, city: City) -> str:
    if (mine.table, mine.column) != (theirs.table, theirs.column):
        return ""
    values = dict(zip(mine.ids.tolist(), mine.new.tolist(), strict=True))
    clash = [
        (key, values[key], new)
        for key, new in zip(theirs.ids.tolist(), theirs.new.tolist(), strict=True)
        if key in values and not _same(values[key], new)
    ]
    if not clash:
        return ""
    key, one, other = clash[0]
    return (
        f"write different values of {mine.table}.{mine.column} on {counted(len(clash), mine.table.removesuffix('s'))}, "
        f"for example {_called(city, mine.table, key)}: {_shown(one)} and {_shown(other)}"
    )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"'{value}'"


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=0, atol=1e-9))
    return one == other


def _called(city: City, table: str, key: str) -> str:
    rows = city.table(table)
    if "name" in rows:
        name = rows["name"][rows.positions(np.array([key], dtype=object))[0]]
        return f"{key} ({name})" if name else key
    return key


def _same_passages(mine: Append, theirs: Append) -> str:
    """Two charges of one name, or two that one vehicle pays on one link in the same hour."""
    if mine.rows["toll_id"][0] == theirs.rows["toll_id"][0]:
        return f"are both called '{mine.rows['toll_id'][0]}'"
    spans: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for key, start, end in _passages(mine):
        spans.setdefault(key, []).append((start, end))
    clash = [
        (key, max(start, s), min(end, e))
        for key, start, end in _passages(theirs)
        for s, e in spans.get(key, [])
        if max(start, s) < min(end, e)
    ]
    if not clash:
        return ""
    (link, vehicle), start, end = clash[0]
    links = len({key[0] for key, _, _ in clash})
    return (
        f"charge the same vehicles in the same hours on {counted(links)}, "
        f"for example {link} for a {vehicle} between {start:g} and {end:g} h"
    )


def _passages(toll: Append) -> list[tuple[tuple[str, str], float, float]]:
    rows = toll.rows
    return [
        ((link, vehicle), start, end)
        for link, vehicle, start, end in zip(
            rows["link_id"], rows["vehicle_class"], rows["start_hour"], rows["end_hour"], strict=True
        )
    ]


def _without_repeats(changes: list[Change]) -> list[Change]:
    """The changes without cells and rows that an earlier one writes."""
    kept: list[Change] = []
    written: dict[tuple[str, str], set[str]] = {}
    charges: set[str] = set()
    for change in changes:
        if isinstance(change, Append):
            name = change.rows["toll_id"][0] if change.table == "tolls" else ""
            if not name or name not in charges:
                kept.append(change)
            charges.add(name)
            continue
        if isinstance(change, Scale | Add):  # relative: measures that change the same cells do so one after the other
            kept.append(change)
            continue
        before = written.setdefault((change.table, change.column), set())
        fresh = np.array([key not in before for key in change.ids], dtype=bool)
        before.update(change.ids.tolist())
        if fresh.any():
            old = None if change.old is None else change.old[fresh]
            kept.append(replace(change, ids=change.ids[fresh], new=change.new[fresh], old=old))
    return kept
