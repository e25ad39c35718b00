"""Access: who reaches what within a distance or a time, from every node of a street network.

Measures see a `Neighbourhoods` alone: pairs of source and node with their distance. Whatever finds such pairs (streets
here; a timetable by percentile of the departure window) can use every measure below.
"""

from exante.kernels.access.decay import Decay
from exante.kernels.access.direct import sum_within
from exante.kernels.access.measures import cumulative, floating_catchment, gravity, nearest, sum_reached, sum_sources
from exante.kernels.access.neighbourhoods import Neighbourhoods, in_parts, neighbourhoods
from exante.kernels.access.network import AccessNetwork
from exante.kernels.access.places import distance_to_nearest

__all__ = [
    "AccessNetwork",
    "Decay",
    "Neighbourhoods",
    "cumulative",
    "distance_to_nearest",
    "floating_catchment",
    "gravity",
    "in_parts",
    "nearest",
    "neighbourhoods",
    "sum_reached",
    "sum_sources",
    "sum_within",
]
