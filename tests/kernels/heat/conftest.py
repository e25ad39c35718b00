"""Small buildings made of arrays."""

import numpy as np
import pytest

from exante.kernels.heat import Buildings, Series


def make_building(**changes):
    """One building: one wall of 10 m2 (R = 2, half its mass on either side), no window, ideal plant."""
    one, zero = np.ones(1), np.zeros(1, np.int64)
    values = {
        "area": [[10.0]],
        "conductance": [[[2.0, 2.0, 2.0, 2.0]]],
        "capacity": [[[5e4, 0.0, 0.0, 0.0, 5e4]]],
        "outer": [[20.0]],
        "convective": [[2.5]],
        "radiative": [[5.0]],
        "solar_share": [[1.0]],
        "exterior": [[0]],
        "light_area": np.zeros((1, 0)),
        "light_conductance": np.zeros((1, 0)),
        "light_convective": np.zeros((1, 0)),
        "light_radiative": np.zeros((1, 0)),
        "light_solar_share": np.zeros((1, 0)),
        "light_exterior": np.zeros((1, 0), int),
        "air_capacity": [0.0],
        "bridges": [0.0],
        "heating_power": [np.inf],
        "cooling_power": [np.inf],
        "convective_share": one,
        "air_weight": one,
        "weather": zero,
        "ventilation": zero,
        "solar": zero,
        "gains": zero,
        "thermostat": zero,
        "ventilation_scale": one,
        "solar_scale": one,
        "gains_scale": one,
    } | changes
    integer = ("exterior", "light_exterior", "weather", "ventilation", "solar", "gains", "thermostat")
    return Buildings(**{k: np.array(v, np.int64 if k in integer else float) for k, v in values.items()})


def make_series(hours=48, **changes):
    """Constant drivers: 0 degC outside, no exchange, sun or gains, set-points 20 and 26."""
    values = {
        "exterior": 0.0,
        "air": 0.0,
        "ventilation": 0.0,
        "solar": 0.0,
        "convective": 0.0,
        "radiative": 0.0,
        "heating": 20.0,
        "cooling": 26.0,
    } | changes
    columns = {k: np.asarray(v, float) for k, v in values.items()}
    return Series(
        **{k: v if v.ndim == 2 else np.broadcast_to(v.reshape(-1, 1), (hours, 1)).copy() for k, v in columns.items()}
    )


@pytest.fixture(scope="session")
def building():
    return make_building


@pytest.fixture(scope="session")
def series():
    return make_series
