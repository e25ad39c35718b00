"""A made-up forecast of a plausible city: 3,000 links, 60 zones, six districts, 64 paired draws."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import shapely
import xarray as xr

from exante.city import City, Layer, Provenance, Table
from exante.quantities.distributions import Distribution
from exante.quantities.parameters import Parameter, Spread

DISTRICTS = ("Borgo Panigale-Reno", "Navile", "San Donato-San Vitale", "Savena", "Santo Stefano", "Porto-Saragozza")
SAINTS = ("Felice", "Donato", "Vitale", "Mamolo", "Isaia", "Stefano", "Ruffillo", "Giacomo", "Marco", "Luca")
OTHERS = (
    "Massarenti",
    "Saffi",
    "Emilia Ponente",
    "Emilia Levante",
    "Stalingrado",
    "Matteotti",
    "Toscana",
    "Andrea Costa",
)
OSM = Provenance(
    "OpenStreetMap extract of Bologna",
    "https://www.openstreetmap.org/",
    "ODbL 1.0",
    "© OpenStreetMap contributors",
    "2024-10-01",
)
OPEN = Provenance(
    "Aree statistiche", "https://opendata.comune.bologna.it/", "CC BY 4.0", "Comune di Bologna", "2024-05-01"
)

INDICATORS = {
    "vehicle_distance": ("Distance driven by motor traffic", "vehicle*km/day", "lower", 5.42e6, -0.012, 0.007),
    "vehicle_distance_local": ("Distance driven on residential streets", "vehicle*km/day", "lower", 6.1e5, -0.06, 0.03),
    "mean_speed": ("Mean speed on urban roads", "km/hour", "neither", 24.6, -0.046, 0.017),
    "delay_hours": ("Hours lost to congestion", "vehicle*hour/day", "lower", 31200.0, 0.004, 0.02),
    "co2_traffic": ("CO2 of motor traffic", "tonne/day", "lower", 978.0, -0.019, 0.014),
    "nox_traffic": ("NOx of motor traffic", "kg/day", "lower", 2110.0, -0.005, 0.022),
    "car_share": ("Trips made by car", "percent", "lower", 41.3, -0.021, 0.009),
    "walk_share": ("Trips made on foot", "percent", "higher", 26.1, 0.013, 0.006),
    "surplus": ("Residents' surplus of travel", "EUR/day", "higher", -2.4e6, 0.0171, 0.009),
    "toll_revenue": ("Charges paid", "EUR/day", "neither", 0.0, 0.0, 0.0),
}


def _grid(rng: np.random.Generator, side: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    u = np.linspace(-1, 1, side)
    x, y = np.meshgrid(u, u)
    xy = np.column_stack([x.ravel(), y.ravel()])
    xy = xy * np.sqrt(1 - (xy[:, ::-1] ** 2) / 2)  # square to disc
    xy = xy * np.array([6500.0, 5200.0]) * (0.75 + 0.25 * np.hypot(*xy.T))[:, None]
    xy += rng.normal(0, 38, xy.shape)
    at = np.arange(side * side).reshape(side, side)
    pairs = [(int(a), int(b)) for a, b in zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
    pairs += [(int(a), int(b)) for a, b in zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
    return xy + np.array([685000.0, 4930000.0]), pairs


def make_city(level: int = 1, side: int = 28, zones: int = 60, evil: bool = False) -> City:
    rng = np.random.default_rng(7)
    xy, pairs = _grid(rng, side)
    ways, classes, names = [], [], []
    for a, b in pairs:
        row, column = divmod(a, side)
        line = column if b == a + side else row
        main = line % 9 == 4
        classes.append("primary" if main else "tertiary" if line % 3 == 0 else "residential")
        kind = "Viale" if main else "Via"
        base = SAINTS[line % 10] if line % 2 else OTHERS[line % 8]
        names.append(
            " ".join(
                [
                    kind,
                    *(["San"] if line % 2 else []),
                    base,
                    *(["Vecchia"] if b == a + side else []),
                    "I" * (line // 10),
                ]
            ).strip()
        )
        bend = (xy[a] + xy[b]) / 2 + rng.normal(0, 18, 2)
        ways.append(shapely.LineString([xy[a], bend, xy[b]]))
    both = [(a, b, w, c, n) for (a, b), w, c, n in zip(pairs, ways, classes, names, strict=True)]
    both += [(b, a, shapely.reverse(w), c, n) for a, b, w, c, n in both]
    count = len(both)
    hull = shapely.convex_hull(shapely.MultiPoint(xy)).buffer(120)
    seeds = rng.normal(0, [2600, 2100], (zones * 4, 2)) + xy.mean(axis=0)
    seeds = seeds[shapely.contains_xy(hull.buffer(-200), seeds)][:zones]
    cells = [
        cell.intersection(hull) for cell in shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=hull).geoms
    ]
    cells = [max(shapely.get_parts(cell), key=lambda part: part.area) for cell in cells]
    centre = np.array([[c.centroid.x, c.centroid.y] for c in cells]) - xy.mean(axis=0)
    sector = ((np.arctan2(centre[:, 1], -centre[:, 0]) + np.pi) / (2 * np.pi) * 6).astype(int) % 6
    population = rng.integers(1500, 12000, len(cells)).astype(float)
    population[3] = 0.0
    zone_names = [f"Area {i + 1}" for i in range(len(cells))]
    street_names = [n for *_, n in both]
    if evil:
        zone_names[0] = "<script>alert('zone')</script>"
        street_names = [n.replace("Via ", "<img src=x onerror=alert(1)>") for n in street_names]
    tables = {
        "nodes": Table(
            "nodes",
            {
                "node_id": [str(i) for i in range(len(xy))],
                "ctrl_type": ["none"] * len(xy),
                "geometry": shapely.points(xy),
            },
        ),
        "links": Table(
            "links",
            {
                "link_id": [f"w{i}" for i in range(count)],
                "from_node_id": [str(a) for a, *_ in both],
                "to_node_id": [str(b) for _, b, *_ in both],
                "name": street_names,
                "road_class": [c for *_, c, _ in both],
                "length": [w.length for _, _, w, _, _ in both],
                "geometry": [w for _, _, w, _, _ in both],
            },
        ),
        "zones": Table(
            "zones",
            {
                "zone_id": [f"z{i}" for i in range(len(cells))],
                "name": zone_names,
                "district": [DISTRICTS[s] for s in sector],
                "area": [c.area for c in cells],
                "population": population,
                "income": rng.normal(26000, 5000, len(cells)),
                "geometry": cells,
            },
        ),
    }
    streets, areas = (() if level == 0 else (OSM,)), (() if level == 0 else (OPEN,))
    layers = {
        "nodes": Layer(level, streets),
        "links": Layer(
            level, streets, "Limits restored to the day before Città 30; lanes by rule on half of the links"
        ),
        "zones": Layer(level, areas, "Jobs spread by built volume"),
        "fleet": Layer(
            0, (Provenance("ACI Autoritratto 2023", "https://www.aci.it/", "published figures", "", "2023-12-31"),)
        ),
    }
    return City("bologna", "Bologna", dt.date(2024, 1, 15), "EPSG:32632", tables, layers)


def make_forecast(
    level: int = 1,
    draws: int = 64,
    evil: bool = False,
    nothing: bool = False,
    target: dict | None = None,
    side: int = 28,
    city: City | None = None,
) -> SimpleNamespace:
    city = city or make_city(level, side, evil=evil)
    rng = np.random.default_rng(11)
    names = [
        "mobility.cruise_residential",
        "mobility.value_of_time",
        "mobility.scale_mode",
        "emissions.factor_choice",
        "policy.compliance",
    ]
    uniform = rng.random((draws, len(names)))
    data = {}
    for k, (name, (title, unit, better, base, share, sd)) in enumerate(INDICATORS.items()):
        baseline = base * (1 + 0.03 * rng.normal(size=draws))
        pull = 0.8 * (uniform[:, k % 3] - 0.5) * 3.46 + 0.6 * rng.normal(size=draws)
        change = 0.0 if nothing else abs(base) * (share + sd * pull)
        data[name] = (
            ("scenario", "draw"),
            np.stack([baseline, baseline + change]),
            {"unit": unit, "title": title, "better": better, "counted": "All motor vehicles, working day"},
        )
    coords = {"scenario": ["baseline", "policy"], "draw": np.arange(draws)}
    links, zones = city.table("links"), city.table("zones")
    middle = np.array(
        [[g.interpolate(0.5, normalized=True).x, g.interpolate(0.5, normalized=True).y] for g in links["geometry"]]
    )
    away = np.hypot(*((middle - middle.mean(axis=0)) / [6500, 5200]).T)
    main = np.isin(links["road_class"], ("motorway", "trunk", "primary", "secondary"))
    size = np.where(main, 14000.0, np.where(links["road_class"] == "tertiary", 4200.0, 900.0))
    flow = size * np.exp(-1.1 * away) * rng.lognormal(0, 0.35, links.rows)
    tilt = np.where(main, 0.05, np.where(links["road_class"] == "tertiary", -0.05, -0.17))
    shift = tilt * (1 - away) + 0.03 * rng.normal(size=links.rows)
    drawn = 1 + 0.3 * rng.normal(size=(draws, 1)) + 0.7 * rng.normal(size=(draws, links.rows))
    moved = 0.0 if nothing else flow * shift * drawn
    base = np.broadcast_to(flow, (draws, links.rows)) * rng.lognormal(0, 0.04, (draws, 1))
    fields = {
        "link_flow_daily": np.stack([base, base + moved]),
        "link_speed_peak": np.full((2, draws, links.rows), 30.0),
        "link_co2": np.stack([base, base + moved]) * 0.02,
    }
    each = np.where(zones["district"] == DISTRICTS[3], -0.05, 0.06) + 0.05 * rng.normal(size=zones.rows)
    gain = zones["population"] * (
        each + 0.035 * rng.normal(size=(draws, zones.rows)) + 0.015 * rng.normal(size=(draws, 1))
    )
    surplus = np.stack([np.zeros((draws, zones.rows)), 0 * gain if nothing else gain])
    forecast = SimpleNamespace(
        city=city,
        policy=SimpleNamespace(
            slug="citta-30",
            title="Città 30<script>alert('policy')</script>" if evil else "Città 30",
            source="https://www.comune.bologna.it/citta30",
            starts=dt.date(2024, 1, 16),
            describe=lambda: [
                "Sets the speed limit to 30 km/h on residential, tertiary and secondary roads in the built-up area; "
                "30 to 70 % of drivers comply."
            ],
            describe_on=lambda city: [
                "1,940 of 3,024 links (412 of 655 km) change their limit, on average from 48 to 30 km/h."
            ],
        ),
        indicators=xr.Dataset(data, coords=coords),
        links=xr.Dataset(
            {n: (("scenario", "draw", "link"), v) for n, v in fields.items()},
            coords={**coords, "link": links["link_id"]},
        ),
        zones=xr.Dataset(
            {
                "zone_surplus": (("scenario", "draw", "zone"), surplus),
                "zone_car_time": (("scenario", "draw", "zone"), surplus * 0 + 17),
            },
            coords={**coords, "zone": zones["zone_id"]},
        ),
        parameters=xr.DataArray(
            uniform, dims=("draw", "parameter"), coords={"draw": np.arange(draws), "parameter": names}
        ),
        declarations=[
            Parameter(
                n,
                "1",
                Distribution.read({"uniform": [0.0, 1.0]}, where="fake"),
                "Key2020",
                Spread.UNCERTAINTY,
                f"Meaning of {n}",
                i % 2 == 0,
            )
            for i, n in enumerate(names[:-1])
        ],
        noise_floor={name: abs(v[3]) * (0.02 if name == "delay_hours" else 2e-5) for name, v in INDICATORS.items()},
        levels={name: layer.level for name, layer in city.layers.items()},
        footprint={
            "cpu_seconds": 184.2,
            "peak_memory_mb": 913.0,
            "energy_joule": 2763.0,
            "energy_method": "CPU-seconds × 15 W a core, assumed",
            "gco2e": 0.23,
            "gco2e_method": "300 gCO2e/kWh, Italy 2023",
            "wall_seconds": 96.0,
        },
        draws=draws,
        seed=2024,
        version="0.1.0",
        target=target,
        scenario="",
        paths=None,
        sites=None,
        warnings=["The fleet is a sketch (level 0): made from published statistics, not measured."],
    )
    forecast.summary = lambda: summarised(forecast)
    return forecast


def summarised(forecast: SimpleNamespace) -> list[dict]:
    rows = []
    for name, array in forecast.indicators.data_vars.items():
        base, policy = array.values
        change = policy - base
        floor = forecast.noise_floor[name]
        p05, p50, p95 = (float(q) for q in np.quantile(change, (0.05, 0.5, 0.95)))
        rows.append(
            {
                **{k: array.attrs[k] for k in ("title", "unit", "better", "counted")},
                "name": name,
                "baseline": float(base.mean()),
                "policy": float(policy.mean()),
                "change": {"mean": float(change.mean()), "p05": p05, "p50": p50, "p95": p95},
                "probability_of_sign": float(((np.sign(change) == np.sign(p50)) & (np.abs(change) > floor)).mean())
                if p50
                else 0.0,
                "noise_floor": floor,
                "distinguishable": bool(abs(p50) > floor),
            }
        )
    return rows
