"""What a step of a build is, and the assembly that all steps of one build work on.

A step is a module of this package with one `STEP`. It says which tables it makes, which sources each table rests on,
whether it is assumed in part, and which steps come before; its function gets the assembly and returns the tables.
No step imports another: what one gives to the next goes through `Assembly`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from exante.city import Layer, Table
from exante.quantities.errors import SourceError
from exante.sources.files import Files
from exante.sources.quality import Finding
from exante.sources.streets import Streets


@dataclass(frozen=True)
class Makes:
    """One table that a step makes.

    Parameters
    ----------
    table : str
        Its name in the vocabulary.
    sources : tuple of str
        Sources it rests on; `crashes` stands for every `crashes_...` too. Those that the city lacks are passed over.
    assumed : bool
        Whether it rests on assumptions in part: then its level is 0, else 1.
    note : str
        What a reader has to know; `Assembly.notes` and the city's document may say more.
    amends : bool
        Whether it changes a table that an earlier step made: its sources are added to that table's.
    """

    table: str
    sources: tuple[str, ...]
    assumed: bool = False
    note: str = ""
    amends: bool = False


@dataclass
class Assembly:
    """A build under way: what the document says, and what the steps so far have made.

    Parameters
    ----------
    document : mapping
        The city's document; `settings` is its `[build]`.
    files : Files
        Sources and the files they are read from.
    crs : str
        Projected reference system of the city.
    day : datetime.date
        Day the city describes.
    lines : list of str
        Report of the build: what was read, mended, assumed and left out.
    tables, layers : dict
        Made so far.
    notes : dict of str to str
        Note of a table's layer, where a step has more to say than `Makes.note`.
    findings : list of Finding
        What became of the rows of every source: the city's table `quality` (`exante.sources.quality.account`).
    area, named : GeoDataFrame
        The zones' polygons (`zone_id, name, district, group, area`), and named areas: made by the step `areas`.
    streets : Streets
        The connected network, made by the step `network`.
    links : DataFrame
        The table of links as of the day, made by the step `network`.
    """

    document: Mapping[str, Any]
    files: Files
    crs: str
    day: dt.date
    lines: list[str] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    area: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    named: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    streets: Streets | None = None
    links: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def settings(self) -> Mapping[str, Any]:
        """`[build]` of the city's document."""
        found: Mapping[str, Any] = self.document.get("build", {})
        return found

    def has(self, *sources: str) -> bool:
        """Whether the city has every one of these sources; `crashes` stands for any `crashes_...`."""
        return all(self.files.names(name) for name in sources)

    def statistic(self, name: str) -> float:
        """A published figure of the city.

        Raises
        ------
        SourceError
            If the document does not have it.
        """
        table = self.tables["statistics"]
        found = np.flatnonzero(table["name"] == name)
        if not found.size:
            raise SourceError(
                f"the city's document has no statistic '{name}'",
                where="[[statistic]]",
                remedy="Type it in with its source",
            )
        return float(table["value"][found[0]])


@dataclass(frozen=True)
class Step:
    """One step of a build.

    Parameters
    ----------
    name : str
        By which other steps name it in `after`.
    makes : tuple of Makes
        The tables it may make. A table whose source the city lacks may be left out of the result.
    run : callable
        From the assembly to the tables, by name.
    after : tuple of str
        Steps whose results it reads.
    when : callable
        Whether the city has what the step needs; without it the step always runs.
    """

    name: str
    makes: tuple[Makes, ...]
    run: Callable[[Assembly], Mapping[str, Table]]
    after: tuple[str, ...] = ()
    when: Callable[[Assembly], bool] = lambda _: True


def run_steps(steps: tuple[Step, ...], assembly: Assembly) -> None:
    """Run the steps that the city has sources for, and state the layer of every table they make.

    Raises
    ------
    SourceError
        If a step makes a table that it does not declare, or that another step has made.
    """
    for step in steps:
        if not step.when(assembly):
            continue
        declared = {entry.table: entry for entry in step.makes}
        for name, table in step.run(assembly).items():
            entry = declared.get(name)
            if entry is None or (name in assembly.tables) != entry.amends:
                raise SourceError(f"step '{step.name}' made the table '{name}', which it does not declare so")
            assembly.tables[name] = table
            if entry.sources or entry.amends or name not in assembly.layers:
                assembly.layers[name] = _layer(assembly, entry)


def _layer(assembly: Assembly, entry: Makes) -> Layer:
    own = assembly.files.provenance(entry.sources)
    level, before = 0 if entry.assumed else 1, assembly.layers.get(entry.table)
    notes = [assembly.settings.get("notes", {}).get(entry.table) or assembly.notes.get(entry.table, entry.note)]
    if before is not None:
        level = min(level, before.level)
        own = before.sources + tuple(source for source in own if source not in before.sources)
        notes = [before.note, *(note for note in notes if note != before.note)]
    return Layer(level, own, " ".join(note for note in notes if note))


def in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps so that each comes after those it names; by name where the order is free.

    Raises
    ------
    SourceError
        If a step names one that is not there, or steps wait for each other.
    """
    known, done = {step.name: step for step in steps}, list[Step]()
    waiting = sorted(known)
    for step in steps:
        lost = [name for name in step.after if name not in known]
        if lost:
            raise SourceError(f"step '{step.name}' comes after '{lost[0]}', which is no step")
    while waiting:
        placed = {step.name for step in done}
        ready = next((name for name in waiting if set(known[name].after) <= placed), None)
        if ready is None:
            raise SourceError(f"the steps {', '.join(waiting)} wait for each other")
        done.append(known[ready])
        waiting.remove(ready)
    return tuple(done)
