"""The files of a city's sources, found or fetched, checked against the columns that the document expects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from exante.city import Provenance
from exante.quantities.errors import SourceError
from exante.sources.catalogue import Source, cache_folder, can_fetch, in_cache, locate
from exante.sources.expected import has_rows, require_expected

#: Sources without which no city can be built.
REQUIRED = ("streets", "zones", "population", "volume")
LONGEST_SERIES = 600  # files; more is a mistake in the document
MONTHS = {"month": 1, "year": 12}  # in a step of a series


class Files:
    """Sources of a city with the files they are read from.

    Parameters
    ----------
    sources : mapping of str to Source
        As `list_sources` gives them; a series of files becomes a source a file, `NAME_2024_05`.
    mirror : Path or None
        Folder that holds the files; None downloads them.
    progress : callable, optional
        Called with file name, bytes so far and all bytes while downloading.
    refresh : bool
        Ask the portals for newer versions of what is in the cache.

    Raises
    ------
    SourceError
        If a source without which no city can be built is not named, a file cannot be had, or has other columns than
        expected: every such file is told.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        mirror: Path | None,
        progress: Callable[[str, int, int], None] | None = None,
        refresh: bool = False,
    ) -> None:
        absent = [name for name in REQUIRED if name not in sources]
        if absent:
            raise SourceError(
                f"the city's document lacks the sources {', '.join(absent)}", remedy="Add [source.NAME] for each"
            )
        if mirror is None:
            _require_had(sources.values())
        else:
            _require_mirrored(sources.values(), mirror)
        self.sources: dict[str, Source] = {}
        self.paths: dict[str, Path] = {}
        for source in sources.values():
            members = _members(source, mirror, progress, refresh) if source.series else iter([source])
            for member in members:
                self.sources[member.name] = member
                self.paths[member.name] = locate(member, mirror, progress, refresh and not source.series)
        require_expected((source, self.paths[name]) for name, source in self.sources.items())
        self._known: dict[str, Provenance] = {}

    def settings(self, name: str) -> Mapping[str, Any]:
        """What the document says of a source beyond its citation."""
        return self.sources[name].settings

    def names(self, name: str) -> tuple[str, ...]:
        """The source of this name, or all of a series: `crashes` gives every `crashes_...`."""
        return tuple(s for s in self.sources if s == name or (name not in self.sources and s.startswith(f"{name}_")))

    def provenance(self, names: tuple[str, ...]) -> tuple[Provenance, ...]:
        """Provenance of the sources (or series of sources) among `names` that the city has."""
        found = [source for name in names for source in self.names(name)]
        for name in found:
            if name not in self._known:
                self._known[name] = self.sources[name].provenance(self.paths[name])
        return tuple(self._known[name] for name in dict.fromkeys(found))


def _require_had(sources: Iterable[Source]) -> None:
    """Before anything is downloaded: every file must have an address or lie in the cache."""
    lost = [source for source in sources if not can_fetch(source) and not in_cache(source)]
    if len(lost) > 1:
        told = "; ".join(f"{source.file} ({source.page})" for source in lost)
        raise SourceError(
            f"no download address is known for {len(lost)} files: {told}",
            where=f"sources {', '.join(source.name for source in lost)}",
            remedy="Get them from their publishers and build with --mirror DIR, where DIR holds every file under its "
            f"path, or put them under their paths into {cache_folder()}",
        )


def _require_mirrored(sources: Iterable[Source], mirror: Path) -> None:
    """Every file that is not of a series must be in the mirror; all that are not are told."""
    lost = [s for s in sources if not s.series and not all((mirror / name).exists() for name in s.files)]
    if len(lost) > 1:
        first, *more = lost
        raise SourceError(
            f"the mirror has no {first.file} ({first.title}), nor {len(more)} more files: "
            f"{', '.join(source.file for source in more)}",
            where=f"mirror {mirror}",
            remedy="Fetch them; `address` or `page` in the city's document says where",
        )


def _members(
    source: Source, mirror: Path | None, progress: Callable[[str, int, int], None] | None, refresh: bool
) -> Iterator[Source]:
    """The files of a series that are there, from its first on: the portal has no more where one is absent or blank."""
    for member in _every(source):
        if mirror is not None:
            if (mirror / member.file).exists():
                yield member
            continue
        try:
            path = locate(member, None, progress, refresh)
        except SourceError as error:
            if "(404)" in error.what:
                return
            raise
        if not has_rows(path):
            return
        yield member


def _every(source: Source) -> Iterator[Source]:
    step = MONTHS.get(source.series.get("every", ""))
    try:
        year, month = (int(part) for part in (*source.series["first"].split("-"), "1")[:2])
    except (KeyError, ValueError):
        step = None
    if step is None or "{year}" not in source.file or (step == 1 and "{month}" not in source.file):
        raise SourceError(
            f'source \'{source.name}\' has no sound series: expected every = "month" or "year", first = "2024-05", '
            "and {year} and {month} in file",
            remedy="Correct it in the city's document",
        )
    for number in range(LONGEST_SERIES):
        at = month - 1 + number * step
        when = {"year": f"{year + at // 12}", "month": f"{at % 12 + 1:02d}"}
        following = at + step
        after = {"next_year": f"{year + following // 12}", "next_month": f"{following % 12 + 1:02d}"}
        date = when["year"] + (f"-{when['month']}" if step == 1 else "")

        def filled(text: str, values: Mapping[str, str] = {**when, **after}) -> str:
            for key, value in values.items():
                text = text.replace(f"{{{key}}}", value)
            return text

        yield dataclasses.replace(
            source,
            name=f"{source.name}_{date.replace('-', '_')}",
            file=filled(source.file),
            address=filled(source.address),
            date=date,
            series={},
        )
