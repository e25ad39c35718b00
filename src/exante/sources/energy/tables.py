"""City tables of the document's sections `[grid]`, `[[tariff]]` and of fuels: what is typed in with its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from exante.city import Layer, Table
from exante.quantities.errors import SourceError
from exante.sources.energy import roofs
from exante.sources.energy.grid import HOURS, GridHours
from exante.sources.statistics import list_provenance

FLAT = "The same intensity at all hours: no hourly file was at hand."
LAMPS = "The city's total, spread over zones by length of built-up street."
GRID_KEYS = ("zone", "year", "intensity_lifecycle", "direct_share", "renewable_share", "source", "verified")
TARIFF_KEYS = ("carrier", "consumer", "price", "year", "source", "verified")

#: Direct emission of the gas plant that answers one more kWh, g/kWh (REE: 370 for a combined cycle), and what is lost
#: before the meter (share; EU mean about 6 %, general knowledge).
GAS_PLANT = 370.0
LOSSES = 0.06

#: Fuel: kgC/GJ and bounds at 95 % (IPCC 2006, vol. 2, table 1.3). Wood counts zero fossil CO2.
CARBON = {
    "gas": (15.3, 14.8, 15.9),
    "oil": (20.2, 19.8, 20.4),
    "lpg": (17.2, 16.8, 17.9),
    "wood": (0.0, 0.0, 0.0),
    "coal": (25.8, 24.4, 27.2),
}
#: kgC/GJ to g CO2/kWh.
TO_INTENSITY = 44.0 / 12.0 * 3.6


def carriers() -> tuple[Table, Layer]:
    """Table `carriers`: direct CO2 of fuels per kWh of lower heating value (IPCC 2006 defaults and bounds).

    Examples
    --------
    >>> carriers()[0]["intensity_direct"][:3].round(1).tolist()
    [202.0, 266.6, 227.0]
    """
    middle, low, high = (np.array([c[i] for c in CARBON.values()]) * TO_INTENSITY for i in range(3))
    table = Table(
        "carriers",
        {"carrier": list(CARBON), "intensity_direct": middle, "intensity_low": low, "intensity_high": high},
    )
    source = {
        "source": "IPCC 2006 Guidelines, volume 2, table 1.3 (default and bounds of carbon content)",
        "year": 2006,
    }
    return table, Layer(1, list_provenance([source]), "Lower heating value; carbon fully oxidised.")


def grid_tables(document: Mapping[str, Any], hours: GridHours | None = None) -> dict[str, Table]:
    """Tables `grid_mix` and `grid_hours` of `[grid]`; without hours the intensity is the same at all times.

    Raises
    ------
    SourceError
        If a figure is absent or impossible.
    """
    told = document["grid"]
    lost = [key for key in GRID_KEYS if key not in told]
    if lost:
        raise SourceError(f"{', '.join(lost)} is absent", where="[grid]", remedy="Type it in with its source")
    lifecycle, share = float(told["intensity_lifecycle"]), float(told["direct_share"])
    if not (0 < lifecycle < 1500 and 0 <= share <= 1 and 0 <= told["renewable_share"] <= 100):
        raise SourceError("an intensity or share is impossible", where="[grid]", remedy="Mend the figure or its unit")
    mix = Table(
        "grid_mix",
        {
            "grid_zone": [told["zone"]],
            "year": [int(told["year"])],
            "intensity_direct": [lifecycle * share],
            "intensity_lifecycle": [lifecycle],
            "intensity_marginal": [GAS_PLANT / (1.0 - LOSSES)],
            "renewable_share": [float(told["renewable_share"])],
            "solar_dip": [0.0],
        },
    )
    flat = np.ones(HOURS)
    table = Table(
        "grid_hours",
        {
            "hour": np.arange(HOURS),
            "direct": flat if hours is None else hours.direct,
            "lifecycle": flat if hours is None else hours.lifecycle,
        },
    )
    return {"grid_mix": mix, "grid_hours": table}


def tariffs(document: Mapping[str, Any]) -> tuple[Table, Layer] | None:
    """Table `tariffs` of `[[tariff]]`, or None where the document has none.

    Raises
    ------
    SourceError
        With every fault: a key that is absent, a price that is none, a tariff given twice.
    """
    rows = document.get("tariff", [])
    if not rows:
        return None
    faults = [f"tariff {i + 1} lacks {', '.join(k for k in TARIFF_KEYS if k not in row)}"
              for i, row in enumerate(rows) if any(k not in row for k in TARIFF_KEYS)]  # fmt: skip
    if not faults:
        faults = [f"{r['carrier']} {r['consumer']} costs {r['price']!r} EUR/kWh" for r in rows
                  if not isinstance(r["price"], int | float) or not 0 <= r["price"] <= 5]  # fmt: skip
        ids = [f"{row['carrier']} {row['consumer']}" for row in rows]
        faults += [f"{name} stands more than once" for name in sorted({i for i in ids if ids.count(i) > 1})]
    if faults:
        raise SourceError("; ".join(faults), where="[[tariff]]", remedy="Mend these entries")
    prices = [float(row["price"]) for row in rows]
    table = Table(
        "tariffs",
        {
            "tariff_id": ids,
            "carrier": [row["carrier"] for row in rows],
            "consumer": [row["consumer"] for row in rows],
            "price": prices,
            "base_price": prices,
            "year": [int(row["year"]) for row in rows],
            "source": [row["source"] for row in rows],
            "verified": [bool(row["verified"]) for row in rows],
        },
    )
    weak = [f"{r['carrier']} {r['consumer']}: {r['note']}" for r in rows if r.get("note")]
    return table, Layer(0, list_provenance(rows), "; ".join(["Mean prices, fixed charges spread over kWh", *weak]))


def sketched(document: Mapping[str, Any], zones: Table, links: Table) -> tuple[dict[str, Table], dict[str, Layer]]:
    """Every energy table that a document alone can give, with its layer: for sketches.

    Raises
    ------
    SourceError
        If a section has faults.
    """
    made: dict[str, Table] = {}
    layers: dict[str, Layer] = {}
    made["carriers"], layer = carriers()
    layers["carriers"] = Layer(0, layer.sources, layer.note)
    if "grid" in document:
        made |= grid_tables(document)
        sources = list_provenance([document["grid"]])
        layers |= {
            "grid_mix": Layer(0, sources, document["grid"].get("note", "")),
            "grid_hours": Layer(0, sources, FLAT),
        }
    prices = tariffs(document)
    if prices:
        made["tariffs"], layers["tariffs"] = prices
    if "public_lighting" in document:
        made["public_lighting"] = roofs.lighting(document, zones, links)
        layers["public_lighting"] = Layer(0, list_provenance([document["public_lighting"]]), LAMPS)
    if "area_per_head" in document.get("rooftops", {}):
        area = zones["population"] * float(document["rooftops"]["area_per_head"])
        made["rooftops"] = roofs.rooftops(document, zones, area)
        layers["rooftops"] = Layer(0, list_provenance([document["rooftops"]]), "Roof area by residents alone.")
    return made, layers
