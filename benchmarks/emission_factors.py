"""Average-speed emission factors of `models/emissions/factors.csv`, derived from public polynomials.

    EXANTE_DATA=... python benchmarks/emission_factors.py

Drives the instantaneous HBEFA4 polynomials of SUMO (EPL-2.0, fitted by DLR from HBEFA 4.2; read back in
`emissions/sumo_hbefa4_polynomials.csv.gz`) over three families of speed profiles and writes grams per kilometre at
10, 20, ... 130 km/h. The text of docs/models/emissions.md says what each family stands for.

cycle   mean speed v; the top speed grows with v as in the four phases of WLTC (0.75 of its maximum), stops as often as
        the mean speed needs
stops   top speed v, a stop every 400 m whatever v: the same street under another limit
steady  constant speed v: motorways
"""

import csv
import gzip
import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
SPEEDS = np.arange(10, 131, 10)
STEP = 0.1  # s
IDLE = 10.0  # s at each stop
SPACING = 400.0  # m between stops of the family `stops`

MIX = {"Euro-1": 0.1, "Euro-2": 0.3, "Euro-3": 0.6}
NEW = {"Euro-5": 0.35, "Euro-6ab": 0.30, "Euro-6d": 0.35}
HEAVY_NEW = {"Euro-V_SCR": 0.35, "Euro-VI_A-C": 0.35, "Euro-VI_D-E": 0.30}
HEAVY_OLD = {"Euro-I": 0.1, "Euro-II": 0.3, "Euro-III": 0.6}
TRUCKS = {"RT_gt7_5-12t": 0.5, "RT_gt14-20t": 0.25, "TT_AT_gt34-40t": 0.25}


def blend(*parts):
    """Product of weighted name parts: {class name: weight}."""
    names = {"": 1.0}
    for part in parts:
        part = {part: 1.0} if isinstance(part, str) else part
        names = {a + b: wa * wb for a, wa in names.items() for b, wb in part.items()}
    return names


def rows():
    """Vehicle class, fuel, Euro group, HBEFA classes with weights, factor on the result."""
    groups = {"euro0_3": MIX, "euro4": "Euro-4", "euro5_6": NEW}
    heavy = {"euro0_3": HEAVY_OLD, "euro4": "Euro-IV_SCR", "euro5_6": HEAVY_NEW}
    for euro, part in groups.items():
        yield "car", "petrol", euro, blend("PC_petrol_", part)
        yield "car", "diesel", euro, blend("PC_diesel_", part)
        old, new = {"Euro-2": 0.4, "Euro-3": 0.6}, {"Euro-5": 0.35, "Euro-6": 0.65}
        gas = {"euro0_3": old, "euro4": {"Euro-4": 1.0}, "euro5_6": new}[euro]
        both = {f"LPG_petrol_{e}_(LPG)": 0.65 * w for e, w in gas.items()}
        both |= {f"CNG_petrol_{e}_(CNG)": 0.35 * w for e, w in gas.items()}
        yield "car", "gas", euro, blend("PC_", both)
        sizes = {"N1-II": 0.4, "N1-III": 0.6}
        for fuel in ("petrol", "diesel"):
            yield "van", fuel, euro, blend(f"LCV_{fuel}_", sizes, "_", part)
        moto = {"euro0_3": MIX, "euro4": "Euro-4", "euro5_6": "Euro-5"}[euro]
        yield "motorcycle", "petrol", euro, blend({"MC_4S_le250cc_": 0.6, "MC_4S_gt250cc_": 0.4}, moto)
        yield "truck", "diesel", euro, blend(TRUCKS, "_", heavy[euro])
        yield "bus", "diesel", euro, blend("UBus_Std_gt15-18t_", heavy[euro])
        cng = {"euro0_3": "Euro-III", "euro4": "Euro-IV", "euro5_6": {"Euro-V": 0.5, "Euro-VI": 0.5}}[euro]
        yield "bus", "gas", euro, blend("UBus_Std_gt15-18t_CNG_", cng)
    yield "car", "hybrid", "euro5_6", {"PC_PHEV_petrol_Euro-6ab_(P)": 0.5, "PC_PHEV_petrol_Euro-6d_(P)": 0.5}
    yield "bus", "hybrid", "euro5_6", blend("UBus_Std_gt15-18t_HEV_", {"Euro-VI_A-C": 0.5, "Euro-VI_D-E": 0.5})


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
    if family == "steady":
        return np.array([kmh / 3.6]), np.array([0.0])
    return cycle_profile(kmh / 3.6) if family == "cycle" else stop_profile(kmh / 3.6, SPACING)


def main():
    data = Path(os.environ.get("EXANTE_DATA", ROOT.parent / "shared" / "data")) / "emissions"
    poly = {}
    with gzip.open(data / "sumo_hbefa4_polynomials.csv.gz", "rt") as file:
        for r in csv.DictReader(file):
            poly[r["emission_class"], r["pollutant"]] = [float(r[k]) for k in list(r)[2:9]]
    # Battery classes have no exhaust: their PMx is wear, which the package takes from EMEP/EEA instead.
    midi, standard = "UBus_Electric_Midi_lt15t", "UBus_Electric_Std_gt15-18t"
    wear = {"car": {"PC_BEV": 1.0}, "van": {"PC_BEV": 1.0}, "motorcycle": {"MC_BEV": 1.0}, "bus": {standard: 1.0}}
    wear["truck"] = {midi: 0.5, standard: 0.25, "TT_AT_BEV": 0.25}

    def grams_per_km(names, pollutant, v, a):
        total = 0.0
        for name, weight in names.items():
            c = poly[name, pollutant]
            rate = c[0] + c[1] * v + c[2] * a + c[3] * v**2 + c[4] * v**3 + c[5] * a * v + c[6] * a * v**2
            total += weight * np.maximum(rate, 0.0).sum() / v.sum()  # mg/m = g/km
        return total

    out = []
    for vehicle, fuel, euro, names in rows():
        for family in ("cycle", "stops", "steady"):
            for key, pollutant in (("co2", "CO2"), ("nox", "NOx"), ("pm25_exhaust", "PMx")):
                values = []
                for kmh in SPEEDS:
                    v, a = profile(family, float(kmh))
                    value = grams_per_km(names, pollutant, v, a)
                    if key == "pm25_exhaust":
                        value = max(value - grams_per_km(wear[vehicle], pollutant, v, a), 0.0)
                    values.append(value)
                out.append([vehicle, fuel, euro, key, family, "sumo_hbefa4", *(f"{x:.4g}" for x in values)])
    out += derived(out)
    path = ROOT / "src/exante/models/emissions/factors.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = ["vehicle_class", "fuel", "euro_class", "pollutant", "family", "source"]
        writer.writerow([*names, *(f"at_{s}" for s in SPEEDS)])
        writer.writerows(sorted(out))
    print(len(out), "rows", path.stat().st_size, "bytes")


def derived(out):
    """Gas vans (no HBEFA class at hand): petrol van times gas car over petrol car. Electric: no exhaust."""
    table = {tuple(r[:5]): np.array([float(x) for x in r[6:]]) for r in out}
    rows = []
    for (vehicle, fuel, euro, key, family), values in table.items():
        if (vehicle, fuel) == ("van", "petrol"):
            ratio = table["car", "gas", euro, key, family] / np.maximum(table["car", "petrol", euro, key, family], 1e-9)
            scaled = (f"{x:.4g}" for x in values * np.clip(ratio, 0, 5))
            rows.append(["van", "gas", euro, key, family, "derived_gas_vans", *scaled])
    for vehicle in ("car", "van", "truck", "motorcycle", "bus"):
        for key in ("co2", "nox", "pm25_exhaust"):
            for family in ("cycle", "stops", "steady"):
                rows.append([vehicle, "electric", "none", key, family, "definition", *("0" for _ in SPEEDS)])
    return rows


if __name__ == "__main__":
    main()
