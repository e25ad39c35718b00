"""Traffic outcomes: kilometres, hours, speeds, shares of modes, charges and surplus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.declarations import Indicator, Inputs
from exante.quantities.labels import place

FloatArray = NDArray[np.float64]

LINKS = ("links.length", "links.road_class", "period_weight", "link_flow")
TIMES = (*LINKS, "link_time")


def _kilometres(x: Inputs) -> FloatArray:
    """Vehicle-kilometres per day by link."""
    return x["period_weight"] @ x["link_flow"] * x["links.length"] / 1000.0


def _hours(x: Inputs) -> FloatArray:
    """Vehicle-hours per day by link."""
    return x["period_weight"] @ (x["link_flow"] * x["link_time"]) / 3600.0


def _in_class(x: Inputs, *classes: str) -> NDArray[np.bool_]:
    return np.isin(x["links.road_class"].astype(str), classes)


def _vehicle_distance(x: Inputs) -> float:
    return float(_kilometres(x).sum())


def _vehicle_distance_local(x: Inputs) -> float:
    return float(_kilometres(x)[_in_class(x, "residential", "living_street")].sum())


def _vehicle_hours(x: Inputs) -> float:
    return float(_hours(x).sum())


def _delay_hours(x: Inputs) -> float:
    late = x["link_flow"] * (x["link_time"] - x["link_free_time"])
    return float((x["period_weight"] @ late).sum() / 3600.0)


def _mean_speed(x: Inputs) -> float:
    urban = ~_in_class(x, "motorway", "trunk")
    hours = _hours(x)[urban].sum()
    return float(_kilometres(x)[urban].sum() / hours) if hours > 0 else 0.0


def _mean_cruise_speed(x: Inputs) -> float:
    urban = ~_in_class(x, "motorway", "trunk")
    length = x["links.length"][urban]
    return float(length @ x["link_cruise_speed"][urban] / length.sum()) if length.sum() > 0 else 0.0


def _surplus(x: Inputs) -> float:
    return float(x["zone_surplus"].sum())


def _toll_revenue(x: Inputs) -> float:
    return float(x["period_weight"] @ x["toll_revenue_by_period"])


def _share(name: str, modes: tuple[str, ...], title: str, better: str, shown: bool = True) -> Indicator:
    at = [place("mode", mode) for mode in modes]

    def compute(x: Inputs) -> float:
        trips = x["trips_by_mode"]
        return float(100.0 * trips[at].sum() / trips.sum()) if trips.sum() > 0 else 0.0

    return Indicator(
        name=f"{name}_share",
        title=title,
        better=better,
        counted="Trips of residents inside the city on a working day, all purposes, by main mode",
        reads=("trips_by_mode",),
        compute=compute,
        shown=shown,
    )


def _people_per_car(x: Inputs) -> float:
    drivers, passengers = (x["trips_by_mode"][place("mode", mode)] for mode in ("car", "car_passenger"))
    return float((drivers + passengers) / drivers) if drivers > 0 else 0.0


def _distance_on_foot_and_wheels(mode: str) -> Indicator:
    at = place("mode", mode)
    titles = {"walk": "Kilometres walked", "cycle": "Kilometres cycled", "transit": "Kilometres by public transport"}
    return Indicator(
        name=f"{mode}_distance",
        title=titles[mode],
        better="neither",
        counted="Residents' trips inside the city on a working day, by main mode, on the street network",
        reads=("trips_by_mode", "trip_length_by_mode"),
        compute=lambda x: float(x["trips_by_mode"][at] * x["trip_length_by_mode"][at]),
        shown=False,
    )


INDICATORS = (
    Indicator(
        name="vehicle_distance",
        title="Kilometres driven",
        better="lower",
        counted="Motor vehicles of residents, visitors and through traffic on the modelled network, without buses",
        reads=LINKS,
        compute=_vehicle_distance,
    ),
    Indicator(
        name="vehicle_distance_local",
        title="Kilometres driven on residential streets",
        better="lower",
        counted="The same vehicles on residential streets and living streets",
        reads=LINKS,
        compute=_vehicle_distance_local,
    ),
    Indicator(
        name="vehicle_hours",
        title="Hours spent driving",
        better="lower",
        counted="The same vehicles on the modelled network",
        reads=TIMES,
        compute=_vehicle_hours,
    ),
    Indicator(
        name="delay_hours",
        title="Hours lost in congestion",
        better="lower",
        counted="The same vehicles, against the empty network under the same rules: slower limits are no delay",
        reads=(*TIMES, "link_free_time"),
        compute=_delay_hours,
    ),
    Indicator(
        name="mean_speed",
        title="Mean driving speed in the city",
        better="neither",
        counted="Vehicle-kilometres over vehicle-hours on all roads but motorways and trunk roads, whole day",
        reads=TIMES,
        compute=_mean_speed,
    ),
    Indicator(
        name="mean_cruise_speed",
        title="Mean speed of undisturbed driving",
        better="neither",
        counted="Kilometres of street, all roads but motorways and trunk roads",
        reads=("links.length", "links.road_class", "link_cruise_speed"),
        compute=_mean_cruise_speed,
    ),
    _share("car", ("car", "car_passenger"), "Trips by car", "lower"),
    _share("transit", ("transit",), "Trips by public transport", "higher"),
    _share("cycle", ("cycle",), "Trips by bicycle", "higher"),
    _share("walk", ("walk",), "Trips on foot", "higher"),
    _share("motorcycle", ("motorcycle",), "Trips by motorcycle", "neither"),
    _share("car_passenger", ("car_passenger",), "Trips as a passenger of a car", "neither", shown=False),
    _share("taxi", ("taxi",), "Trips by taxi", "neither", shown=False),
    Indicator(
        name="people_per_car",
        title="People per car",
        better="higher",
        counted="Car trips of residents inside the city on a working day, taxis not counted",
        reads=("trips_by_mode",),
        compute=_people_per_car,
        shown=False,
    ),
    Indicator(
        name="resident_trips",
        title="Trips of residents inside the city",
        better="neither",
        counted="Trips of residents inside the city on a working day by all modes; they answer to access and telework",
        reads=("trips_by_mode",),
        compute=lambda x: float(x["trips_by_mode"].sum()),
        shown=False,
    ),
    *(_distance_on_foot_and_wheels(mode) for mode in ("walk", "cycle", "transit")),
    Indicator(
        name="surplus",
        title="Residents' benefit from travel",
        better="higher",
        counted="Residents' trips inside the city; charges paid are a loss, their return to citizens is not counted",
        reads=("zone_surplus",),
        compute=_surplus,
    ),
    Indicator(
        name="toll_revenue",
        title="Charges paid",
        better="neither",
        counted="Cars of residents and visitors that pass a charged link in charged hours and are not exempt",
        reads=("period_weight", "toll_revenue_by_period"),
        compute=_toll_revenue,
    ),
)
