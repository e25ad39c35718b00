"""TABULA: exemplary dwellings of a country, by size and period, with every input and result of their heating need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import INSTALL_SOURCES, SourceError
from exante.sources.columns import read_text, require, to_numbers

READER = "exante.sources.tabula"
VARIANTS = "tabula_ES_IT.csv"
VALUES = "tabula-values.xlsx"

#: Building elements of a variant, as TABULA numbers them.
ELEMENTS = ("Roof_1", "Roof_2", "Wall_1", "Wall_2", "Wall_3", "Floor_1", "Floor_2", "Window_1", "Window_2", "Door_1")
TO_OUTSIDE = ("Window_1", "Window_2", "Door_1")
"""Elements that always face the outdoor air: TABULA gives them no adjustment factor."""
NAMED = 5
"""Missing columns that an error names; a table of another kind lacks them all."""
PLANES = ("Horizontal", "East", "South", "West", "North")

TEXTS = {
    "variant": "Code_BuildingVariant",
    "building": "Code_Building",
    "country": "Code_Country",
    "climate": "Code_ClimateRegion",
    "size_class": "Code_BuildingSizeClass",
    "year_class": "Code_ConstructionYearClass",
    "attached": "Code_AttachedNeighbours",
}
#: Name here, column there, lowest and highest possible value. Units: docs/models/buildings.md.
NUMBERS: dict[str, tuple[str, float, float]] = {
    "level": ("Number_BuildingVariant", 1, 99),
    "year_from": ("Year1_Building", 0, 2100),
    "year_to": ("Year2_Building", 0, 9999),
    "volume": ("V_C", 0, 1e6),
    "floor_area": ("A_C_Ref", 1, 1e6),
    "dwellings": ("n_Apartment", 0, 1e5),
    "storeys": ("n_Storey", 0, 100),
    "g_value": ("g_gl_n", 0, 1),
    "bridges": ("delta_U_ThermalBridging", 0, 1),
    "infiltration": ("n_air_infiltration", 0, 10),
    "air_use": ("n_air_use", 0, 10),
    "room_height": ("h_room", 1, 10),
    "set_point": ("theta_i", 5, 30),
    "reduction_low": ("F_red_htr1", 0.01, 1),
    "reduction_high": ("F_red_htr4", 0.01, 1),
    "internal_gains": ("phi_int", 0, 100),
    "hot_water": ("q_w_nd", 0, 200),
    "shading_horizontal": ("F_sh_hor", 0, 1),
    "shading_vertical": ("F_sh_vert", 0, 1),
    "frame": ("F_f", 0, 1),
    "incidence": ("F_w", 0, 1),
    "capacity": ("c_m", 1, 1000),
    "base_temperature": ("Theta_e_Base", -20, 30),
    "heating_days": ("HeatingDays", 0.1, 366),
    "season_temperature": ("Theta_e", -40, 30),
}
RESULTS: dict[str, tuple[str, float, float]] = {
    "tabulated_transmission": ("h_Transmission", 0, 100),
    "tabulated_bridges": ("H_Transmission_ThermalBridging", 0, 1e5),
    "tabulated_ventilation": ("h_Ventilation", 0, 100),
    "tabulated_part_use": ("F_red_temp", 0, 2),
    "tabulated_losses": ("q_ht", 0, 5000),
    "tabulated_solar": ("q_sol", 0, 5000),
    "tabulated_internal": ("q_int", 0, 5000),
    "tabulated_time_constant": ("tau", 0, 1e4),
    "tabulated_gain_ratio": ("gamma_h_gn", 0, 1e3),
    "tabulated_utilisation": ("eta_h_gn", 0, 1),
    "tabulated_need": ("q_h_nd", 0, 5000),
}


def _number_columns() -> dict[str, tuple[str, float, float]]:
    found = dict(NUMBERS)
    for element in ELEMENTS:
        name = element.lower()
        found[f"area_{name}"] = (f"A_Calc_{element}", 0, 1e6)
        found[f"u_{name}"] = (f"U_Actual_{element}", 0, 15)
        found[f"u_original_{name}"] = (f"U_{element}", 0, 15)
        found[f"r_measure_{name}"] = (f"R_Measure_{element}", 0, 50)
        found[f"share_measure_{name}"] = (f"f_Measure_{element}", 0, 1)
        if element not in TO_OUTSIDE:
            found[f"factor_{name}"] = (f"b_Transmission_{element}", 0, 1)
            found[f"r_space_{name}"] = (f"R_Add_UnheatedSpace_{element}", 0, 10)
    for plane in PLANES:
        found[f"window_{plane.lower()}"] = (f"A_Calc_Window_{plane}", 0, 1e6)
        code = "Hor" if plane == "Horizontal" else plane
        found[f"sun_{plane.lower()}"] = (f"I_Sol_{code}", 0, 5000)
    return found | RESULTS


def read_variants(path: Path) -> pd.DataFrame:
    """Variants of the exemplary buildings: one row a building and state of its envelope.

    Parameters
    ----------
    path : Path
        `tabula_ES_IT.csv`, or another extract of TABULA's building variants with the same columns.

    Returns
    -------
    DataFrame
        Texts `variant`, `building`, `country`, `climate`, `size_class`, `year_class`, `attached`; numbers named in
        `NUMBERS`; of each element `area_*` (m2), `u_*` (W/(m2 K), as it is in this state) and `factor_*` (share of the
        outdoor temperature difference; 1 to outdoor air), and what this state came from: `u_original_*`, `r_space_*`
        and `r_measure_*` (m2 K/W, of an unheated space and of the measure), `share_measure_*` (of the area) and
        `replaced_*` (the element was replaced, not added to); `window_*` (m2) and `sun_*` (kWh/m2 in the season) by
        orientation; and what TABULA itself computes, `tabulated_*`.

    Raises
    ------
    SourceError
        For a table that lacks a column, holds no number or an impossible one, or names a variant twice.
    """
    wanted = _number_columns()
    kinds = {f"replaced_{element.lower()}": f"Code_MeasureType_{element}" for element in ELEMENTS}
    needed = [*TEXTS.values(), *kinds.values(), *(column for column, _, _ in wanted.values())]
    text = read_text(path, (), READER)
    _refuse_other_tables(list(text.columns), needed, path)
    if text.empty:
        raise SourceError("the table has no rows", where=path.name, remedy="Fetch it again")
    columns: dict[str, pd.Series | np.ndarray] = {name: text[column].str.strip() for name, column in TEXTS.items()}
    for name, (column, low, high) in wanted.items():
        columns[name] = to_numbers(text[column], path.name, low=low, high=high)
    for name, column in kinds.items():
        columns[name] = text[column].str.strip().eq("Replace")
    frame = pd.DataFrame(columns)
    _refuse_blanks(frame, wanted, path)
    twice = frame["variant"].duplicated()
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        raise SourceError(
            f"the variant {frame['variant'][row]} appears twice", where=f"{path.name}:{row + 2}", remedy="Drop one"
        )
    frame["level"] = frame["level"].astype(int)
    return frame


def _refuse_other_tables(found: list[str], needed: list[str], path: Path) -> None:
    lost = [column for column in needed if column not in found]
    if lost:
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        raise SourceError(
            f"The table lacks {', '.join(lost[:NAMED])}{more} of the {len(needed)} columns that are read",
            where=path.name,
            remedy="Give an extract of TABULA's table of building variants with all columns",
        )


def _refuse_blanks(frame: pd.DataFrame, wanted: dict[str, tuple[str, float, float]], path: Path) -> None:
    blank = frame[list(wanted)].isna()
    if blank.any().any():
        row, column = (int(k[0]) for k in np.nonzero(blank.to_numpy()))
        raise SourceError(
            f"{wanted[list(wanted)[column]][0]} is blank", where=f"{path.name}:{row + 2}", remedy="Complete the row"
        )


def read_climates(path: Path) -> pd.DataFrame:
    """Heating seasons that TABULA assumes, by region of a country (`tabula-values.xlsx`).

    Returns
    -------
    DataFrame
        `climate`, `country`, `title`, `base_temperature` and `season_temperature` (degC), `heating_days`, `sun_*`
        (kWh/m2 in the season). A region of a country is no city: that of Mediterranean Spain has 22 heating days.
    """
    numbers = {"Theta_e_Base": "base_temperature", "HeatingDays": "heating_days", "Theta_e": "season_temperature"}
    numbers |= {f"I_Sol_{'Hor' if p == 'Horizontal' else p}": f"sun_{p.lower()}" for p in PLANES}
    names = {"Code_ClimateRegion": "climate", "Code_Country": "country", "Name_ClimateRegion": "title"}
    return _sheet(path, "Tab.Climate", names, numbers)


def read_constructions(path: Path) -> pd.DataFrame:
    """Constructions of every country (`tabula-values.xlsx`).

    Returns
    -------
    DataFrame
        `construction`, `country`, `element`, `year_class`, `title`, `u` (W/(m2 K)) and `g_value` (of windows).
    """
    names = {
        "Code_Construction": "construction",
        "Code_Country": "country",
        "Code_ElementType": "element",
        "Code_Construction_ConstructionYearClass": "year_class",
        "Type_Construction": "title",
    }
    return _sheet(path, "Tab.Building.Constr", names, {"U": "u", "g_gl_n": "g_value"})


def read_generators(path: Path) -> pd.DataFrame:
    """Heat generators of every country (`tabula-values.xlsx`).

    Returns
    -------
    DataFrame
        `generator`, `country`, `kind`, `size_class`, `title`, `year_from`, `year_to`, and `expenditure`: delivered
        energy (gross calorific value) per heat produced.
    """
    names = {
        "Code_SysHG": "generator",
        "Code_Country": "country",
        "Code_Type_SysHG": "kind",
        "Code_BuildingSizeClass_System": "size_class",
        "Description_SysHG": "title",
    }
    numbers = {"year1_SysHG": "year_from", "year2_SysHG": "year_to", "e_g_h_Heat": "expenditure"}
    return _sheet(path, "Tab.System.HG", names, numbers)


def _sheet(path: Path, sheet: str, names: dict[str, str], numbers: dict[str, str]) -> pd.DataFrame:
    """Rows of a sheet that describe a country; the sheet's own notes and templates are left out."""
    try:
        frame = pd.read_excel(path, sheet_name=sheet, engine="calamine")
    except ImportError as error:
        raise SourceError("reading .xlsx needs python-calamine", where=path.name, remedy=INSTALL_SOURCES) from error
    except Exception as error:
        raise SourceError(
            f"the sheet {sheet} cannot be read ({type(error).__name__})", where=path.name, remedy="Fetch it again"
        ) from error
    wanted: Sequence[str] = [*names, *numbers]
    require(frame.columns, wanted, f"{path.name}:{sheet}", READER)
    country = frame["Code_Country"].astype(str)
    frame = frame.loc[country.str.fullmatch(r"[A-Z]{2}"), wanted]
    for column in numbers:
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    return frame.rename(columns=names | numbers).reset_index(drop=True)
