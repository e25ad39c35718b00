"""The people of a city in a few lines: what is known of them and how (`exante city show`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.apps.console import out
from exante.city import City, people
from exante.city.zone_spread import COLUMNS
from exante.quantities.labels import LABELS

#: Words of a label where it is not one itself.
_WORDS = {
    "under_15": "under 15", "15_24": "15 to 24", "25_39": "25 to 39", "40_64": "40 to 64", "over_64": "over 64",
    "5_plus": "5 and more",
}  # fmt: skip


def people_document(city: City) -> dict[str, Any]:
    """Shares of the city's people, how each margin is known, and the spread of what is not counted by zone.

    Empty where the city has no table `people`.
    """
    if "people" not in city.tables:
        return {}
    cube = people.cube(city)
    total = float(cube.sum())
    shares = {}
    for dim in ("age", "sex", "household_size"):
        kept = people.DIMS.index(dim)
        summed = cube.sum(axis=tuple(k for k in range(cube.ndim) if k != kept))
        shares[dim] = {label: float(v / total) for label, v in zip(LABELS[dim], summed, strict=True)}
    adults = cube[:, 1:].sum(axis=(1, 2, 3, 5))
    margins = city.table("people_margins").frame()
    zones = city.table("zones")
    bands = city.table("income_bands")
    return {
        "residents": total,
        "shares": shares,
        "adults_with_car": float(adults[:, 1].sum() / adults.sum()),
        "adults_with_car_by_zone": [float(v) for v in np.nanpercentile(people.car_availability(city), [5, 50, 95])],
        "income_limits": [float(v) for v in bands["lower"][1:]],
        "margins": margins.to_dict(orient="records"),
        "zone_spread": {c: float(np.median(zones[f"{c}_cv"])) for c in COLUMNS if f"{c}_cv" in zones},
    }


def print_people(document: dict[str, Any]) -> None:
    """The document in a few lines of text; nothing where it is empty."""
    if not document:
        return
    out.print(f"people: {document['residents']:,.0f} residents, expected counts", markup=False)
    for dim, shares in document["shares"].items():
        told = ", ".join(f"{_WORDS.get(k, k)} {100 * v:.0f} %" for k, v in shares.items())
        out.print(f"  {dim.replace('_', ' ')}: {told}", markup=False)
    low, _, high = document["adults_with_car_by_zone"]
    out.print(
        f"  adults with a car they can use: {100 * document['adults_with_car']:.0f} % "
        f"(zones {100 * low:.0f} to {100 * high:.0f} %)",
        markup=False,
    )
    limits = ", ".join(f"{v:,.0f}" for v in document["income_limits"])
    out.print(f"  fifths of income divide at EUR/year {limits}", markup=False)
    for origin in ("observed", "derived", "assumed"):
        names = [
            m["margin"].replace(",", " x ").replace("_", " ") for m in document["margins"] if m["origin"] == origin
        ]
        if names:
            out.print(f"  {origin}: {', '.join(names)}", markup=False)
    out.print("  every other cross-count is raked from a seed and shown with bounds only", markup=False)
    spreads = document["zone_spread"]
    if spreads:
        told = ", ".join(f"{name.replace('_', ' ')} {100 * value:.0f} %" for name, value in spreads.items())
        out.print(f"  not counted by zone; standard deviation in a typical zone: {told}", markup=False)
