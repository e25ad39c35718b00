"""What is newer in the sources of a city than in the city itself, and what a rebuild changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exante.city import City, Table
from exante.sources.files import Files
from exante.sources.layers import list_steps
from exante.sources.statistics import read_fleet, read_published, read_statistics

#: Tables that rest on typed-in figures, and the part of the document they stand in.
TYPED = {"statistics": "statistic", "fleet": "fleet", "published": "published"}


@dataclass(frozen=True)
class SourceChange:
    """A source now, beside what the city was built from.

    Parameters
    ----------
    source, file, title : str
        Name in the document, path in a mirror, title.
    state : str
        `unchanged`, `newer` (another file), `new` (the city was built without it) or `gone` (no longer in the
        document or the mirror).
    before, after : str
        sha256 of the file; blank where there is none.
    layers : tuple of str
        Tables that rest on it.
    """

    source: str
    file: str
    title: str
    state: str
    before: str
    after: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class TableChange:
    """A table of the city before and after.

    Parameters
    ----------
    table : str
    state : str
        `changed`, `new` or `gone`.
    rows_before, rows_after : int
    added, removed : int
        Rows by identifier, where the table has one; else the difference of the rows.
    columns : tuple of str
        Columns whose content changed.
    """

    table: str
    state: str
    rows_before: int
    rows_after: int
    added: int
    removed: int
    columns: tuple[str, ...]


def compare_sources(city: City, document: Mapping[str, Any], files: Files) -> list[SourceChange]:
    """Every source of the document and the city, by the hashes in the city's provenance.

    Sources that no layer cites are passed over: nothing in the city tells them apart.
    """
    cited = _layers_by_source(files)
    known = {s.title: s.sha256 for layer in city.layers.values() for s in layer.sources if s.sha256}
    found = []
    for name, source in files.sources.items():
        layers = cited.get(name, ())
        if not layers:
            continue
        now, before = files.provenance((name,))[0].sha256, known.pop(source.citation, "")
        state = "new" if not before else "unchanged" if before == now else "newer"
        found.append(SourceChange(name, source.file, source.title, state, before, now, layers))
    for title, before in known.items():
        layers = tuple(n for n, layer in city.layers.items() if any(s.title == title for s in layer.sources))
        found.append(SourceChange("", "", title, "gone", before, "", layers))
    return found + list(_typed_changes(city, document))


def _typed_changes(city: City, document: Mapping[str, Any]) -> Iterator[SourceChange]:
    readers = {"statistics": read_statistics, "fleet": read_fleet, "published": read_published}
    for name, part in TYPED.items():
        if part not in document:
            continue
        read, old = readers[name](document), city.tables.get(name)
        if read is None:
            continue
        now = read[0]
        same = old is not None and _content(old) == _content(now)
        state = "unchanged" if same else "new" if old is None else "newer"
        yield SourceChange(part, "", f"[[{part}]] of the city's document", state, "", "", (name,))


def _content(table: Table) -> dict[str, str]:
    return {column: table.sha256(column) for column in table}


def _layers_by_source(files: Files) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for step in list_steps():
        for entry in step.makes:
            for told in entry.sources:
                for name in files.names(told):
                    found.setdefault(name, []).append(entry.table)
    return {name: tuple(dict.fromkeys(tables)) for name, tables in found.items()}


def compare_cities(before: City, after: City) -> list[TableChange]:
    """Tables whose content differs, by name."""
    found = []
    for name in sorted({*before.tables, *after.tables}):
        old, new = before.tables.get(name), after.tables.get(name)
        if old is None or new is None:
            rows = (old.rows if old else 0, new.rows if new else 0)
            state = "new" if old is None else "gone"
            found.append(TableChange(name, state, *rows, rows[1], rows[0], tuple(new or old or ())))
            continue
        earlier, later = _content(old), _content(new)
        columns = tuple(c for c in dict.fromkeys((*later, *earlier)) if earlier.get(c) != later.get(c))
        if columns:
            added, removed = _rows_changed(old, new)
            found.append(TableChange(name, "changed", old.rows, new.rows, added, removed, columns))
    return found


def _rows_changed(old: Table, new: Table) -> tuple[int, int]:
    key = new.key
    if key and key in old and key in new:
        before, after = set(old[key].tolist()), set(new[key].tolist())
        return len(after - before), len(before - after)
    return max(new.rows - old.rows, 0), max(old.rows - new.rows, 0)
