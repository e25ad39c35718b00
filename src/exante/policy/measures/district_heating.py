"""`district_heating`: homes that are joined to a network of heat."""

from __future__ import annotations

from typing import Literal

from exante.policy.measures.heat_pumps import SystemChange
from exante.quantities.distributions import Distribution


class DistrictHeating(SystemChange):
    """A share of homes with boilers is joined to district heat (its carbon: parameter `buildings.district_intensity`).

    Parameters are those of `heat_pumps`; the usual price is 60 to 160 EUR/m2 with the network's part (general
    knowledge, not verified).
    """

    kind: Literal["district_heating"] = "district_heating"

    def _system(self) -> str:
        return "district_heat"

    def _cost(self) -> tuple[Distribution, float, str]:
        return Distribution("triangular", (60.0, 100.0, 160.0)), 40.0, "district heat"
