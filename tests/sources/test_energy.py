"""Grid hours, tariffs, roofs and lamps: levels kept, gaps filled, faults told."""

from __future__ import annotations

import copy
import gzip

import numpy as np
import pandas as pd
import pytest

from exante.quantities.errors import SourceError
from exante.sources.energy import grid, roofs, tables
from exante.sources.sketch import sketch
from exante.sources.statistics import read_city_document


@pytest.fixture
def document():
    return copy.deepcopy(read_city_document("bologna"))


@pytest.fixture(scope="module")
def city():
    return sketch("bologna").city


@pytest.fixture
def hours(tmp_path):
    def write(lost=0, zone="IT"):
        utc = pd.date_range("2019-12-31 22:00", "2021-01-01 02:00", freq="h", tz="UTC")
        table = pd.DataFrame(
            {
                "utc": utc.astype(str), "zone": zone, "generation_mw": 1.0,
                "ci_lifecycle_g_per_kwh": np.where(utc.hour < 12, 400.0, 200.0), "ci_direct_g_per_kwh": 150.0,
                "renewable_pct": 40.0,
            }
        )  # fmt: skip
        path = tmp_path / "hours.csv.gz"
        with gzip.open(path, "wt") as file:
            table.drop(index=range(100, 100 + lost)).to_csv(file, index=False)
        return path

    return write


def test_hours_are_local_without_leap_day_and_of_mean_one(hours):
    found = grid.read_hours(hours(lost=5), "IT", 2020, 1)
    assert len(found.direct) == 8760
    assert found.filled == 5
    assert found.lifecycle.mean() == pytest.approx(1.0)
    assert found.mean_direct == pytest.approx(150.0)
    # 0 to 12 UTC is 1 to 13 o'clock in Italy: hour 0 is still of the evening before.
    assert found.lifecycle[0] < 1 < found.lifecycle[1]
    assert found.lifecycle[12] > 1 > found.lifecycle[13]


def test_hours_that_are_not_there_are_refused(hours):
    with pytest.raises(SourceError, match="8760 hours of 2020 of zone ES are missing"):
        grid.read_hours(hours(), "ES", 2020, 1)
    with pytest.raises(SourceError, match="hours of 2020 of zone IT are missing"):
        grid.read_hours(hours(lost=500), "IT", 2020, 1)


def test_units_of_fuels_are_those_of_the_ipcc():
    # 15.3 kgC/GJ * 44/12 = 56.1 kg CO2/GJ; a kWh is 0.0036 GJ: 202 g.
    table, _ = tables.carriers()
    assert table["intensity_direct"][0] == pytest.approx(56.1 * 3.6)
    assert (table["intensity_low"] <= table["intensity_direct"]).all()
    assert (table["intensity_high"] >= table["intensity_direct"]).all()


def test_a_tariff_given_twice_or_without_price_is_told(document):
    document["tariff"].append(dict(document["tariff"][0]))
    with pytest.raises(SourceError, match="electricity household stands more than once"):
        tables.tariffs(document)
    document["tariff"][-1] = {"carrier": "gas"}
    with pytest.raises(SourceError, match="lacks consumer, price"):
        tables.tariffs(document)


def test_roofs_sum_to_the_area_and_panels_to_the_published_power(document, city):
    zones = city.table("zones")
    table = roofs.rooftops(document, zones, np.full(zones.rows, 1e5))
    assert table["area"].sum() == pytest.approx(1e5 * zones.rows)
    assert table["installed"].sum() == pytest.approx(37_000)
    # On paper: 30 % flat at 0.12 kW/m2, three of four pitched sides at 0.19, a quarter of each usable.
    assert table["potential"].sum() / table["area"].sum() == pytest.approx(0.25 * (0.3 * 0.12 + 0.7 * 0.75 * 0.19))


def test_more_panels_than_roofs_are_refused(document, city):
    zones = city.table("zones")
    with pytest.raises(SourceError, match="37,000 kW are installed"):
        roofs.rooftops(document, zones, np.full(zones.rows, 1.0))


def test_lamps_sum_to_the_city(document, city):
    table = roofs.lighting(document, city.table("zones"), city.table("links"))
    assert table["electricity"].sum() == pytest.approx(13.2e6)
    document["public_lighting"]["electricity"] = "much"
    with pytest.raises(SourceError, match="electricity"):
        roofs.lighting(document, city.table("zones"), city.table("links"))


def test_a_sketch_has_every_energy_table_at_level_0(city):
    for name in ("weather", "rooftops", "grid_mix", "grid_hours", "tariffs", "carriers", "public_lighting"):
        assert city.level(name) == 0, name
        assert city.layers[name].sources, name
