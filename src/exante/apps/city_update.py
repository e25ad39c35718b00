"""`exante city update`: rebuild a city when its sources have something newer, and say what changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json
from exante.apps.fetching import download_bar
from exante.apps.resolve import store_folder
from exante.city import open_folder, save
from exante.quantities.errors import CityError

SHOWN = 12  # characters of a hash


def update(
    name: Annotated[str, typer.Argument(help="Name of a built city, or path of its folder.")],
    mirror: Annotated[
        Path | None, typer.Option("--mirror", help="Folder with the sources' files, instead of asking the portals.")
    ] = None,
    look: Annotated[bool, typer.Option("--look", help="Only tell what is newer; write nothing.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Rebuild even if no source is newer.")] = False,
    drop_posterior: Annotated[
        bool, typer.Option("--drop-posterior", help="Update a calibrated city; it has to be calibrated again.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Fetch what is newer than the city, rebuild it if anything is, and tell what changed."""
    from exante.sources.assemble import build_from
    from exante.sources.catalogue import list_sources
    from exante.sources.files import Files
    from exante.sources.statistics import read_city_document
    from exante.sources.update import compare_cities, compare_sources

    folder = _folder(name)
    city = open_folder(folder)
    document = read_city_document(city.name)
    sources = list_sources(document, city.name)
    with download_bar() as progress:
        files = Files(sources, mirror, progress, refresh=True)
    changes = compare_sources(city, document, files)
    result: dict[str, Any] = {
        "city": city.name,
        "folder": str(folder),
        "sources": [vars(c) for c in changes],
        "tables": [],
        "report": [],
        "written": False,
    }
    stale = rebuild or any(c.state != "unchanged" for c in changes)
    if stale and not look:
        if "posterior" in city.tables and not drop_posterior:
            raise CityError(
                f"{folder} is calibrated: rebuilding drops its posterior",
                where=", ".join(c.source or c.title for c in changes if c.state != "unchanged") or "--rebuild",
                remedy=f"Add --drop-posterior, then run exante calibrate {name} again",
            )
        built = build_from(city.name, document, files, city.as_of)
        tables = compare_cities(city, built.city)
        if tables or any(built.city.layers[n] != city.layers.get(n) for n in built.city.layers):
            save(built.city, folder, replace=True)
            result["written"] = True
        result |= {"tables": [vars(t) for t in tables], "report": list(built.lines)}
    if json:
        print_json(result)
        return
    _print(result, look, mirror)


def _folder(name: str) -> Path:
    """Folder of a built city: a path, `./NAME.city`, or that of the user's store."""
    if name.endswith(".city") or os.sep in name:
        return Path(name)
    for folder in (Path(f"{name}.city"), store_folder() / f"{name}.city"):
        if folder.exists():
            return folder
    raise CityError(
        f"there is no built city '{name}' to update",
        where=f"./{name}.city and {store_folder() / (name + '.city')}",
        remedy=f"Build it first: exante city build {name}",
    )


def _print(result: dict[str, Any], look: bool, mirror: Path | None) -> None:
    stale = [c for c in result["sources"] if c["state"] != "unchanged"]
    where = f"in {mirror}" if mirror else "at the portals and in the cache"
    out.print(f"{len(result['sources'])} sources compared {where}; {len(stale)} differ", markup=False)
    for change in stale:
        hashes = f" ({change['before'][:SHOWN] or 'none'} -> {change['after'][:SHOWN] or 'none'})"
        told = hashes if change["before"] or change["after"] else ""
        layers = f"; layers: {', '.join(change['layers'])}" if change["layers"] else ""
        out.print(f"  {change['state']}: {change['source'] or change['title']}{told}{layers}", markup=False)
    if look or not (stale or result["report"]):
        out.print("Nothing was written." if stale else "Nothing is newer; nothing was written.")
        return
    for table in result["tables"]:
        rows = f"{table['rows_before']:,} -> {table['rows_after']:,} rows"
        if table["added"] or table["removed"]:
            rows += f" ({table['added']:,} added, {table['removed']:,} removed)"
        out.print(f"  {table['table']}: {table['state']}, {rows}; columns {', '.join(table['columns'])}", markup=False)
    if not result["tables"]:
        out.print("  No table changed.")
    told = f"Wrote {result['folder']}" if result["written"] else "Nothing was written."
    out.print(told, markup=False)
    if result["written"]:
        notice("Forecasts made before rest on the city as it was.")
