"""A made-up house in TABULA's columns, with the numbers on paper.

Transmission: 100 m2 of roof at 1, of wall at 1, of floor at 1 (half to the outside), 20 m2 of window at 2.5: 300 W/K on
100 m2 of floor, 3 W/(m2 K); air 0.34 * 0.8 * 2.5 = 0.68. Part use 0.9 - 0.1 * 2/3. A season of 100 days at 8 degC.
"""

import csv

NAMES = ("Roof_1", "Roof_2", "Wall_1", "Wall_2", "Wall_3", "Floor_1", "Floor_2", "Window_1", "Window_2", "Door_1")
LOSSES = 3.68 * (0.9 - 0.1 * 2 / 3) * 12 * 2.4
SOLAR = 0.5 * 0.7 * 0.9 * 0.6 * 20 * 300 / 100
INTERNAL = 3 * 2.4
RATIO = (SOLAR + INTERNAL) / LOSSES
#: tau = 132.48 / 3.68 = 36 h, a = 0.8 + 36 / 30 = 2.
UTILISATION = (1 - RATIO**2) / (1 - RATIO**3)
NEED = LOSSES - UTILISATION * (SOLAR + INTERNAL)


def row(code="IT.X.SFH.01.Gen.ReEx.001.001", **changes):
    """One variant; `changes` in TABULA's own names."""
    found = {
        "Code_BuildingVariant": code,
        "Code_Building": code[:-4],
        "Code_Country": code[:2],
        "Code_ClimateRegion": "IT.X",
        "Code_BuildingSizeClass": "SFH",
        "Code_ConstructionYearClass": "IT.01",
        "Code_AttachedNeighbours": "B_Alone",
        "Number_BuildingVariant": 1,
        "Year1_Building": 0,
        "Year2_Building": 1900,
        "V_C": 300,
        "A_C_Ref": 100,
        "n_Apartment": 1,
        "n_Storey": 1,
        "g_gl_n": 0.5,
        "delta_U_ThermalBridging": 0,
        "n_air_infiltration": 0.4,
        "n_air_use": 0.4,
        "h_room": 2.5,
        "theta_i": 20,
        "F_red_htr1": 0.9,
        "F_red_htr4": 0.8,
        "phi_int": 3,
        "q_w_nd": 10,
        "F_sh_hor": 0.8,
        "F_sh_vert": 0.6,
        "F_f": 0.3,
        "F_w": 0.9,
        "c_m": 132.48,
        "Theta_e_Base": 12,
        "HeatingDays": 100,
        "Theta_e": 8,
        "h_Transmission": 3.0,
        "H_Transmission_ThermalBridging": 0,
        "h_Ventilation": 0.68,
        "F_red_temp": 0.83,
        "q_ht": 88,
        "q_sol": 11,
        "q_int": 7,
        "tau": 36,
        "gamma_h_gn": 0.21,
        "eta_h_gn": 0.96,
        "q_h_nd": 70.4,
    }
    for name in NAMES:
        found |= {f"A_Calc_{name}": 0, f"U_Actual_{name}": 0, f"U_{name}": 0, f"R_Measure_{name}": 0}
        found |= {f"f_Measure_{name}": 1, f"Code_MeasureType_{name}": 0}
        if not name.startswith(("Window", "Door")):
            found |= {f"b_Transmission_{name}": 0, f"R_Add_UnheatedSpace_{name}": 0}
    for plane in ("Horizontal", "East", "South", "West", "North"):
        found[f"A_Calc_Window_{plane}"] = 20 if plane == "South" else 0
        found[f"I_Sol_{'Hor' if plane == 'Horizontal' else plane}"] = 300
    for name, u, factor in (("Roof_1", 1, 1), ("Wall_1", 1, 1), ("Floor_1", 1, 0.5)):
        found |= {f"A_Calc_{name}": 100, f"U_Actual_{name}": u, f"U_{name}": u, f"b_Transmission_{name}": factor}
    return found | {"A_Calc_Window_1": 20, "U_Actual_Window_1": 2.5, "U_Window_1": 2.5} | changes


def write(path, rows):
    """The rows as a file of TABULA."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
