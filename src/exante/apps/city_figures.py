"""Published figures beside the model's, as `exante city show` prints them."""

from __future__ import annotations

from typing import Any

from rich.table import Table as RichTable

from exante.apps.console import notice, out
from exante.city import City


def figures_document(city: City, run: bool) -> dict[str, Any]:
    """Published and modelled figures as a JSON object; the base state is run only if asked for."""
    from exante.study.figures import base_state, compare_figures

    state = base_state(city, run=run)
    rows = []
    for found in compare_figures(city, state):
        rows.append(
            {
                "quantity": found.quantity.name,
                "title": found.quantity.title,
                "unit": found.quantity.unit,
                "modelled": found.modelled,
                "counted": found.quantity.counted,
                "published": found.published,
                "comparable": found.comparable,
                "ratio": found.ratio,
                "year": found.year,
                "scope": found.scope,
                "source": found.source,
                "verified": found.verified,
            }
        )
    return {"modelled": state is not None, "calibrated": "posterior" in city.tables, "rows": rows}


def print_figures(document: dict[str, Any], name: str) -> None:
    """Print the figures as a table, with what each counts below."""
    rows = [r for r in document["rows"] if r["published"] is not None or r["modelled"] is not None]
    if not rows:
        return
    fitted = "calibrated" if document["calibrated"] else "not calibrated"
    model = f"model ({fitted}, parameters at their medians)" if document["modelled"] else "model"
    out.print(f"\nPublished figures beside the {model}", style="bold", markup=False)
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in ("figure", "model", "published", "year", "model / published", "counts"):
        table.add_column(column, justify="left" if column in ("figure", "counts") else "right", no_wrap=False)
    for row in rows:
        shown = "" if row["published"] is None else f"{_number(row['published'])}{'' if row['verified'] else ' ?'}"
        table.add_row(
            f"{row['title']}, {row['unit']}",
            "not modelled" if row["modelled"] is None else _number(row["modelled"]),
            shown or "none known",
            str(row["year"] or ""),
            "" if row["ratio"] is None else f"{row['ratio']:.2f}",
            row["scope"],
        )
    out.print(table)
    told = (
        "? not checked in its publication; 'counts' is what the published figure counts: where that is not nearly what "
    )
    out.print(f"{told}the model counts, there is no ratio.", markup=False)
    if not document["modelled"]:
        notice(f"Not modelled yet: run `exante city show {name} --base`, or any forecast of this city.")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
