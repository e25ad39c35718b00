"""Emission factors of `models/emissions`, derived from public polynomials and curves.

    EXANTE_DATA=... python benchmarks/emission_factors.py

factors.csv  The instantaneous HBEFA4 polynomials of SUMO (EPL-2.0, fitted by DLR from HBEFA 4.2; read back in
             `emissions/sumo_hbefa4_polynomials.csv.gz`) driven over two families of profiles. cycle: mean speed v;
             the top speed grows with v as in the four phases of WLTC, stops as often as the mean speed needs. stops:
             top speed v, a stop every 400 m whatever v: the same street under another limit.
nox_emep.csv NOx by the average-speed curves of EMEP/EEA: cars (guidebook 2013), vans and lorries (COPERT 2019), buses
             (guidebook 2019), motorcycles (2013), for the kinds that they have.
exhaust.csv  Share of NO2 in NOx, and what a cold start adds: HBEFA 4.2 as carculator-utils has it.

Both curves are in grams per kilometre (electricity: Wh per kilometre) at 10, 20, ... 130 km/h, with the range of
speeds in which the source gives values; outside it they are held at its ends.
"""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.vehicle_kinds import KINDS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src" / "exante" / "models" / "emissions"
SPEEDS = np.arange(10.0, 131.0, 10.0)
STEP = 0.1  # s
IDLE = 10.0  # s at each stop
SPACING = 400.0  # m between stops of the family `stops`

ARABIC = {"euro1": "Euro-1", "euro2": "Euro-2", "euro3": "Euro-3", "euro4": "Euro-4", "euro5": "Euro-5",
          "euro6": "Euro-6ab", "euro6d": "Euro-6d"}  # fmt: skip
ROMAN = {"euro0": "80ties", "euro1": "Euro-I", "euro2": "Euro-II", "euro3": "Euro-III", "euro4": "Euro-IV_SCR",
         "euro5": "Euro-V_SCR", "euro6": "Euro-VI_A-C", "euro6d": "Euro-VI_D-E"}  # fmt: skip
TRUCKS = {"RT_gt7_5-12t": 0.5, "RT_gt14-20t": 0.25, "TT_AT_gt34-40t": 0.25}
VANS = {"N1-II": 0.4, "N1-III": 0.6}
MOTORCYCLES = {"MC_4S_le250cc": 0.6, "MC_4S_gt250cc": 0.4}
GASES = {"LPG": 0.65, "CNG": 0.35}
#: Battery classes: their electricity, and the wear in SUMO's PMx.
BATTERY = {"car": {"PC_BEV": 1.0}, "van": {"LCV_BEV_N1-II": 0.4, "LCV_BEV_N1-IIII": 0.6}, "motorcycle": {"MC_BEV": 1.0},
           "truck": {"UBus_Electric_Midi_lt15t": 0.5, "UBus_Electric_Std_gt15-18t": 0.25, "TT_AT_BEV": 0.25},
           "bus": {"UBus_Electric_Std_gt15-18t": 1.0}}  # fmt: skip


def hbefa_classes(vehicle, fuel, euro):
    """HBEFA classes of a kind with their weights, and the source's key."""
    if fuel == "electric":
        return BATTERY[vehicle], "sumo_hbefa4"
    if vehicle == "car":
        if fuel == "hybrid":  # plug-in and full hybrids on their engine: no class of full hybrids in the source
            return {f"PC_PHEV_petrol_{ARABIC[euro]}_(P)": 1.0}, "sumo_hbefa4"
        if fuel == "gas":
            last = "Euro-6" if euro in ("euro6", "euro6d") else ARABIC[euro]
            return {f"PC_{g}_petrol_{last}_({g})": w for g, w in GASES.items()}, "sumo_hbefa4"
        if euro == "euro0":  # no older class in the source
            return {f"PC_{fuel}_Euro-1": 1.0}, "derived_euro0"
        return {f"PC_{fuel}_{ARABIC[euro]}": 1.0}, "sumo_hbefa4"
    if vehicle == "van":
        last = {"diesel": "convlt_1986", "petrol": "Conv_gt1981"}[fuel] if euro == "euro0" else ARABIC[euro]
        return {f"LCV_{fuel}_{size}_{last}": w for size, w in VANS.items()}, "sumo_hbefa4"
    if vehicle == "motorcycle":
        return {
            f"{m}_{'preEuro' if euro == 'euro0' else ARABIC[euro]}": w for m, w in MOTORCYCLES.items()
        }, "sumo_hbefa4"
    if vehicle == "truck":
        return {f"{t}_{ROMAN[euro]}": w for t, w in TRUCKS.items()}, "sumo_hbefa4"
    if fuel == "gas":
        return {f"UBus_Std_gt15-18t_CNG_{ROMAN[euro].split('_')[0]}": 1.0}, "sumo_hbefa4"
    if fuel == "hybrid":
        return {f"UBus_Std_gt15-18t_HEV_{'Euro-V' if euro == 'euro5' else ROMAN[euro]}": 1.0}, "sumo_hbefa4"
    return {f"UBus_Std_gt15-18t_{ROMAN[euro]}": 1.0}, "sumo_hbefa4"


def stop_profile(top, spacing):
    """Speed and acceleration (m/s, m/s2) from a stop to the end of the next one."""
    up, down = (1.2, 1.5) if top <= 50 / 3.6 else (0.8, 1.1)
    need = top**2 / 2 / up + top**2 / 2 / down
    if need > spacing:
        top *= np.sqrt(spacing / need)
        need = spacing
    phases = [
        (top / up, 0.0, top, up),
        ((spacing - need) / top, top, top, 0.0),
        (top / down, top, 0.0, -down),
        (IDLE, 0.0, 0.0, 0.0),
    ]
    speed, acceleration = [], []
    for seconds, first, last, a in phases:
        n = max(round(seconds / STEP), 1)
        middle = (np.arange(n) + 0.5) / n
        speed.append(first + (last - first) * middle)
        acceleration.append(np.full(n, a))
    return np.concatenate(speed), np.concatenate(acceleration)


def cycle_profile(mean):
    """Profile whose mean speed is `mean` (m/s): top speed 26 km/h + 0.79 mean, stops as needed."""
    top = max((26 + 0.79 * mean * 3.6) / 3.6, mean)
    if top - mean < 0.2:
        return np.array([mean]), np.array([0.0])
    low, high = 5.0, 1e5
    for _ in range(80):
        spacing = np.sqrt(low * high)
        v, _a = stop_profile(top, spacing)
        low, high = (low, spacing) if v.mean() > mean else (spacing, high)
    return stop_profile(top, spacing)


def profile(family, kmh):
    return cycle_profile(kmh / 3.6) if family == "cycle" else stop_profile(kmh / 3.6, SPACING)


def hbefa_rows(data):
    poly = {}
    with gzip.open(data / "sumo_hbefa4_polynomials.csv.gz", "rt") as file:
        for r in csv.DictReader(file):
            poly[r["emission_class"], r["pollutant"]] = [float(r[k]) for k in list(r)[2:9]]

    def per_km(names, pollutant, v, a):
        total = 0.0
        for name, weight in names.items():
            c = poly.get((name, pollutant), [0.0] * 7) if "BEV" in name or "Electric" in name else poly[name, pollutant]
            rate = c[0] + c[1] * v + c[2] * a + c[3] * v**2 + c[4] * v**3 + c[5] * a * v + c[6] * a * v**2
            if pollutant != "electricity":  # a battery takes back what braking gives
                rate = np.maximum(rate, 0.0)
            total += weight * rate.sum() / v.sum()  # mg/m = g/km; Wh/m
        return total * (1000.0 if pollutant == "electricity" else 1.0)

    out = {}
    for kind in KINDS:
        vehicle, fuel, euro = kind
        if (vehicle, fuel) == ("van", "gas"):
            continue
        names, source = hbefa_classes(*kind)
        for family in ("cycle", "stops"):
            drives = [profile(family, float(kmh)) for kmh in SPEEDS]
            for key, pollutant in (
                ("co2", "CO2"),
                ("nox", "NOx"),
                ("pm_exhaust", "PMx"),
                ("electricity", "electricity"),
            ):
                if (fuel == "electric") != (key == "electricity"):
                    continue
                values = np.array([per_km(names, pollutant, v, a) for v, a in drives])
                if key == "pm_exhaust":
                    worn = np.array([per_km(BATTERY[vehicle], "PMx", v, a) for v, a in drives])
                    values = np.maximum(values - worn, 0.0)
                out[(*kind, key, family)] = (source, values)
    for vehicle, fuel, euro in KINDS:  # gas vans: petrol van times gas car over petrol car
        if (vehicle, fuel) == ("van", "gas"):
            for family in ("cycle", "stops"):
                for key in ("co2", "nox", "pm_exhaust"):
                    gas, petrol, van = (
                        out[(*k, euro, key, family)][1] for k in (("car", "gas"), ("car", "petrol"), ("van", "petrol"))
                    )
                    ratio = np.clip(gas / np.maximum(petrol, 1e-9), 0, 5)
                    out[vehicle, fuel, euro, key, family] = ("derived_gas_vans", van * ratio)
    return out


# Coefficients a, b, c, d, e, f of (a + c v + e v2 + f/v) / (1 + b v + d v2), g NOx/km: EMEP/EEA guidebook 2013,
# 1.A.3.b, tables 3-41 (petrol) and 3-47 (diesel), Euro 1 to 6c.
CARS = {
    ("petrol", "euro1"): (0.525, 0, -1e-2, 0, 9.36e-5, 0),
    ("petrol", "euro2"): (0.284, -2.34e-2, -8.69e-3, 4.43e-4, 1.14e-4, 0),
    ("petrol", "euro3"): (9.29e-2, -1.22e-2, -1.49e-3, 3.97e-5, 6.53e-6, 0),
    ("petrol", "euro4"): (0.106, 0, -1.58e-3, 0, 7.1e-6, 0),
    ("petrol", "euro5"): (0.189, 1.57, 8.15e-2, 2.73e-2, -2.49e-4, -0.268),
    ("petrol", "euro6"): (0.474, 5.62, 0.341, 8.38e-2, -1.52e-3, -1.19),
    ("petrol", "euro6d"): (9.99e14, 1.89e16, 1.31e15, 2.9e14, -6.34e12, -4.03e15),
    ("diesel", "euro1"): (3.1, 0.141, -6.18e-3, -5.03e-4, 4.22e-4, 0),
    ("diesel", "euro2"): (2.4, 7.67e-2, -1.16e-2, -5.0e-4, 1.2e-4, 0),
    ("diesel", "euro3"): (2.82, 0.198, 6.69e-2, -1.43e-3, -4.63e-4, 0),
    ("diesel", "euro4"): (1.11, 0, -2.02e-2, 0, 1.48e-4, 0),
    ("diesel", "euro5"): (0.946, 4.26e-3, -1.14e-2, -5.15e-5, 6.67e-5, 1.92),
    ("diesel", "euro6"): (0.436, 1.0e-2, -5.39e-3, -1.02e-4, 2.90e-5, -0.461),
    ("diesel", "euro6d"): (0.233, 1.0e-2, -2.88e-3, -1.02e-4, 1.55e-5, -0.246),
}
HEAVY = dict(zip(("euro0", "euro1", "euro2", "euro3", "euro4", "euro5", "euro6"),
                 ("Conventional", "Euro I", "Euro II", "Euro III", "Euro IV", "Euro V", "Euro VI"),
                 strict=True))  # fmt: skip
LIGHT = {
    "euro0": ("Conventional",), "euro1": ("Euro 1",), "euro2": ("Euro 2",), "euro3": ("Euro 3",), "euro4": ("Euro 4",),
    "euro5": ("Euro 5",), "euro6": ("Euro 6 up to 2016", "Euro 6 up to 2017"),
    "euro6d": ("Euro 6 2020+", "Euro 6 2021+"),
}  # fmt: skip
LORRIES = {"Rigid 7,5 - 12 t": 0.5, "Rigid 14 - 20 t": 0.25, "Articulated 34 - 40 t": 0.25}
CHECKED = 0.02  # largest difference from the rounded table of 2020 that a reconstructed row may have


def copert(rows, speeds):
    """Mean over technologies of (a v2 + b v + g + d/v) / (e v2 + z v + h) (1 - RF), g/km, and the valid range."""
    found = []
    for r in rows.itertuples():
        v = np.clip(speeds, r.vmin, r.vmax)
        top = r.alpha * v**2 + r.beta * v + r.gamma + r.delta / v
        found.append(top / (r.epsilon * v**2 + r.zita * v + r.hta) * (1.0 - r.reduction))
    return np.mean(found, axis=0), rows.vmin.max(), rows.vmax.min()


def emep_rows(data):
    out = {}
    for (fuel, euro), (a, b, c, d, e, f) in CARS.items():
        v = np.clip(SPEEDS, 10, 130)
        out["car", fuel, euro] = ("emep_eea_2013", (a + c * v + e * v**2 + f / v) / (1 + b * v + d * v**2), 10, 130)
    frame = pd.read_csv(data / "copert5_2019_hot_hdv_lcv_reconstructed.csv.gz").rename(
        columns={"vmin_kmh": "vmin", "vmax_kmh": "vmax", "reduction_factor": "reduction"}
    )
    frame = frame[(frame.pollutant == "NOx") & (frame.check_relerr_vs_2020 < CHECKED)]
    vans = frame[frame.category == "Light Commercial Vehicles"]
    level = frame[(frame.category == "Heavy Duty Trucks") & (frame.slope == 0) & (frame.load == 0.5)]
    for euro, names in LIGHT.items():
        for fuel in ("petrol", "diesel"):
            add_mean(out, ("van", fuel, euro), vans[(vans.fuel == fuel.title()) & vans.euro.isin(names)], VANS)
    new = pd.read_csv(data / "pollemission_emep2013" / "LDV_parameter.csv")
    new = new[(new.Pollutant == "NOx") & (new["Sub-Sector"] == "Diesel <3.5 t")].set_index("Euro No.")
    for euro, code in (("euro5", "5"), ("euro6", "6"), ("euro6d", "6c")):
        r = new.loc[code]
        v = np.clip(SPEEDS, r.Vmin, r.Vmax)
        value = (r.Alpha + r.Gamma * v + r.Epsilon * v**2 + r.Zita / v) / (1 + r.Beta * v + r.Delta * v**2)
        out["van", "diesel", euro] = ("emep_eea_2013", value, r.Vmin, r.Vmax)
    for euro, name in HEAVY.items():
        add_mean(out, ("truck", "diesel", euro), level[level.euro == name], LORRIES)
    buses = pd.read_csv(data / "gtfs2emis_emep_bus_ef.csv.gz")
    buses = buses[(buses.Function_ID == "2019_1") & (buses.Pol == "NOx") & (buses.Segment == "Ubus Std 15 - 18 t")]
    buses = buses.rename(columns=str.lower).rename(columns={"rf": "reduction"})
    codes = dict(zip(HEAVY, ("Conventional", "I", "II", "III", "IV", "V", "VI"), strict=True))
    for euro, code in codes.items():
        for fuel, letters in (("diesel", "D"), ("gas", "CNG"), ("hybrid", "DHD")):
            rows = buses[(buses.euro == code) & (buses.fuel == letters)]
            flat = rows[(rows.slope == 0) & (rows.load == 0.5)]
            rows = flat if len(flat) else rows
            if ("bus", fuel, euro) in KINDS and len(rows):
                values, low, high = copert(rows, SPEEDS)
                out["bus", fuel, euro] = ("emep_eea_2019_bus", values * float(rows.k.iloc[0]), low, high)
    moto = pd.read_csv(data / "pollemission_emep2013" / "Moto_parameter.csv")
    moto = moto[(moto.Pollutant == "NOx")]
    names = {"Conventional": "euro0", "Euro 1": "euro1", "Euro 2": "euro2", "Euro 3": "euro3"}
    small = moto[moto["Engine type"].str.contains("250") & moto["Engine type"].str.contains("<")].set_index(
        "Emission standard"
    )
    for name, euro in names.items():
        r = small.loc[name]
        r = r.iloc[0] if isinstance(r, pd.DataFrame) else r
        v = np.clip(SPEEDS, r.Vmin, r.Vmax)
        value = sum(float(r[f"a{k}"]) * v**k for k in range(6))
        out["motorcycle", "petrol", euro] = ("emep_eea_2013", value, max(r.Vmin, 10), r.Vmax)
    return out


def add_mean(out, kind, rows, weights):
    """Weighted mean over segments, where every segment has a checked row."""
    parts = [(w, rows[rows.segment == s]) for s, w in weights.items()]
    if all(len(part) for _, part in parts):
        curves = [(w, *copert(part, SPEEDS)) for w, part in parts]
        values = sum(w * c for w, c, _, _ in curves)
        out[kind] = ("copert_2019", values, max(c[2] for c in curves), min(c[3] for c in curves))


def exhaust_rows(data):
    """NO2 over NOx, and NOx and PM of a cold start (g), of cars and vans; NO2 over NOx of lorries and buses."""
    folder = data / "carculator_hbefa42"
    hot = pd.read_csv(folder / "car" / "EF_HBEFA42_exhaust.csv")
    cold = pd.read_csv(folder / "car" / "EF_HBEFA42_non_exhaust.csv")
    cold = cold[cold.type == "cold start"]
    truck = pd.read_csv(folder / "truck" / "EF_HBEFA42_exhaust.csv")
    truck = truck[truck["size"] == "18t"]
    codes = {
        "euro0": 1.0,
        "euro1": 1.0,
        "euro2": 2.0,
        "euro3": 3.0,
        "euro4": 4.0,
        "euro5": 5.0,
        "euro6": 6.0,
        "euro6d": 6.3,
    }
    power = {"petrol": "ICEV-p", "diesel": "ICEV-d", "gas": "ICEV-g", "hybrid": "ICEV-p"}

    def one(frame, fuel, code, component):
        hit = frame[(frame.powertrain == power[fuel]) & (frame.euro_class == code) & (frame.component == component)]
        return float(hit.value.mean()) if len(hit) else float("nan")

    for vehicle, fuel, euro in KINDS:
        if fuel == "electric":
            yield vehicle, fuel, euro, 0.0, 0.0, 0.0, "definition"
            continue
        code = codes[euro]
        if vehicle in ("truck", "bus"):
            code, gas = min(code, 6.0), "diesel" if fuel != "gas" else "gas"
            share = one(truck, gas, max(code, 4.0) if gas == "gas" else code, "Nitrogen dioxide") / one(
                truck, gas, max(code, 4.0) if gas == "gas" else code, "Nitrogen oxides"
            )
            yield vehicle, fuel, euro, share, 0.0, 0.0, "hbefa42_carculator"
            continue
        nox = one(hot, fuel, code, "Nitrogen oxides")
        no2 = one(hot, fuel, 6.0 if fuel == "gas" and code > 6 else code, "Nitrogen dioxide")
        if fuel == "gas" and code > 6:
            nox = one(hot, fuel, 6.0, "Nitrogen oxides")
        scale = 0.0 if vehicle == "motorcycle" else 1.0  # none in the source for motorcycles
        yield (vehicle, fuel, euro, no2 / nox, scale * one(cold, fuel, code, "Nitrogen oxides"),
               scale * one(cold, fuel, code, "Particulate matters 2.5"), "hbefa42_carculator")  # fmt: skip


def main():
    data = Path(os.environ.get("EXANTE_DATA", ROOT.parent / "shared" / "data")) / "emissions"
    units = {"electricity": "Wh/km"}
    at = [f"at_{s:.0f}" for s in SPEEDS]
    names = ["vehicle_class", "fuel", "euro_class"]
    found = hbefa_rows(data)
    with (FOLDER / "factors.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "pollutant", "family", "source", "unit", "lowest_speed", "highest_speed", *at])
        for key in sorted(found):
            source, values = found[key]
            writer.writerow([*key, source, units.get(key[3], "g/km"), 10, 130, *(f"{x:.4g}" for x in values)])
    second = emep_rows(data)
    with (FOLDER / "nox_emep.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "pollutant", "source", "unit", "lowest_speed", "highest_speed", *at])
        for kind in sorted(second):
            source, values, low, high = second[kind]
            assert (values > 0).all(), (kind, values)
            writer.writerow([*kind, "nox", source, "g/km", f"{low:g}", f"{high:g}", *(f"{x:.4g}" for x in values)])
    with (FOLDER / "exhaust.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "no2_share", "cold_nox_g", "cold_pm_g", "source"])
        for *kind, share, nox, pm, source in exhaust_rows(data):
            writer.writerow([*kind, f"{share:.4g}", f"{nox:.4g}", f"{pm:.4g}", source])
    print(len(found), "rows of HBEFA4,", len(second), "of EMEP/EEA and COPERT")
    print("no second source of NOx:", ", ".join(" ".join(k) for k in KINDS if k not in second and k[1] != "electric"))


if __name__ == "__main__":
    main()
