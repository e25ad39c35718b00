"""Hourly heat balance of buildings after ISO 52016-1:2017, many buildings at once."""

from exante.kernels.heat.balance import HeatBalance, run
from exante.kernels.heat.buildings import Buildings, Series
from exante.kernels.heat.elements import chain_of_class, chain_of_layers
from exante.kernels.heat.lumping import lump

__all__ = ["Buildings", "HeatBalance", "Series", "chain_of_class", "chain_of_layers", "lump", "run"]
