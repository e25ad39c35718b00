"""Simulation: one city, many draws. Wires models by variable name; seeds, cache, executors, footprint."""

from exante.simulation.draws import Draws
from exante.simulation.ensemble import Ensemble, run_ensemble
from exante.simulation.state import CityState, Simulator
from exante.simulation.wiring import Wiring, wire

__all__ = ["CityState", "Draws", "Ensemble", "Simulator", "Wiring", "run_ensemble", "wire"]
