"""Share of the addresses of every zone with three or more public trees in sight, where a city has trees."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from exante.models.access.streets import open_links, rows
from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.parameters import read_parameters

#: Trees that a home should see (Konijnendijk 2023).
WANTED = 3


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Share of street length, by zone, whose homes see three trees or more.

    A home sees the trees along the stretch of its street in front of it, ``m`` on average; they stand there at random,
    so that it sees three or more with the probability ``1 - exp(-m) (1 + m + m^2 / 2)`` (Poisson).

    Returns
    -------
    Outputs
        `zone_trees_in_sight`, shape (zones,); 0 where a zone has no street to walk on.
    """
    zone = {name: i for i, name in enumerate(inputs["zones.zone_id"].tolist())}
    names = inputs["links.zone_id"]
    inside = open_links(inputs["links.allowed_uses"], "walk") & np.array([n is not None for n in names.tolist()])
    of = rows(zone, names[inside], "links.zone_id")
    length = inputs["links.length"][inside]
    mean = np.nan_to_num(inputs["links.trees"][inside]) / length * inputs.parameters["tree_sight"]
    seen = 1.0 - np.exp(-mean) * (1.0 + mean + 0.5 * mean**2)
    whole = np.bincount(of, length, minlength=len(zone))
    share = np.divide(np.bincount(of, length * seen, minlength=len(zone)), whole, np.zeros(len(zone)), where=whole > 0)
    return Outputs({"zone_trees_in_sight": np.clip(share, 0.0, 1.0)})


MODEL = Model(
    name="access_trees",
    reads=(
        "links.length",
        "links.allowed_uses",
        "links.zone_id",
        "links.trees",
        "zones.zone_id",
    ),
    writes=("zone_trees_in_sight",),
    parameters=read_parameters(Path(str(files("exante.models.access") / "trees.toml")), "access_trees"),
    run=run,
    modules=("exante.models.access",),
    optional=True,
)
