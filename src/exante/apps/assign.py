"""``exante assign``: the user equilibrium of a network and a trip table."""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from exante.kernels.equilibrium import Equilibrium, UserClass, compile_kernels, user_equilibrium
from exante.quantities.errors import NetworkError, UserError
from exante.sources.tntp import (
    TntpNetwork,
    TntpNotes,
    read_network,
    read_notes,
    read_trips,
    write_flows,
    write_whole,
)


def assign(
    net: Annotated[Path, typer.Argument(help="Network: a TNTP file (…_net.tntp) or a folder of GMNS tables.")],
    trips: Annotated[Path, typer.Argument(help="Trip table: TNTP, OMX (.omx) or numpy (.npz).")],
    gap: Annotated[float, typer.Option(help="Relative gap to reach, (TSTT - SPTT) / TSTT.")] = 1e-6,
    out: Annotated[Path | None, typer.Option(help="File for the link flows: .csv, otherwise TNTP.")] = None,
    drop_unreachable: Annotated[bool, typer.Option(help="Leave out demand that no path connects.")] = False,
    toll_weight: Annotated[
        float | None, typer.Option(help="Time per unit of toll; default: as the network's file or its README states.")
    ] = None,
    distance_weight: Annotated[
        float | None, typer.Option(help="Time per unit of length; default: as for tolls.")
    ] = None,
    max_iterations: Annotated[int, typer.Option(help="Most sweeps over all origins.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Assign trips to a network: no traveller has a faster way."""
    if not (0 < gap < 1):
        raise UserError(f"The gap {gap} is not between 0 and 1", where="--gap", remedy="Give a gap such as 1e-6")
    if out is not None and not out.parent.is_dir():
        raise UserError("The folder for the flows does not exist", where=str(out.parent), remedy="Create it first")
    network = read_any_network(net)
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always", UserWarning)
        demand = read_any_trips(trips, network)
    for notice in notices:
        typer.echo(f"Note: {notice.message}.", err=True)
    notes = read_notes(net.parent if net.is_file() else net)
    toll_default, distance_default = weights_of(network, notes)
    toll = toll_default if toll_weight is None else toll_weight
    distance = distance_default if distance_weight is None else distance_weight
    compiling = time.process_time()
    compile_kernels()
    compiling = time.process_time() - compiling
    answer, fixed = solve(network, demand, toll, distance, gap, max_iterations, drop_unreachable)
    report = summary(network, demand, answer) | {
        "toll_weight": toll,
        "distance_weight": distance,
        "compile_seconds": round(compiling, 3),
        "flows": None if out is None else str(out),
    }
    if out is not None:
        _write(out, network, answer, answer.travel_time + fixed)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
        return
    for name, value in report.items():
        shown = f"{value:.12g}" if isinstance(value, float) else value
        typer.echo(f"{name.replace('_', ' '):22} {shown}")


def weights_of(network: TntpNetwork, notes: TntpNotes) -> tuple[float, float]:
    """Time per unit of toll and of length: what the network states itself, else its README."""
    toll, distance = network.toll_weight, network.distance_weight
    return notes.toll_weight if toll is None else toll, notes.distance_weight if distance is None else distance


def read_any_network(path: Path) -> TntpNetwork:
    """A network from a TNTP file or a folder of GMNS tables."""
    if path.is_dir():
        from exante.sources.gmns import read_gmns

        return read_gmns(path)
    return read_network(path)


def read_any_trips(path: Path, network: TntpNetwork) -> np.ndarray:
    """A trip table from a TNTP, numpy or OMX file; a zone mapping of an OMX file names zones as the network does."""
    n_zones = network.n_zones
    if path.suffix.lower() == ".omx":
        from exante.sources.omx import read_matrix

        return read_matrix(path, n_zones=n_zones, zones=zone_names(network))
    return read_trips(path, n_zones)


def zone_names(network: TntpNetwork) -> list[int]:
    """What the network's files call its zones, in their order: GMNS has names, TNTP the numbers 1, 2, …"""
    from exante.sources.gmns import GmnsNetwork

    return network.zone_id.tolist() if isinstance(network, GmnsNetwork) else list(range(1, network.n_zones + 1))


def solve(
    network: TntpNetwork,
    demand: np.ndarray,
    toll_weight: float,
    distance_weight: float,
    gap: float,
    max_iterations: int = 1000,
    drop_unreachable: bool = False,
) -> tuple[Equilibrium, np.ndarray]:
    """Equilibrium of one class, and its fixed costs; zones in errors are numbered as in the file."""
    fixed = network.fixed_cost(toll_weight, distance_weight)
    graph = network.graph()
    user = UserClass(demand, fixed_cost=fixed, name="all")
    settings: dict[str, Any] = {"relative_gap": gap, "max_iterations": max_iterations, "require_convergence": False}
    answer = user_equilibrium(graph, network.link_cost(), [user], drop_unreachable=True, **settings)
    if len(answer.unreachable) and not drop_unreachable:
        names = zone_names(network)
        pairs = [f"{names[o]} to {names[d]}" for _, o, d in answer.unreachable]
        shown = ", ".join(pairs[:20]) + (f" and {len(pairs) - 20} more" if len(pairs) > 20 else "")
        raise NetworkError(
            f"No path connects {len(pairs)} zone pairs that have trips: {shown}",
            where=str(network.path),
            remedy="Connect these zones, or leave their trips out with --drop-unreachable",
        )
    if answer.relative_gap > gap:
        raise _not_reached(answer, gap)
    return answer, fixed


def _not_reached(answer: Equilibrium, gap: float) -> UserError:
    sweeps = f"{answer.iterations} iteration{'' if answer.iterations == 1 else 's'}"
    told = f"The relative gap is {answer.relative_gap:.1e} after {sweeps}, not {gap:.1e}; no flows are given"
    return UserError(
        told, where="--max-iterations", remedy="Allow more than these iterations, or ask for a wider gap with --gap"
    )


def summary(network: TntpNetwork, demand: np.ndarray, answer: Equilibrium) -> dict[str, Any]:
    """The figures of one assignment, ready for JSON."""
    lost = answer.unreachable
    dropped = float(demand[lost[:, 1], lost[:, 2]].sum()) if len(lost) else 0.0
    return {
        "objective": answer.objective,
        "relative_gap": answer.relative_gap,
        "average_excess_cost": answer.average_excess_cost,
        "iterations": answer.iterations,
        "cpu_seconds": round(answer.cpu_seconds, 6),
        "peak_rss_mb": round(peak_rss_mb(), 1),
        "zones": network.n_zones,
        "nodes": network.n_nodes,
        "links": len(network.links),
        "trips": float(demand.sum()),
        "intrazonal_trips": float(np.trace(demand)),
        "total_travel_time": float(answer.flow @ answer.travel_time),
        "unreachable_pairs": len(lost),
        "unreachable_trips": dropped,
    }


def peak_rss_mb() -> float:
    """Largest memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _write(path: Path, network: TntpNetwork, answer: Equilibrium, cost: np.ndarray) -> None:
    if path.suffix.lower() != ".csv":
        write_flows(path, network, answer.flow, cost)
        return
    from exante.sources.gmns import GmnsNetwork

    head = ["from_node_id", "to_node_id", "flow", "travel_time", "generalised_cost"]
    ends = network.links[["init_node", "term_node"]].to_numpy()
    columns = [ends[:, 0], ends[:, 1], answer.flow, answer.travel_time, cost]
    if isinstance(network, GmnsNetwork):
        head = ["link_id", *head]
        columns = [network.link_id, network.node_id[ends[:, 0] - 1], network.node_id[ends[:, 1] - 1], *columns[2:]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(zip(*(column.tolist() for column in columns), strict=True))
    write_whole(path, text.getvalue())
