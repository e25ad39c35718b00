"""The command line: `exante …`. Each command lives in a module of its own."""

from __future__ import annotations

import os
import sys

import typer

from exante import __version__
from exante.apps import assign, calibrate, city, forecast, models, policy, verify_assignment, verify_counts, verify_heat
from exante.apps.compare import compare
from exante.apps.console import err
from exante.apps.search import search
from exante.apps.verify_access import verify_access
from exante.apps.verify_air import verify_air
from exante.apps.verify_buildings import verify_buildings
from exante.apps.verify_elasticities import verify_elasticities
from exante.apps.verify_emissions import verify_emissions
from exante.apps.verify_noise import verify_noise
from exante.apps.verify_safety import verify_safety
from exante.quantities.errors import ExanteError

app = typer.Typer(
    name="exante",
    help="Forecast what a policy will do to a city before it is applied, with honest uncertainty.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
verify = typer.Typer(help="Compare a model with references.", no_args_is_help=True, rich_markup_mode=None)

app.add_typer(city.app, name="city")
app.add_typer(policy.app, name="policy")
app.add_typer(models.app, name="models")
app.add_typer(verify, name="verify")
app.command("forecast")(forecast.forecast)
app.command("compare")(compare)
app.command("search")(search)
app.command("assign")(assign.assign)
app.command("calibrate")(calibrate.calibrate)
verify.command("assignment")(verify_assignment.verify_assignment)
verify.command("counts")(verify_counts.verify_counts)
verify.command("heat")(verify_heat.verify_heat)
verify.command("buildings")(verify_buildings)
verify.command("noise")(verify_noise)
verify.command("emissions")(verify_emissions)
verify.command("access")(verify_access)
verify.command("air")(verify_air)
verify.command("safety")(verify_safety)
verify.command("elasticities")(verify_elasticities)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"exante {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line: exit 2 for the user's mistake, 1 for ours, with one paragraph each."""
    try:
        app()
    except ExanteError as error:
        _tell(error.paragraph())
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("EXANTE_DEBUG"):
            raise
        _tell(
            f"exante made a mistake ({type(error).__name__}: {error}). This is a fault of the program, not of "
            "your input. Run again with EXANTE_DEBUG=1 and report what it prints."
        )
        sys.exit(1)


def _tell(paragraph: str) -> None:
    err.print(f"Error: {paragraph}", style="bold red" if err.is_terminal else None, markup=False, soft_wrap=True)
