"""Traffic equilibrium of several classes on a congested network."""

from exante.kernels.equilibrium.optimum import marginal_toll, system_optimum
from exante.kernels.equilibrium.problem import UserClass
from exante.kernels.equilibrium.result import Equilibrium, WarmState, check_flows
from exante.kernels.equilibrium.select import load_routes, select_link
from exante.kernels.equilibrium.steps import Steps
from exante.kernels.equilibrium.user import compile_kernels, user_equilibrium

__all__ = [
    "Equilibrium",
    "Steps",
    "UserClass",
    "WarmState",
    "check_flows",
    "compile_kernels",
    "load_routes",
    "marginal_toll",
    "select_link",
    "system_optimum",
    "user_equilibrium",
]
