"""Measures of a policy, one module each, told apart by `kind`.

A new measure is a subclass of `base.Measure` with its own `kind`, added to `AnyMeasure`.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from exante.policy.measures.access_charge import AccessCharge
from exante.policy.measures.base import Measure
from exante.policy.measures.parking_price import ParkingPrice
from exante.policy.measures.speed_limit import SpeedLimit
from exante.policy.measures.street_closure import StreetClosure
from exante.policy.measures.superblock import Superblock

#: Any measure, discriminated by `kind`.
AnyMeasure = Annotated[
    SpeedLimit | AccessCharge | ParkingPrice | StreetClosure | Superblock, Field(discriminator="kind")
]

#: Every measure by its kind.
MEASURES: dict[str, type[Measure]] = {
    measure.model_fields["kind"].default: measure for measure in get_args(get_args(AnyMeasure)[0])
}

__all__ = [
    "MEASURES",
    "AccessCharge",
    "AnyMeasure",
    "Measure",
    "ParkingPrice",
    "SpeedLimit",
    "StreetClosure",
    "Superblock",
]
