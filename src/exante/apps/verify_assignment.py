"""``exante verify assignment``: our equilibria against every published optimum in a folder of TNTP networks."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.assign import solve
from exante.kernels.equilibrium import compile_kernels
from exante.quantities.errors import ExanteError, SourceError
from exante.sources.tntp import read_flows, read_network, read_notes, read_trips

AGREEMENT = 1e-9
"""Relative difference of objectives that counts as equal, where our gap does not explain more."""


def verify_assignment(
    reference: Annotated[Path | None, typer.Option(help="Folder of TNTP networks; default: EXANTE_DATA/tntp.")] = None,
    gap: Annotated[float, typer.Option(help="Relative gap of our solutions.")] = 1e-11,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Compare our equilibria with the published optima of a folder of TNTP networks."""
    folder = reference or Path(os.environ.get("EXANTE_DATA", "../shared/data")) / "tntp"
    networks = sorted(folder.rglob("*_net.tntp")) if folder.is_dir() else []
    if not networks:
        raise SourceError(
            "The folder holds no TNTP network (*_net.tntp)", where=str(folder), remedy="Name one with --reference"
        )
    compile_kernels()
    records = []
    for path in networks:
        record = compare(path, gap)
        records.append(record)
        if not as_json:
            typer.echo(_line(record))
    if as_json:
        typer.echo(json.dumps({"agreement": AGREEMENT, "networks": records}, indent=2))
    if any(record["verdict"] in ("higher", "failed") for record in records):
        raise typer.Exit(1)


def compare(path: Path, gap: float) -> dict[str, Any]:
    """One network solved and compared; faults of its files become its verdict."""
    stem = path.name.removesuffix("_net.tntp")
    record: dict[str, Any] = {"network": stem, "verdict": "skipped"}
    trips = path.with_name(f"{stem}_trips.tntp")
    if not trips.is_file():
        return record | {"note": f"no {trips.name} beside it"}
    try:
        network = read_network(path)
        demand = read_trips(trips, network.n_zones)
        notes = read_notes(path.parent)
        answer, fixed = solve(network, demand, notes.toll_weight, notes.distance_weight, gap)
        record |= {
            "zones": network.n_zones,
            "links": len(network.links),
            "objective": answer.objective,
            "relative_gap": answer.relative_gap,
            "average_excess_cost": answer.average_excess_cost,
            "iterations": answer.iterations,
            "cpu_seconds": round(answer.cpu_seconds, 4),
        }
        published: list[float] = []
        flows = path.with_name(f"{stem}_flow.tntp")
        if flows.is_file():
            volumes = read_flows(flows).drop_duplicates(["init_node", "term_node"])
            joined = network.links[["init_node", "term_node"]].merge(volumes, how="left")
            volume = joined["volume"].to_numpy()
            if bool((volume >= 0).all()):
                optimum = float(network.link_cost().integral(volume).sum() + volume @ fixed)
                record["objective_of_published_flows"] = optimum
                record["largest_flow_difference"] = float(abs(volume - answer.flow).max())
                published.append(optimum)
        if notes.objective is not None:
            scaled = notes.objective * 10.0 ** round(math.log10(answer.objective / notes.objective))
            record["published_objective"] = scaled
            published.append(scaled)
    except ExanteError as error:
        return record | {"verdict": "failed", "note": error.paragraph()}
    if not published:
        return record | {"verdict": "solved", "note": "nothing published to compare with"}
    difference = max((answer.objective / value - 1.0 for value in published), key=abs)
    record["relative_difference"] = difference
    # The objective is convex, so ours exceeds the optimum by no more than TSTT - SPTT, the gap times the total cost.
    total = float(answer.flow @ (answer.travel_time + fixed))
    agreement = max(AGREEMENT, answer.relative_gap * total / answer.objective)
    record["agreement"] = agreement
    if -AGREEMENT <= difference <= agreement:
        return record | {"verdict": "equal"}
    return record | {"verdict": "lower" if difference < 0 else "higher"}


def _line(record: dict[str, Any]) -> str:
    if "objective" not in record:
        return f"{record['network']:24} {record['verdict']:8} {record.get('note', '')}"
    against = f"{record['relative_difference']:+.1e}" if "relative_difference" in record else record.get("note", "")
    return (
        f"{record['network']:24} {record['verdict']:8} objective {record['objective']:.12g} ({against}), "
        f"gap {record['relative_gap']:.1e}, {record['iterations']} iterations, {record['cpu_seconds']:.3f} CPU-s"
    )
