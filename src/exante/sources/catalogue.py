"""The sources of a known city (`[source.*]` of its document) and where their files are on this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exante.city import Provenance
from exante.quantities.errors import SourceError
from exante.sources.download import download

FIELDS = ("file", "title", "page", "licence", "attribution", "date")
#: Sources without which no city can be built.
REQUIRED = ("streets", "zones", "population", "volume")


@dataclass(frozen=True)
class Source:
    """One source of a city.

    Parameters
    ----------
    name : str
        Its key in the city's document.
    file : str
        Path inside a mirror.
    title, page, licence, attribution, date : str
        As the publisher asks to be cited; `page` is where the publisher describes it.
    address : str
        Where the very file is downloaded from; empty where none is known.
    verified : bool
        Whether the address was seen in use.
    beside : tuple of str
        Files that belong to it (a shapefile's), relative to its folder.
    settings : mapping
        Everything else the document says: columns, layers, fields.
    """

    name: str
    file: str
    title: str
    page: str
    licence: str
    attribution: str
    date: str
    address: str = ""
    verified: bool = False
    beside: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def provenance(self, path: Path) -> Provenance:
        """Where the layer came from, with the hash of the file that was read."""
        return Provenance(
            title=f"{self.title} ({self.file})",
            url=self.page,
            licence=self.licence,
            attribution=self.attribution,
            date=self.date,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )


def list_sources(document: Mapping[str, Any], city: str) -> dict[str, Source]:
    """Sources of a city's document by name.

    Raises
    ------
    SourceError
        If the document has none (the city can only be sketched), or one lacks a field.
    """
    entries = document.get("source")
    if not entries:
        raise SourceError(
            f"city '{city}' has no open-data sources in its document",
            where=f"cities/{city}.toml",
            remedy=f"Sketch it instead: exante city sketch {city}",
        )
    found = {}
    for name, entry in entries.items():
        absent = [f for f in FIELDS if f not in entry]
        if absent:
            raise SourceError(
                f"source '{name}' lacks {', '.join(absent)}", where=f"cities/{city}.toml", remedy="Add them"
            )
        known = {k: str(entry[k]) for k in FIELDS}
        settings = {k: v for k, v in entry.items() if k not in (*FIELDS, "address", "verified", "beside")}
        found[name] = Source(
            name=name,
            address=entry.get("address", ""),
            verified=bool(entry.get("verified", False)),
            beside=tuple(entry.get("beside", ())),
            settings=settings,
            **known,
        )
    return found


def cache_folder() -> Path:
    """Folder of downloaded files: `EXANTE_CACHE`, or the user's own cache."""
    told = os.environ.get("EXANTE_CACHE")
    base = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "exante"
    return base / "sources"


def locate(source: Source, mirror: Path | None, progress: Callable[[str, int, int], None] | None = None) -> Path:
    """Path of the source's file: in the mirror if one is given, else downloaded into the cache.

    Raises
    ------
    SourceError
        If the mirror lacks the file, or no address is known and no mirror was given.
    """
    known = f"its address is {source.address}" if source.address else f"its publisher is at {source.page}"
    if mirror is not None:
        path = Path(mirror) / source.file
        if not path.exists():
            raise SourceError(
                f"the mirror has no {source.file} ({source.title})",
                where=f"mirror {mirror}",
                remedy=f"Fetch it: {known}",
            )
        return path
    if not source.address:
        raise SourceError(
            f"no download address is known for {source.file} ({source.title})",
            where=f"source '{source.name}'",
            remedy=f"Get the file yourself ({known}) and build with --mirror DIR, where DIR holds it under that path",
        )
    return download(source.address, cache_folder() / source.file, progress=progress)


class Files:
    """Sources of a city with the files they are read from.

    Parameters
    ----------
    sources : mapping of str to Source
        As `list_sources` gives them.
    mirror : Path or None
        Folder that holds the files; None downloads them.
    progress : callable, optional
        Called with file name, bytes so far and all bytes while downloading.

    Raises
    ------
    SourceError
        If a source without which no city can be built is not named, or a file cannot be had.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        mirror: Path | None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        absent = [name for name in REQUIRED if name not in sources]
        if absent:
            raise SourceError(
                f"the city's document lacks the sources {', '.join(absent)}", remedy="Add [source.NAME] for each"
            )
        self.sources = sources
        self.paths = {name: locate(source, mirror, progress) for name, source in sources.items()}
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
