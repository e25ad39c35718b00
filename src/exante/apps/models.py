"""`exante models`: how the models are joined."""

from __future__ import annotations

from typing import Annotated

import typer

from exante.apps.console import out, print_json

app = typer.Typer(help="Models and how they are joined.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def graph(json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False) -> None:
    """Show the models in running order, with what each reads from whom and writes."""
    from exante.models import list_models
    from exante.simulation import wire

    wiring = wire(list_models())
    if json:
        models = [{"name": m.name, "reads": m.reads, "writes": m.writes} for m in wiring.models]
        print_json({"models": models, "edges": [{"from": a, "variable": v, "to": b} for a, v, b in wiring.edges()]})
        return
    for model in wiring.models:
        tables = sorted({n.split(".")[0] for n in model.reads if "." in n})
        out.print(model.name, style="bold", markup=False)
        out.print(f"  reads the city's {', '.join(tables)}", markup=False)
        for name in model.reads:
            if name in wiring.writer:
                out.print(f"  reads {name} from {wiring.writer[name]}", markup=False)
        out.print(f"  writes {', '.join(model.writes)}", markup=False)


@app.callback()
def _group() -> None:
    pass
