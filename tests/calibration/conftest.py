"""A sketch that was counted: flows of a known truth, read at some of its links."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from exante.calibration.observe import Profile, hours_of_periods
from exante.calibration.runs import Twin
from exante.city import Table
from exante.city.city import Layer
from exante.models.mobility.periods import HOURLY

TRUTH = {"mobility.external_other": 1.15, "mobility.rate_other": 1.35}


def counted_city(city, values, sites=24, every=1, noise=0.03, days=("2024-01-16", "2024-01-17")):
    """The city with counts of the traffic at `values`, `sites` loops on its busier links."""
    twin = Twin(city, [city.as_of])
    traffic = twin.run(values)[0]
    links = city.table("links")
    total = traffic.weight @ traffic.flow
    chosen = np.argsort(-total, kind="stable")[:: max(1, every)][:sites]
    hourly = Profile(np.asarray(HOURLY), hours_of_periods(len(traffic.weight))).operator(traffic.weight)
    random = np.random.default_rng(7)
    rows = [
        (f"s{n:02d}", day, h, float(max(q * (1 + noise * random.standard_normal()), 0.0)))
        for n, k in enumerate(chosen)
        for day in days
        for h, q in enumerate(hourly @ traffic.flow[:, k])
    ]
    table = pd.DataFrame(
        {
            "site_id": [f"s{n:02d}" for n in range(len(chosen))],
            "link_id": links["link_id"][chosen],
            "name": [f"street {n // 2}" for n in range(len(chosen))],
            "direction": "N",
            "match_distance": 0.0,
            "match_note": "made by the test",
            "geometry": shapely.centroid(links["geometry"][chosen]),
        }
    )
    counts = pd.DataFrame(rows, columns=["site_id", "date", "hour", "flow"])
    told = city.with_table(Table.from_frame("count_sites", table)).with_table(Table.from_frame("counts", counts))
    return replace(told, layers={**city.layers, "count_sites": Layer(0), "counts": Layer(0)})


@pytest.fixture(scope="session")
def counted_village(village_city):
    return counted_city(village_city, TRUTH, sites=8)


@pytest.fixture(scope="session")
def make_counted():
    return counted_city
