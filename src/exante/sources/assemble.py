"""A city from open data: reads its document and sources, and makes a sound `City` with provenance.

Nothing of the machine goes in: the same sources give the same city, byte for byte, wherever they lie. What is read
and made is in `exante.sources.layers`, a step each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import geopandas  # noqa: F401
except ImportError as missing:
    from exante.quantities.errors import INSTALL_SOURCES as _INSTALL
    from exante.quantities.errors import SourceError as _SourceError

    raise _SourceError(
        "building a city from open data needs geopandas, which is not installed",
        remedy=_INSTALL,
    ) from missing

from exante.city import City, Layer
from exante.city.check import require_sound
from exante.sources.catalogue import list_sources
from exante.sources.files import Files
from exante.sources.layers import Assembly, list_steps, run_steps
from exante.sources.quality import quality_table
from exante.sources.statistics import read_city_document


@dataclass(frozen=True)
class BuildReport:
    """A built city and what the build did, a line each.

    Parameters
    ----------
    city : City
        Checked and sound.
    lines : tuple of str
        What was read, mended, assumed and left out.
    """

    city: City
    lines: tuple[str, ...]


def build(
    name: str,
    mirror: Path | None,
    as_of: dt.date | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> BuildReport:
    """The city `name` from its open data.

    Parameters
    ----------
    name : str
        A city with a document in `exante/cities`.
    mirror : Path or None
        Folder that holds the files under the paths of the document; None downloads them.
    as_of : datetime.date, optional
        Day the city describes; default the document's own. On or after the start of a policy whose limits
        the extract carries, those limits stay.
    progress : callable, optional
        Called with file name, bytes so far and all bytes while downloading.

    Raises
    ------
    SourceError
        If the city is unknown, a file is missing, or a file does not hold what was expected.
    CityError
        If the result is not sound.
    """
    document = read_city_document(name)
    return build_from(name, document, Files(list_sources(document, name), mirror, progress), as_of)


def build_from(name: str, document: Mapping[str, Any], files: Files, as_of: dt.date | None = None) -> BuildReport:
    """The city `name` from its document and files, as `build` gives it.

    Raises
    ------
    SourceError
        If a file does not hold what was expected.
    CityError
        If the result is not sound.
    """
    assembly = Assembly(document, files, document["city"]["crs"], as_of or document["city"]["as_of"])
    run_steps(list_steps(), assembly)
    assembly.tables["quality"] = quality_table(assembly.findings)
    assembly.layers["quality"] = Layer(1, (), "What became of the rows of the sources, by this build.")
    city = City(
        name=name,
        title=document["city"]["title"],
        as_of=assembly.day,
        crs=assembly.crs,
        tables=assembly.tables,
        layers=assembly.layers,
        history=tuple(assembly.settings.get("history", ())),
    )
    require_sound(city)
    return BuildReport(city, tuple(assembly.lines))
