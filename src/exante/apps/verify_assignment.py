"""``exante verify assignment``: our equilibria against every published optimum in a folder of TNTP networks."""

from __future__ import annotations

import json
import math
import os
import re
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.assign import solve, weights_of
from exante.kernels.equilibrium import compile_kernels
from exante.quantities.errors import ExanteError, SourceError
from exante.sources.tntp import read_flows, read_network, read_notes, read_trips

AGREEMENT = 1e-9
"""Relative difference of objectives that counts as equal, where our gap does not explain more."""

_NET = re.compile(r"(.+)_net(?:work)?(?:_.*)?\.tntp", re.IGNORECASE)


def verify_assignment(
    reference: Annotated[Path | None, typer.Option(help="Folder of TNTP networks; default: EXANTE_DATA/tntp.")] = None,
    gap: Annotated[float, typer.Option(help="Relative gap of our solutions.")] = 1e-11,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Compare our equilibria with the published optima of a folder of TNTP networks."""
    folder = reference or Path(os.environ.get("EXANTE_DATA", "../shared/data")) / "tntp"
    networks = sorted(p for p in folder.rglob("*") if _NET.fullmatch(p.name)) if folder.is_dir() else []
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
    matched = _NET.fullmatch(path.name)
    stem = matched.group(1) if matched else path.stem
    record: dict[str, Any] = {"network": stem, "verdict": "skipped"}
    trips = beside(path, stem, "trips")
    if trips is None:
        return record | {"note": f"no {stem}_trips.tntp beside it"}
    try:
        network = read_network(path)
        with warnings.catch_warnings(record=True) as notices:
            warnings.simplefilter("always", UserWarning)
            demand = read_trips(trips, network.n_zones)
        if notices:
            record["note"] = "; ".join(str(notice.message) for notice in notices)
        notes = read_notes(path.parent)
        answer, fixed = solve(network, demand, *weights_of(network, notes), gap)
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
        flows = beside(path, stem, "flow")
        if flows is not None:
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
        notes_so_far = [record["note"]] if "note" in record else []
        return record | {"verdict": "solved", "note": "; ".join(["nothing published to compare with", *notes_so_far])}
    difference = max((answer.objective / value - 1.0 for value in published), key=abs)
    record["relative_difference"] = difference
    # The objective is convex, so ours exceeds the optimum by no more than TSTT - SPTT, the gap times the total cost.
    total = float(answer.flow @ (answer.travel_time + fixed))
    agreement = max(AGREEMENT, answer.relative_gap * total / answer.objective)
    record["agreement"] = agreement
    if -AGREEMENT <= difference <= agreement:
        return record | {"verdict": "equal"}
    return record | {"verdict": "lower" if difference < 0 else "higher"}


def beside(path: Path, stem: str, kind: str) -> Path | None:
    """The file of a kind that belongs to a network, in capital or small letters; else the only one of its folder."""
    found = sorted(p for p in path.parent.glob("*.tntp") if f"_{kind}" in p.name.lower())
    own = [p for p in found if p.name.lower().startswith(f"{stem}_{kind}".lower())]
    exact = [p for p in own if p.name.lower() == f"{stem}_{kind}.tntp".lower()]
    for choice in (exact, own, found):
        if len(choice) == 1:
            return choice[0]
    return None


def _line(record: dict[str, Any]) -> str:
    if "objective" not in record:
        return f"{record['network']:24} {record['verdict']:8} {record.get('note', '')}"
    against = f"{record['relative_difference']:+.1e}" if "relative_difference" in record else record.get("note", "")
    return (
        f"{record['network']:24} {record['verdict']:8} objective {record['objective']:.12g} ({against}), "
        f"gap {record['relative_gap']:.1e}, {record['iterations']} iterations, {record['cpu_seconds']:.3f} CPU-s"
    )
