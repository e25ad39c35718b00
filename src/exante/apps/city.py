"""`exante city`: list, build, sketch, update, show and check cities, and their data quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as RichTable

from exante.apps.city_figures import figures_document, print_figures
from exante.apps.city_quality import quality, quality_document
from exante.apps.city_update import update
from exante.apps.console import notice, out, print_json
from exante.apps.fetching import download_bar
from exante.apps.people import people_document, print_people
from exante.apps.resolve import list_embedded, open_city, store_folder
from exante.city import City, save
from exante.city.check import list_faults
from exante.city.city import LEVELS
from exante.quantities.errors import CityError

app = typer.Typer(
    help="Cities: list, build, sketch, update, show, quality, check.", no_args_is_help=True, rich_markup_mode=None
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write, ending in .city; ./NAME.city by default.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace a city that is already there.")]
Name = Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")]


@app.command("list")
def list_cities(json: Json = False) -> None:
    """List the cities at hand: in this folder, in the store, and embedded."""
    rows = [{"name": p.stem, "where": str(p)} for p in sorted(Path().glob("*.city"))]
    rows += [{"name": p.stem, "where": str(p)} for p in sorted(store_folder().glob("*.city"))]
    rows += [{"name": n, "where": "embedded sketch (level 0)"} for n in list_embedded()]
    if json:
        print_json({"cities": rows})
        return
    for row in rows:
        out.print(f"{row['name']:<16} {row['where']}", markup=False)


@app.command()
def build(
    name: Annotated[str, typer.Argument(help="Name of a known city (see `exante city list`).")],
    mirror: Annotated[
        Path | None, typer.Option("--mirror", help="Folder with the sources' files, instead of downloading.")
    ] = None,
    out_folder: Out = None,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Build a city from its open data."""
    from exante.sources.assemble import build as assemble

    target = _target(name, out_folder, replace)
    with download_bar() as progress:
        report = assemble(name, mirror, progress=progress)
    _save(report.city, report.lines, target, replace, json)


@app.command()
def sketch(
    name: Annotated[str, typer.Argument(help="Name of an embedded city (see `exante city list`).")],
    out_folder: Out = None,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Sketch a city from published statistics (level 0)."""
    from exante.sources.sketch import sketch as make

    target = _target(name, out_folder, replace)
    report = make(name)
    _save(report.city, report.lines, target, replace, json)


@app.command()
def show(
    name: Name,
    base: Annotated[bool, typer.Option("--base", help="Run the models on the city as it is, if need be.")] = False,
    json: Json = False,
) -> None:
    """Show what a city holds and how far to trust it, and published figures beside the model's."""
    city = open_city(name)
    document = _document(city)
    figures = figures_document(city, base)
    if json:
        print_json({**document, "people": people_document(city), "figures": figures})
        return
    number = {title: k for k, title in enumerate(_titles(document["layers"]), start=1)}
    out.print(f"{city.title}, as of {city.as_of} ({city.crs})", style="bold", markup=False)
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in ("layer", "rows", "level", "sources"):
        table.add_column(column, justify="right" if column == "rows" else "left", no_wrap=column != "sources")
    for entry in document["layers"]:
        told = ", ".join(str(number[t]) for t in _titles([entry])) or "none stated"
        table.add_row(entry["name"], f"{entry['rows']:,}", str(entry["level"]), told)
    out.print(table)
    for level, meaning in LEVELS.items():
        out.print(f"level {level}: {meaning}", markup=False)
    for title, k in number.items():
        out.print(f"source {k}: {title}", markup=False)
    for rule in city.rules.describe():
        out.print(f"rule in force: {rule}", markup=False)
    for past in city.history:
        out.print(f"history: {past['starts']} {past['title']}", markup=False)
    print_people(people_document(city))
    print_figures(figures, name)


@app.command()
def check(name: Name, json: Json = False) -> None:
    """Check a city: every fault with its row, column, value and remedy. Exit 2 if there is one."""
    city = open_city(name)
    faults = list_faults(city)
    if json:
        print_json({"faults": [vars(f) for f in faults], "quality": quality_document(city)})
    elif not faults:
        out.print("No faults.")
        if "quality" in city.tables:
            notice(f"What became of the rows of its sources: exante city quality {name}")
    for fault in faults if not json else ():
        out.print(str(fault), markup=False)
    if faults:
        raise typer.Exit(2)


app.command("update")(update)
app.command("quality")(quality)


def _target(name: str, folder: Path | None, replace: bool) -> Path:
    """Folder to write to, refused before any work if it is taken."""
    target = folder or Path(f"{name}.city")
    if target.suffix != ".city":
        raise CityError(f"'{target}' does not end in .city", where="--out", remedy=f"Write {target}.city")
    if target.exists() and not replace:
        raise CityError(f"{target} exists already", where="--out", remedy="Use --replace, or name another folder")
    return target


def _save(city: City, lines: Sequence[str], target: Path, replace: bool, json: bool) -> None:
    faults = list_faults(city)
    folder = save(city, target, replace=replace)
    if json:
        print_json(
            {**_document(city), "folder": str(folder), "report": list(lines), "faults": [vars(f) for f in faults]}
        )
        return
    for line in lines:
        out.print(line, markup=False)
    for fault in faults:
        notice(f"fault: {fault}")
    out.print(f"Wrote {folder}", markup=False)


def _titles(layers: list[dict[str, Any]]) -> list[str]:
    """Titles of the layers' sources with their licence, each once, in order."""
    told = [f"{s['title']}{', ' + s['licence'] if s['licence'] else ''}" for e in layers for s in e["sources"]]
    return list(dict.fromkeys(told))


def _document(city: City) -> dict[str, Any]:
    return {
        "name": city.name,
        "title": city.title,
        "as_of": city.as_of.isoformat(),
        "crs": city.crs,
        "layers": [
            {
                "name": name,
                "rows": table.rows,
                "level": city.level(name),
                "note": city.layers[name].note if name in city.layers else "",
                "sources": [vars(s) for s in city.layers[name].sources] if name in city.layers else [],
            }
            for name, table in city.tables.items()
        ],
        "rules": city.rules.describe(),
        "history": [{"title": d["title"], "starts": str(d["starts"])} for d in city.history],
    }
