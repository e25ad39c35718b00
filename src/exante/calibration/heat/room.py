"""A case of ASHRAE 140 turned into the arrays of the heat balance. One recipe for all cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exante.calibration.heat.cases import Case, specification
from exante.kernels.heat import Buildings, Series, chain_of_layers
from exante.kernels.heat.buildings import IntArray
from exante.kernels.heat.elements import FloatArray
from exante.kernels.heat.enclosure import SURFACES, box_view_factors, radiant_coefficients, share_sun
from exante.kernels.heat.glazing import Optics, from_table
from exante.kernels.heat.natural import DOWN, UP, VERTICAL, pane_factor
from exante.kernels.heat.shading import Shade, diffuse_share, lit, points_of, wall_directions
from exante.kernels.heat.solar import (
    KELVIN,
    SAMPLES,
    STEFAN_BOLTZMANN,
    Irradiance,
    Sun,
    hourly,
    irradiance_on,
    sky_temperature,
    sun_of_year,
)
from exante.sources.epw import Weather

AZIMUTH = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
STEPS = 4
"""Steps in an hour: the standard lets set-points ramp within an hour, and peaks are hourly means."""
BLACK = 1e-4
"""Emittance that stands for none: radiant gains still have to reach the surfaces."""


@dataclass(frozen=True)
class Site:
    """Weather of a year, ready for any plane."""

    sun: Sun
    air: FloatArray
    sky: FloatArray
    albedo: float
    steps: int = STEPS
    natural: bool = False
    planes: dict[str, Irradiance] = field(default_factory=dict)

    @staticmethod
    def of(weather: Weather, albedo: float, steps: int = STEPS, natural: bool = False) -> Site:
        """From an EPW file; `steps` in an hour, `natural` convection inside or constant coefficients."""
        w = weather.hourly
        sun = sun_of_year(
            weather.latitude,
            weather.longitude,
            weather.time_zone,
            weather.altitude,
            w["direct_normal"],
            w["diffuse_horizontal"],
        )
        sky = sky_temperature(w["infrared_horizontal"], w["dry_bulb"], w["dew_point"], w["opaque_sky_cover"])
        site = Site(sun, w["dry_bulb"].to_numpy(float), sky, albedo, steps, natural)
        site.planes["ceiling"] = irradiance_on(sun, 0.0, 180.0, albedo=albedo)
        for wall, azimuth in AZIMUTH.items():
            site.planes[wall] = irradiance_on(sun, 90.0, azimuth, albedo=albedo)
        return site


@dataclass(frozen=True)
class Face:
    """One surface of the room, ready for the balance.

    `exterior` is its equivalent outside temperature; `chain` its nodes (None: no mass); `outer` the outside
    coefficient, or
    for an element without mass its conductance from outside to the inner surface.
    """

    area: float
    chain: tuple[FloatArray, FloatArray] | None
    outer: float
    convective: float
    exterior: FloatArray
    emittance: float
    sun: float = 0.0


@dataclass(frozen=True)
class Box:
    """Size of a room, its walls without windows in them, and where its windows are."""

    width: float
    depth: float
    height: float
    glazed: dict[str, int]
    raised: float = 0.0

    def wall_size(self, wall: str) -> tuple[float, float]:
        """Length and height of a wall, m."""
        return (self.width if wall in ("north", "south") else self.depth), self.height

    def windows(self, wall: str) -> list[tuple[float, float, float, float]]:
        """Window rectangles of a wall, spread evenly along it."""
        w = specification()["window"]
        n, length = self.glazed.get(wall, 0), self.wall_size(wall)[0]
        gap = (length - n * w["width"]) / (n + 1)
        low = w["sill"] + self.raised
        lefts = [gap + i * (w["width"] + gap) for i in range(n)]
        return [(x, low, x + w["width"], low + w["height"]) for x in lefts]


def shades_of(case: Case, box: Box, wall: str) -> list[Shade]:
    """Overhangs and fins of a wall."""
    windows = box.windows(wall)
    if case.shade == "none" or not windows:
        return []
    s = specification()["shades"][case.shade]
    if case.shade == "overhang":
        return [Shade("overhang", windows[0][3] + s["above"], 0.0, box.wall_size(wall)[0], s["depth"])]
    shades = []
    for x0, y0, x1, y1 in windows:
        top = y1 + s["above"]
        shades.append(Shade("overhang", top, x0 - s["beyond"], x1 + s["beyond"], s["depth"]))
        shades += [Shade("fin", x, y0 - s["below"], top, s["depth"]) for x in (x0, x1)]
    return shades


def shaded(plane: Irradiance, site: Site, wall: str, points: FloatArray, shades: list[Shade]) -> Irradiance:
    """Irradiance of a part of a wall behind its shades."""
    if not shades:
        return plane
    sunny = np.flatnonzero(plane.beam > 0)
    share = np.zeros(plane.beam.size)
    share[sunny] = lit(points, shades, wall_directions(site.sun.direction[sunny], AZIMUTH[wall]))
    sky, ground = diffuse_share(points, shades)
    return Irradiance(plane.beam * share, plane.sky * sky, plane.ground * ground, plane.cos_incidence)


def outside(site: Site, case: Case, kind: str, emittance: float) -> tuple[float, FloatArray, FloatArray]:
    """What a surface sees outside.

    Returns
    -------
    mean : float
        Coefficient that couples it to its surroundings, W/(m2 K): the balance has constant coefficients.
    hourly : ndarray, shape (H,)
        The coefficient of each hour, in which the radiative part follows the fourth powers.
    around : ndarray, shape (H,)
        Temperature of the surroundings, weighted with the coefficients of the hour, degC.
    """
    film = float(specification()["films"][case.films_outside][kind])
    if case.films_outside == "outside_combined":
        return film, np.full(site.air.size, film), site.air
    view = {"floor": 0.0, "roof": 1.0}.get(kind, 0.5)
    # The sky near the horizon is as warm as the air (Walton 1983).
    share = view * np.sqrt(view)
    seen = share * site.sky + (1 - share) * site.air
    radiative = 4 * STEFAN_BOLTZMANN * emittance * (0.5 * (seen + site.air) + KELVIN) ** 3
    total = film + radiative
    return float(total.mean()), total, (film * site.air + radiative * seen) / total


def faces_of(case: Case, box: Box, site: Site, sides: dict[str, Face]) -> tuple[dict[str, Face], FloatArray]:
    """All surfaces of a room, and the solar heat its windows let in, W.

    `sides` replaces whole surfaces (a wall to another room).
    """
    spec = specification()
    faces: dict[str, Face] = {}
    entered = np.zeros(site.air.size)
    for name in SURFACES:
        if name in sides:
            faces[name] = sides[name]
            continue
        wall = name in AZIMUTH
        kind = "wall" if wall else "roof" if name == "ceiling" else "floor"
        length, height = box.wall_size(name) if wall else (box.width, box.depth)
        windows = box.windows(name) if wall else []
        shades = shades_of(case, box, name) if wall else []
        glass_area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in windows)
        layers = np.array(spec["layers"][{"wall": case.wall, "roof": case.roof, "floor": case.floor}[kind]], float)[
            ::-1
        ]
        film, by_hour, around = outside(site, case, kind, case.outer_emittance)
        if kind != "floor":
            points = points_of([(0.0, 0.0, length, height)]) if wall else np.zeros((0, 2))
            points = _outside_of(points, windows)
            light = shaded(site.planes[name], site, name, points, shades) if wall else site.planes[name]
            around = around + case.outer_absorptance * hourly(light.total) / by_hour
        inside = float(spec["films"][case.films_inside][kind])
        faces[name] = Face(
            length * height - glass_area, chain_of_layers(*layers.T), film, inside, around, case.inner_emittance
        )
        if windows:
            light = shaded(site.planes[name], site, name, points_of(windows), shades)
            faces[f"{name} window"], sun = _window(case, site, light, glass_area)
            entered += sun
    return faces, entered


def _outside_of(points: FloatArray, windows: list[tuple[float, float, float, float]]) -> FloatArray:
    keep = np.ones(len(points), bool)
    for x0, y0, x1, y1 in windows:
        keep &= ~((points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1))
    return points[keep]


def _window(case: Case, site: Site, light: Irradiance, area: float) -> tuple[Face, FloatArray]:
    spec = specification()
    opaque = case.glazing == "opaque_panel"
    emittance = case.outer_emittance if opaque else spec["glazing"][case.glazing]["emittance"]
    film, by_hour, around = outside(site, case, "window", emittance)
    inside = float(spec["films"][case.films_inside]["window"])
    if opaque:
        layers = np.array(spec["layers"]["opaque_panel"], float)
        around = around + case.outer_absorptance * hourly(light.total) / by_hour
        return Face(area, chain_of_layers(*layers.T), film, inside, around, case.inner_emittance), np.zeros(
            site.air.size
        )
    g = spec["glazing"][case.glazing]
    optics = optics_of(g)
    through, outer, inner = (
        light.beam * a + (light.sky + light.ground) * d
        for a, d in zip(optics.at(light.cos_incidence), optics.diffuse, strict=True)
    )
    conductance = 1 / (1 / film + g["resistance"])
    around = around + hourly(outer) / by_hour + hourly(inner) / conductance
    emittance = BLACK if case.films_inside == "inside_combined" else g["emittance"]
    return Face(area, None, conductance, inside, around, emittance), area * hourly(through)


def optics_of(g: dict[str, Any]) -> Optics:
    """Optics of a glazing's table, by steps of ten degrees."""
    angle = np.arange(0.0, 91.0, 10.0)
    return from_table(angle, g["transmittance"], g["absorbed_outer"], g["absorbed_inner"], tuple(g["diffuse"]))


def sun_shares(case: Case, box: Box, faces: dict[str, Face]) -> dict[str, float]:
    """Share of the entered sun that each surface takes up; the rest leaves through the glass."""
    glazed = {n: f"{n} window" in faces and faces[f"{n} window"].chain is None for n in SURFACES}
    if not any(glazed.values()):
        return {}
    g = specification()["glazing"][case.glazing]
    glass = np.array([faces[f"{n} window"].area if glazed[n] else 0.0 for n in SURFACES])
    opaque = np.array([faces[n].area for n in SURFACES])
    glass_share = glass / (glass + opaque)
    view = box_view_factors(box.width, box.depth, box.height)
    absorbed, lost = share_sun(view, np.full(6, case.inner_absorptance), glass_share, g["reflectance_inside"])
    shares = {n: float(a) for n, a in zip(SURFACES, absorbed, strict=True)}
    for n, part in zip(SURFACES, glass / glass.sum(), strict=True):
        if part > 0:
            shares[f"{n} window"] = lost * part * g["absorbed_inside"] / (1 - g["reflectance_inside"])
    return shares


def arrays(
    case: Case, box: Box, site: Site, *, plant: bool, gains: float, sides: dict[str, Face] | None = None
) -> tuple[Buildings, Series]:
    """One room as buildings and series of the heat balance."""
    faces, entered = faces_of(case, box, site, sides or {})
    shares = sun_shares(case, box, faces)
    emittance = [BLACK if case.films_inside == "inside_combined" else f.emittance for f in faces.values()]
    radiative = dict(zip(faces, radiant_coefficients([f.area for f in faces.values()], emittance), strict=True))
    heavy = [n for n, f in faces.items() if f.chain is not None]
    glass = [n for n, f in faces.items() if f.chain is None]
    spec, volume = specification(), box.width * box.depth * box.height
    heat = spec["site"]["air_density"] * spec["site"]["air_heat"]

    def row(names: list[str], value: Any) -> FloatArray:
        return np.array([[value(n) for n in names]], float).reshape(1, len(names))

    def one(value: float) -> FloatArray:
        return np.array([value], float)

    chains = [faces[n].chain or (np.zeros(4), np.zeros(5)) for n in heavy]
    index, zero = np.arange(len(faces)), np.zeros(1, np.int64)
    buildings = Buildings(
        area=row(heavy, lambda n: faces[n].area),
        conductance=np.stack([c[0] for c in chains])[None],
        capacity=np.stack([c[1] for c in chains])[None],
        outer=row(heavy, lambda n: faces[n].outer),
        convective=row(heavy, lambda n: faces[n].convective),
        radiative=row(heavy, lambda n: radiative[n]),
        solar_share=row(heavy, lambda n: shares.get(n, 0.0) + faces[n].sun),
        exterior=index[None, : len(heavy)],
        light_area=row(glass, lambda n: faces[n].area),
        light_conductance=row(glass, lambda n: faces[n].outer),
        light_convective=row(glass, lambda n: faces[n].convective),
        light_radiative=row(glass, lambda n: radiative[n]),
        light_solar_share=row(glass, lambda n: shares.get(n, 0.0)),
        light_exterior=index[None, len(heavy) :],
        air_capacity=one(volume * heat),
        bridges=one(0.0),
        heating_power=one(np.inf),
        cooling_power=one(np.inf),
        convective_share=one(1.0),
        air_weight=one(1.0),
        weather=zero,
        ventilation=zero,
        solar=zero,
        gains=zero,
        thermostat=zero,
        ventilation_scale=one(1.0),
        solar_scale=one(1.0),
        gains_scale=one(1.0),
    )
    heating, cooling, extra = schedules(case, site.air.size * site.steps, site.steps, plant)
    series = Series(
        exterior=np.repeat(np.stack([faces[n].exterior for n in [*heavy, *glass]], axis=1), site.steps, axis=0),
        air=np.repeat(site.air, site.steps)[:, None],
        ventilation=(heat / 3600.0 * (case.infiltration * volume + extra))[:, None],
        solar=np.repeat(entered, site.steps)[:, None],
        convective=np.full((heating.size, 1), gains * (1 - case.gains_radiant)),
        radiative=np.full((heating.size, 1), gains * case.gains_radiant),
        heating=heating[:, None],
        cooling=cooling[:, None],
    )
    return buildings, series


def convection_of(case: Case, box: Box, room: Buildings) -> tuple[IntArray, FloatArray]:
    """Where the inner surfaces of a room from `arrays` look, and the factor of convection at its panes."""
    looks = {"floor": UP, "ceiling": DOWN}
    heavy = []
    for name in SURFACES:
        heavy.append(looks.get(name, VERTICAL))
        if case.glazing == "opaque_panel" and name in AZIMUTH and box.windows(name):
            heavy.append(VERTICAL)
    spec = specification()
    factor = pane_factor(spec["window"]["height"], spec["site"]["air_density"])
    return np.array([heavy]), np.full(room.light_area.shape, factor)


def schedules(case: Case, steps: int, per_hour: int, plant: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Set-points, degC, and night ventilation, m3/h, by step (step 0 begins at midnight)."""
    clock = (np.arange(steps) // per_hour) % 24
    heating, cooling, extra = np.full(steps, case.heating), np.full(steps, case.cooling), np.zeros(steps)
    if case.setback:
        heating[(clock >= 23) | (clock < 7)] = case.setback
        ramp = (np.arange(steps) % per_hour + 1) / per_hour
        heating = np.where(clock == 7, case.setback + ramp * (case.heating - case.setback), heating)
    if case.night_ventilation:
        night = (clock >= 18) | (clock < 7)
        extra[night], cooling[night], heating[:] = case.night_ventilation, np.inf, -np.inf
    if case.free_float or not plant:
        heating[:], cooling[:] = -np.inf, np.inf
    return heating, cooling, extra


__all__ = ["AZIMUTH", "SAMPLES", "Box", "Face", "Site", "arrays", "schedules"]
