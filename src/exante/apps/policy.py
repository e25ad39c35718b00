"""`exante policy`: list, show and check policy documents."""

from __future__ import annotations

from typing import Annotated

import typer

from exante.apps.console import out, print_json
from exante.apps.resolve import open_city

app = typer.Typer(help="Policy documents: list, show, check.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
Document = Annotated[str, typer.Argument(help="Path of a policy document, or the name of a shipped one.")]
OnCity = Annotated[str | None, typer.Option("--city", help="City on which to try the policy.")]


@app.command("list")
def list_documents(json: Json = False) -> None:
    """List the policy documents that ship with exante."""
    from exante.policy import list_policies, read_policy

    names = list_policies()
    if json:
        print_json({"policies": [{"name": n, "title": read_policy(n).title} for n in names]})
        return
    for name in names:
        out.print(f"{name:<20} {read_policy(name).title}", markup=False)


@app.command()
def show(document: Document, city: OnCity = None, json: Json = False) -> None:
    """Say in plain words what a policy does, and on a city what it changes."""
    from exante.policy import read_policy

    policy = read_policy(document)
    changes = policy.describe_on(open_city(city)) if city else []
    if json:
        print_json({"title": policy.title, "says": policy.describe(), "changes": changes})
        return
    out.print(policy.title, style="bold", markup=False)
    for line in [*policy.describe(), *changes]:
        out.print(f"- {line}", markup=False)


@app.command()
def check(document: Document, city: OnCity = None) -> None:
    """Check a policy document, and with --city that it can be applied there. Exit 2 if it cannot."""
    from exante.policy import read_policy

    policy = read_policy(document)
    if city:
        policy.at(None).apply(open_city(city))
    out.print("No faults.")
