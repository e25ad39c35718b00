"""exante: an urban digital twin that forecasts what a policy will do before it is applied.

Examples
--------
>>> import exante as xa
>>> city = xa.open_city("bologna")          # doctest: +SKIP
>>> forecast = xa.forecast(city, xa.read_policy("citta-30"), draws=16)   # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: Public names and the module each lives in; imported on first use, so that kernels stay light.
_PUBLIC = {
    "City": "exante.city",
    "open_city": "exante.apps.resolve",
    "read_policy": "exante.policy",
    "Policy": "exante.policy",
    "forecast": "exante.study",
    "Forecast": "exante.study",
}

__all__ = ["City", "Forecast", "Policy", "__version__", "forecast", "open_city", "read_policy"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'exante' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
