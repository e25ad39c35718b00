"""`exante city quality`: what became of the rows of every source."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table as RichTable

from exante.apps.console import notice, out, print_json
from exante.apps.resolve import open_city
from exante.city import City
from exante.city.quality import LOSSES, MARKS, Account, list_accounts, sum_accounts

MOST_SUBJECTS = 12  # sensors shown, the worst first
POOR = 0.9  # share of a sensor's rows below which it is shown


def quality(
    name: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Show what became of the rows of every source: read, kept, left out and why."""
    city = open_city(name)
    document = quality_document(city)
    if json:
        print_json(document)
        return
    if not document["sources"]:
        out.print("The city has no record of its sources' rows: it was not built from open data.")
        return
    _print_sources(document["sources"])
    _print_subjects(document["subjects"])
    vanished = [s for s in document["subjects"] or document["sources"] if s["missing"]]
    told = f"{len(vanished)} accounts do not add up: see exante city check." if vanished else "Every account adds up."
    out.print(told)


def quality_document(city: City) -> dict[str, Any]:
    """Accounts of sources and of their sensors or feeds, as a JSON object."""
    if "quality" not in city.tables:
        return {"city": city.name, "sources": [], "subjects": []}
    accounts = list_accounts(city.tables["quality"])
    return {
        "city": city.name,
        "sources": [_document(account) for account in sum_accounts(accounts)],
        "subjects": [_document(account) for account in accounts if account.subject],
    }


def _document(account: Account) -> dict[str, Any]:
    return {
        "layer": account.layer,
        "source": account.source,
        "item": account.item,
        "subject": account.subject,
        "read": account.read,
        "kept": account.kept,
        **{kind: account.rows.get(kind, 0) for kind in (*LOSSES, *MARKS)},
        "missing": account.missing,
        "remarks": account.remarks,
    }


def _print_sources(rows: list[dict[str, Any]]) -> None:
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in ("layer", "source", "rows", "read", "kept", "not kept"):
        narrow = column in ("rows", "not kept")
        table.add_column(column, justify="right" if column in ("read", "kept") else "left", no_wrap=not narrow)
    for row in (row for row in rows if row["read"]):
        lost = ", ".join(f"{row[kind]:,} {kind.replace('_', ' ')}" for kind in LOSSES if row[kind])
        table.add_row(row["layer"], row["source"], row["item"], f"{row['read']:,}", f"{row['kept']:,}", lost)
    out.print(table)
    for kind, meaning in LOSSES.items():
        if any(row[kind] for row in rows):
            out.print(f"{kind.replace('_', ' ')}: {meaning}", markup=False)
    for row in rows:
        for remark in row["remarks"]:
            out.print(f"  {row['layer']}, {row['source']}, {row['item']}: {remark}", markup=False)


def _print_subjects(rows: list[dict[str, Any]]) -> None:
    poor = [row for row in rows if row["read"] and row["kept"] < POOR * row["read"]]
    if not poor:
        return
    poor.sort(key=lambda row: (row["kept"] / row["read"], row["layer"], row["subject"]))
    out.print(f"Sensors and feeds with less than {POOR:.0%} of their rows kept:", style="bold")
    for row in poor[:MOST_SUBJECTS]:
        why = "; ".join(row["remarks"])
        share = f"{row['kept']:,} of {row['read']:,} {row['item']}"
        out.print(f"  {row['subject']} ({row['layer']}, {row['source']}): {share}; {why}", markup=False)
    if len(poor) > MOST_SUBJECTS:
        notice(f"  and {len(poor) - MOST_SUBJECTS} more: all of them with --json")
