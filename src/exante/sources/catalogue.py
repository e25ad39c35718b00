"""The sources of a known city (`[source.*]` of its document) and where their files are on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exante.city import Provenance
from exante.quantities.errors import SourceError
from exante.sources.download import download, hash_file
from exante.sources.portals import find_resource

FIELDS = ("file", "title", "page", "licence", "attribution", "date")
#: What else the document may say of a source; all other keys are settings of its reader.
OPTIONAL = ("address", "resource", "verified", "beside", "format", "columns", "separator", "series")


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
        Where the very file is downloaded from; empty where none is known. With `resource` it is where the portal
        lists the files of a dataset (CKAN `package_show`).
    resource : str
        Name of the file in that list.
    verified : bool
        Whether the address was seen in use.
    beside : tuple of str
        Files that belong to it (a shapefile's), relative to its folder.
    format : str
        One of `exante.sources.expected.FORMATS`; told by the file's name where the document does not say.
    columns : tuple of str or mapping
        Columns that the readers need; for a GTFS feed by file, for a GeoPackage of several layers by layer.
    separator : str
        Between the columns of a table.
    series : mapping
        For files that come by the month or year: `every` ("month" or "year") and `first` ("2024-05"); `file` and
        `address` then hold `{year}` and `{month}`.
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
    resource: str = ""
    verified: bool = False
    beside: tuple[str, ...] = ()
    format: str = ""
    columns: tuple[str, ...] | Mapping[str, Sequence[str]] = ()
    separator: str = ","
    series: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """Path inside a mirror of the file and of those beside it."""
        return (self.file, *(str(Path(self.file).with_name(name)) for name in self.beside))

    @property
    def citation(self) -> str:
        """Title and file, by which a layer names the source."""
        return f"{self.title} ({self.file})"

    def provenance(self, path: Path) -> Provenance:
        """Where the layer came from, with the hash of the file (and of those beside it) that was read."""
        return Provenance(
            title=self.citation,
            url=self.page,
            licence=self.licence,
            attribution=self.attribution,
            date=self.date,
            sha256=hash_file(path, *(path.with_name(name) for name in self.beside)),
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
        settings = {k: v for k, v in entry.items() if k not in (*FIELDS, *OPTIONAL)}
        columns = entry.get("columns", ())
        found[name] = Source(
            name=name,
            address=entry.get("address", ""),
            resource=entry.get("resource", ""),
            format=entry.get("format", ""),
            columns=columns if isinstance(columns, Mapping) else tuple(columns),
            separator=entry.get("separator", ","),
            series=entry.get("series", {}),
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


def can_fetch(source: Source) -> bool:
    """Whether an address of the very file is known; files that belong together have to be got by hand."""
    return bool(source.address) and not source.beside


def in_cache(source: Source) -> bool:
    """Whether the source's files lie in the cache, downloaded or put there by hand."""
    return all((cache_folder() / name).exists() for name in source.files)


def locate(
    source: Source,
    mirror: Path | None,
    progress: Callable[[str, int, int], None] | None = None,
    refresh: bool = False,
) -> Path:
    """Path of the source's file: in the mirror if one is given, else downloaded into the cache.

    Parameters
    ----------
    source : Source
    mirror : Path or None
        Folder that holds the files under the paths of the document.
    progress : callable, optional
        Called with file name, bytes so far and all bytes while downloading.
    refresh : bool
        Ask the portal whether it has a newer version.

    Raises
    ------
    SourceError
        If the mirror lacks the file, no address is known and no mirror was given, or the download fails.
    """
    known = f"its address is {source.address}" if source.address else f"its publisher is at {source.page}"
    if mirror is not None:
        for name in source.files:
            if not (Path(mirror) / name).exists():
                raise SourceError(
                    f"the mirror has no {name} ({source.title})", where=f"mirror {mirror}", remedy=f"Fetch it: {known}"
                )
        return Path(mirror) / source.file
    if not can_fetch(source):
        if in_cache(source):
            return cache_folder() / source.file
        raise SourceError(
            f"no download address is known for {source.file} ({source.title})",
            where=f"source '{source.name}'",
            remedy=f"Get the file yourself ({known}) and build with --mirror DIR, where DIR holds it under that path, "
            f"or put it under that path into {cache_folder()}",
        )
    address = source.address
    if source.resource:
        listed = cache_folder() / "portals" / f"{source.name}.json"
        address = find_resource(download(address, listed, refresh=refresh), address, source.resource)
    return download(address, cache_folder() / source.file, refresh=refresh, progress=progress)
