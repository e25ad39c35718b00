"""Footprints say how they were measured."""

import pytest

from exante.quantities.errors import ParameterError
from exante.simulation.footprint import WATT_PER_BUSY_THREAD, Meter


def burn():
    return sum(i * i for i in range(400_000))


def test_energy_is_at_least_that_of_the_processor(monkeypatch):
    monkeypatch.delenv("EXANTE_GRID_INTENSITY", raising=False)
    monkeypatch.setattr("exante.simulation.footprint._RAPL", __import__("pathlib").Path("absent"))
    with Meter(grid_intensity=360.0, grid_source="a test") as meter:
        burn()
    told = meter.footprint.document()
    assert meter.footprint.energy_joule >= meter.footprint.cpu_seconds * WATT_PER_BUSY_THREAD
    assert meter.footprint.gco2e == meter.footprint.energy_joule / 3.6e6 * 360
    assert told["energy_method"].startswith("estimated: CPU-seconds x 3.1 W")
    assert told["gco2e_method"] == "energy x 360 gCO2e/kWh (a test)"
    assert told["peak_memory_mb"] > 10


def test_an_unknown_grid_is_not_guessed(monkeypatch):
    monkeypatch.delenv("EXANTE_GRID_INTENSITY", raising=False)
    with Meter() as meter:
        burn()
    assert meter.footprint.gco2e is None
    assert "EXANTE_GRID_INTENSITY" in meter.footprint.gco2e_method


def test_the_users_grid_has_precedence(monkeypatch):
    monkeypatch.setenv("EXANTE_GRID_INTENSITY", "25")
    with Meter(grid_intensity=300.0, grid_source="the country") as meter:
        burn()
    assert meter.grid == 25


@pytest.mark.parametrize("told", ["green", "-5", "nan"])
def test_a_grid_that_is_no_number_is_refused_not_ignored(monkeypatch, told):
    monkeypatch.setenv("EXANTE_GRID_INTENSITY", told)
    with pytest.raises(ParameterError) as error:
        Meter(grid_intensity=300.0, grid_source="the country")
    assert str(error.value) == (
        f"'{told}' is not a carbon intensity (in EXANTE_GRID_INTENSITY). Write gCO2e/kWh as a number such as 250."
    )
