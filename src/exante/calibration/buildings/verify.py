"""Heating need of TABULA's variants computed again from their inputs, beside the tabulated one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exante.models.buildings import Archetypes, HourlyClimate, Season, hourly_need, seasonal_need
from exante.models.buildings.archetypes import ELEMENTS, PLANES, FloatArray
from exante.models.buildings.refurbishment import transmittance_after
from exante.quantities.errors import SourceError, UserError
from exante.sources.epw import read_epw
from exante.sources.tabula import VARIANTS, read_variants

NEED_DIGIT = 0.05
"""Half the last digit of the tabulated need, kWh/m2."""
INPUT_DIGIT = 0.005
"""Half the last digit of the surcharge for thermal bridges, W/(m2 K), and of the g-value."""
QUANTILES = (50, 90, 95, 100)
RATIO_QUANTILES = (5, 50, 95)
SET_POINT = 20.0
"""That kelvin-days are counted from, degC (TABULA)."""


def read_reference(folder: Path) -> pd.DataFrame:
    """The variants of a folder (its only file `tabula*.csv`), or of the file itself.

    Raises
    ------
    SourceError
        If it is not there or cannot be read.
    """
    path = folder / VARIANTS if folder.is_dir() else folder
    others = sorted(folder.glob("tabula*.csv")) if folder.is_dir() and not path.is_file() else []
    path = others[0] if len(others) == 1 else path
    if not path.is_file():
        raise SourceError(
            f"There is no {VARIANTS}", where=str(folder), remedy="Name its folder with --reference, or set EXANTE_DATA"
        )
    return read_variants(path)


def of_country(table: pd.DataFrame, country: str | None) -> pd.DataFrame:
    """The variants of one country, or all.

    Raises
    ------
    UserError
        For a country without variants.
    """
    if country is None:
        return table
    chosen = table[table["country"] == country.strip().upper()]
    if chosen.empty:
        known = ", ".join(sorted(table["country"].unique()))
        raise UserError(f"The table has no variants of {country}", where="--country", remedy=f"Choose from {known}")
    return chosen.reset_index(drop=True)


def verify_variants(table: pd.DataFrame) -> pd.DataFrame:
    """Every variant: computed and tabulated need.

    Parameters
    ----------
    table : DataFrame
        Of `read_variants`.

    Returns
    -------
    DataFrame
        `variant`, `country`, `tabulated`, `computed` (kWh/m2), `error` (computed over tabulated, less 1; NaN where
        nothing is needed), `rounding` (the error that rounded inputs and results can make), `within` it, and `parts`:
        which intermediate results differ by more than their last digit.
    """
    archetypes, season = Archetypes.from_table(table), Season.from_table(table)
    found = seasonal_need(archetypes, season)
    tabulated = table["tabulated_need"].to_numpy(float)
    least = np.where(tabulated > 0, tabulated, np.nan)
    slack = NEED_DIGIT + _input_rounding(archetypes, season, found.need, table["g_value"].to_numpy(float))
    error = found.need / least - 1.0
    rows = pd.DataFrame(
        {
            "variant": table["variant"],
            "country": table["country"],
            "tabulated": tabulated,
            "computed": found.need,
            "error": error,
            "rounding": slack / least,
            "within": np.abs(found.need - tabulated) <= slack,
        }
    )
    rows["parts"] = _parts(table, archetypes, found)
    return rows


def _input_rounding(archetypes: Archetypes, season: Season, need: FloatArray, g_value: FloatArray) -> FloatArray:
    """Largest change of the need within the last digit of inputs, kWh/m2, shape (N,)."""
    share = np.divide(INPUT_DIGIT, g_value, out=np.zeros_like(g_value), where=g_value > 0)
    steps = {
        "bridges": np.full(archetypes.n, INPUT_DIGIT),
        "aperture": archetypes.aperture * share[:, None],
    }
    total = np.zeros(archetypes.n)
    for name, step in steps.items():
        values = [np.maximum(getattr(archetypes, name) + sign * step, 0.0) for sign in (-1.0, 1.0)]
        moved = [np.abs(seasonal_need(replace(archetypes, **{name: v}), season).need - need) for v in values]
        total += np.maximum(*moved)
    return total


def _parts(table: pd.DataFrame, archetypes: Archetypes, found: Any) -> list[str]:
    """Names of intermediate results that differ by more than two of their last digits."""
    checks = {
        "bridges": (archetypes.bridge_loss / archetypes.floor_area, table["tabulated_bridges"] / table["floor_area"]),
        "transmission": (found.transmission, table["tabulated_transmission"]),
        "ventilation": (found.ventilation, table["tabulated_ventilation"]),
        "part use": (found.part_use, table["tabulated_part_use"]),
        "gains": (found.gain_ratio, table["tabulated_gain_ratio"]),
        "utilisation": (found.utilisation, table["tabulated_utilisation"]),
    }
    digits = {"gains": 0.002}
    off = {k: np.abs(np.asarray(a) - np.asarray(b, float)) > digits.get(k, 0.01) for k, (a, b) in checks.items()}
    return [", ".join(k for k in off if off[k][i]) for i in range(len(table))]


def verify_transmittances(table: pd.DataFrame) -> pd.DataFrame:
    """U-value of every element from its construction and measure, beside the tabulated one.

    Parameters
    ----------
    table : DataFrame
        Of `read_variants`.

    Returns
    -------
    DataFrame
        `variant`, `country`, `element`, `original`, `tabulated`, `computed` (W/(m2 K)) and `error`; one row an element
        that exists.
    """
    rows = []
    for element in ELEMENTS:
        there = table[(table[f"area_{element}"] > 0) & (table[f"u_original_{element}"] > 0)]
        space = there[f"r_space_{element}"] if f"r_space_{element}" in there else 0.0 * there[f"u_{element}"]
        original = there[f"u_original_{element}"].to_numpy(float)
        computed = transmittance_after(
            original,
            space.to_numpy(float),
            there[f"r_measure_{element}"].to_numpy(float),
            there[f"replaced_{element}"].to_numpy(bool),
            there[f"share_measure_{element}"].to_numpy(float),
        )
        found = there[["variant", "country"]].assign(
            element=element, original=original, tabulated=there[f"u_{element}"], computed=computed
        )
        rows.append(found)
    result = pd.concat(rows, ignore_index=True)
    return result.assign(error=result["computed"] / result["tabulated"] - 1.0)


def transmittance_summary(rows: pd.DataFrame) -> dict[str, Any]:
    """How well the U-values of `verify_transmittances` are met, and how many measures make an element worse."""
    size = rows["error"].abs()
    return {
        "elements": len(rows),
        "median": round(float(size.median()), 6),
        "largest": round(float(size.max()), 6),
        "within_1_percent": int((size <= 0.01).sum()),
        "worse_after_measure": int((rows["tabulated"] > rows["original"] * 1.005).sum()),
    }


def summary_of(rows: pd.DataFrame) -> dict[str, Any]:
    """Distribution of the absolute error by country and together; `within` counts variants that rounding explains."""
    groups = {str(c): rows[rows["country"] == c] for c in sorted(rows["country"].unique())} | {"all": rows}
    found = {}
    for name, group in groups.items():
        size = group["error"].abs().dropna().to_numpy()
        quantiles = np.percentile(size, QUANTILES) if size.size else np.full(len(QUANTILES), np.nan)
        found[name] = {
            "variants": len(group),
            **{f"p{q}": round(float(v), 6) for q, v in zip(QUANTILES, quantiles, strict=True)},
            "mean_signed": round(float(group["error"].mean()), 6),
            "within_1_percent": int((size <= 0.01).sum()),
            "within_rounding": int(group["within"].sum()),
        }
    return found


def compare_methods(table: pd.DataFrame, weather: Path) -> dict[str, Any]:
    """Seasonal and hourly need of the same variants in the climate of one weather file, heated at all times.

    Parameters
    ----------
    table : DataFrame
        Of `read_variants`.
    weather : Path
        EPW file.

    Returns
    -------
    dict
        `place`, the `season` of the file, `variants`: each `variant`, `seasonal`, `hourly_in_season` (the hours of the
        days that the seasonal method counts), `hourly` (of the year) and `hourly_radiation` (of the year, with sun and
        sky on opaque surfaces), kWh/m2; and `ratios`: percentiles 5, 50 and 95 of each of the three over `seasonal`.

    Raises
    ------
    SourceError
        For weather that cannot be read.
    """
    file = read_epw(weather)
    climate = HourlyClimate.of(file.latitude, file.longitude, file.time_zone, file.altitude, file.hourly)
    archetypes, season = Archetypes.from_table(table), climate.season()
    per = 1000.0 * archetypes.floor_area
    plain = hourly_need(archetypes, climate, keep="loads")
    needs = {
        "seasonal": seasonal_need(archetypes, season, part_use=False).need,
        "hourly_in_season": plain.hourly_heating[climate.cold_hours()].sum(axis=0) / per,
        "hourly": plain.heating / per,
        "hourly_radiation": hourly_need(archetypes, climate, outer_radiation=True).heating / per,
    }
    spread = {k: np.percentile(v / needs["seasonal"], RATIO_QUANTILES) for k, v in needs.items() if k != "seasonal"}
    return {
        "place": file.place,
        "season": {
            "days": float(season.days),
            "temperature": round(float(season.temperature), 3),
            "kelvin_days": round(float(season.days * (SET_POINT - season.temperature)), 1),
            "sun": {p: round(float(v), 1) for p, v in zip(PLANES, season.sun, strict=True)},
        },
        "ratios": {
            k: {f"p{q}": round(float(x), 4) for q, x in zip(RATIO_QUANTILES, v, strict=True)} for k, v in spread.items()
        },
        "variants": [
            {"variant": name} | {k: round(float(v[i]), 3) for k, v in needs.items()}
            for i, name in enumerate(archetypes.names)
        ],
    }
