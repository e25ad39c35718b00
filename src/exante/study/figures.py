"""Published figures of a city beside what the model says of its base state.

The base state is the city as it is with every parameter at its median: the state that all draws of a forecast start
from. It is taken from the user's cache where a forecast or an earlier comparison has left it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exante.city.city import City
from exante.city.modes import apply_modes
from exante.indicators import list_indicators
from exante.models import list_models
from exante.quantities import vocabulary
from exante.quantities.declarations import Model, Outputs
from exante.quantities.labels import place
from exante.quantities.units import factor
from exante.simulation import Draws, Simulator, wire
from exante.simulation.cache import OutputCache
from exante.simulation.posterior import read_posterior
from exante.simulation.state import CityState
from exante.study.forecast import require_layers

DAYS = 365.0  # of a year, each taken as the modelled working day: an upper bound, as weekends have less traffic
FAST = ("motorway", "trunk")


class _NotKeptError(Exception):
    """A model's outputs are not in the cache."""


class _KeptOnly(OutputCache):
    """A cache that never lets a model run."""

    def get(self, key: str) -> Outputs:
        outputs = super().get(key)
        if outputs is None:
            raise _NotKeptError
        return outputs


@dataclass(frozen=True)
class Quantity:
    """Something that is both modelled and published.

    Parameters
    ----------
    name : str
        As in the column `published.quantity`.
    title, unit : str
        How a reader is told, and in what.
    counted : str
        What the model counts.
    compute : callable or None
        From the base state; None where no model writes it.
    """

    name: str
    title: str
    unit: str
    counted: str
    compute: Callable[[CityState], float] | None


@dataclass(frozen=True)
class Comparison:
    """One published figure beside the model's, or the model's alone.

    Parameters
    ----------
    quantity : Quantity
    modelled : float or None
        In the quantity's unit; None where no model writes it or there is no base state.
    published : float or None
        In the quantity's unit; None where none is known.
    year : int or None
    scope, source : str
    comparable : bool
        Whether the published figure counts nearly what the model counts.
    verified : bool
        Whether the figure was read in its publication.
    """

    quantity: Quantity
    modelled: float | None
    published: float | None = None
    year: int | None = None
    scope: str = ""
    source: str = ""
    comparable: bool = False
    verified: bool = False

    @property
    def ratio(self) -> float | None:
        """Model over published figure; None where they count different things, or one is not known."""
        if not (self.comparable and self.published) or self.modelled is None:
            return None
        return self.modelled / self.published


def list_quantities() -> list[Quantity]:
    """Every quantity, in the order of display."""
    known = {i.name: i for i in list_indicators()}

    def own(name: str, title: str = "") -> Quantity:
        found = known[name]
        return Quantity(name, title or found.title, found.unit, found.counted, lambda state: state.value(found))

    streets = "Motor vehicles on the modelled network, buses not; every day taken as a working day, which is too much"
    return [
        *(own(f"{mode}_share") for mode in ("walk", "cycle", "transit", "car", "motorcycle", "taxi")),
        Quantity("private_share", "Car and motorcycle share", "percent", known["car_share"].counted, _private_share),
        Quantity("trips_inside", "Trips inside the city", "trip/day", known["car_share"].counted, _trips_inside),
        Quantity("trip_length", "Mean trip length", "km", known["car_share"].counted, _trip_length),
        own("vehicle_distance"),
        own("mean_speed"),
        Quantity(
            "mean_speed_peak",
            "Mean speed, morning peak",
            "km/hour",
            "Vehicle-kilometres over vehicle-hours on urban roads (without motorways) in the morning peak",
            _mean_speed_peak,
        ),
        Quantity("co2_year", "CO2 of road traffic", "kilotonne/year", streets, _co2_year),
        Quantity(
            "co2_year_without_motorways",
            "CO2 of road traffic without motorways",
            "kilotonne/year",
            f"{streets}; without motorways and trunk roads",
            _co2_year_without_motorways,
        ),
    ]


def base_state(city: City, *, run: bool = False, cache: OutputCache | None = None) -> CityState | None:
    """The base state of a city: from the cache, or computed if `run`; None where it is neither.

    Parameters
    ----------
    city : City
    run : bool
        Run the models that are not in the cache (some seconds to minutes).
    cache : OutputCache, optional
        The user's by default.

    Raises
    ------
    MissingLayerError
        If the models are run and the city lacks a layer that they need.
    """
    models = _models({"trips_by_mode", "link_flow", "link_time", "link_co2", "period_weight"})
    kept = cache if cache is not None else OutputCache.of_user()
    if run:
        require_layers(city, models)
    elif kept.folder is None or any("." in n and not city.has_column(n) for m in models for n in m.reads):
        return None
    wiring = wire(models)
    medians = Draws((p for m in models for p in m.parameters), 1, posterior=read_posterior(city)).medians()
    try:
        simulator = Simulator(wiring, kept if run else _KeptOnly(kept.folder))
        return simulator.run(apply_modes(city, medians), medians)
    except _NotKeptError:
        return None


def _models(wanted: set[str]) -> list[Model]:
    """The models that write what is wanted, and those that they read from."""
    found: dict[str, Model] = {}
    while True:
        more = [m for m in list_models() if m.name not in found and wanted & set(m.writes)]
        if not more:
            return list(found.values())
        for model in more:
            found[model.name] = model
            wanted |= {name for name in model.reads if "." not in name}


def compare_figures(city: City, state: CityState | None) -> list[Comparison]:
    """Every published figure beside the model's; quantities without one stand alone.

    Parameters
    ----------
    city : City
    state : CityState or None
        As `base_state` gives it.
    """
    typed = city.tables["published"].frame().to_dict("records") if "published" in city.tables else []
    found = []
    for quantity in list_quantities():
        modelled = None if state is None or quantity.compute is None else quantity.compute(state)
        rows = [told for told in typed if told["quantity"] == quantity.name]
        for told in rows:
            value = float(told["value"]) * factor(str(told["unit"]), quantity.unit)
            about = (int(told["year"]), str(told["scope"]), str(told["source"]))
            found.append(
                Comparison(quantity, modelled, value, *about, bool(told["comparable"]), bool(told["verified"]))
            )
        if not rows:
            found.append(Comparison(quantity, modelled))
    return found


def known_quantities() -> tuple[str, ...]:
    """Names that `published.quantity` may have."""
    return vocabulary.get("published.quantity").one_of


def _private_share(state: CityState) -> float:
    trips = state.read("trips_by_mode")
    private = sum(trips[place("mode", mode)] for mode in ("car", "car_passenger", "motorcycle"))
    return float(100.0 * private / trips.sum())


def _trips_inside(state: CityState) -> float:
    return float(state.read("trips_by_mode").sum())


def _trip_length(state: CityState) -> float:
    trips = state.read("trips_by_mode")
    return float(trips @ state.read("trip_length_by_mode") / trips.sum()) if trips.sum() > 0 else 0.0


def _mean_speed_peak(state: CityState) -> float:
    peak = place("period", "morning_peak")
    urban = ~np.isin(state.read("links.road_class").astype(str), FAST)
    flow = state.read("link_flow")[peak][urban]
    metres, seconds = flow @ state.read("links.length")[urban], flow @ state.read("link_time")[peak][urban]
    return float(3.6 * metres / seconds) if seconds > 0 else 0.0


def _co2_year(state: CityState) -> float:
    return float(state.read("link_co2").sum() * DAYS / 1e6)


def _co2_year_without_motorways(state: CityState) -> float:
    slow = ~np.isin(state.read("links.road_class").astype(str), FAST)
    return float(state.read("link_co2")[slow].sum() * DAYS / 1e6)
