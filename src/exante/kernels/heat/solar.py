"""Sun and sky on tilted surfaces, hour by hour, and the long-wave sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.heat.elements import FloatArray

STEFAN_BOLTZMANN = 5.670374419e-8
"""W/(m2 K4), CODATA 2018."""
KELVIN = 273.15
SAMPLES = 4
"""Positions of the sun looked at within each hour."""
LOWEST_SUN = 0.5
"""Elevation below which direct radiation is left out, degrees: a file's hourly mean says nothing about a grazing
sun."""
DEFAULT_YEAR = 2019
"""Any year of 365 days serves for the sun's path of a typical year."""


@dataclass(frozen=True)
class Sun:
    """Sun and radiation in H hours, S samples each.

    Parameters
    ----------
    zenith, azimuth : ndarray, shape (H * S,)
        Degrees; azimuth clockwise from north.
    direct, diffuse : ndarray, shape (H * S,)
        Direct normal and diffuse horizontal irradiance, W/m2. An hour's direct radiation is spread over those of its
        samples in which the sun is up.
    extraterrestrial : ndarray, shape (H * S,)
        W/m2.
    """

    zenith: FloatArray
    azimuth: FloatArray
    direct: FloatArray
    diffuse: FloatArray
    extraterrestrial: FloatArray

    @property
    def direction(self) -> FloatArray:
        """Unit vectors to the sun: east, north, up; shape (H * S, 3)."""
        z, a = np.radians(self.zenith), np.radians(self.azimuth)
        return np.stack([np.sin(z) * np.sin(a), np.sin(z) * np.cos(a), np.cos(z)], axis=1)


@dataclass(frozen=True)
class Irradiance:
    """Irradiance of one plane, W/m2, and where the beam comes from; shape (H * S,) each.

    `beam` is direct and circumsolar radiation, `sky` the rest of the sky's, `ground` what the ground reflects.
    """

    beam: FloatArray
    sky: FloatArray
    ground: FloatArray
    cos_incidence: FloatArray

    @property
    def total(self) -> FloatArray:
        """Sum of the three, W/m2."""
        return self.beam + self.sky + self.ground


def hourly(values: FloatArray, samples: int = SAMPLES) -> FloatArray:
    """Means over the samples of each hour."""
    return values.reshape(-1, samples).mean(axis=1)


def sun_of_year(
    latitude: float, longitude: float, time_zone: float, altitude: float, direct: ArrayLike, diffuse: ArrayLike
) -> Sun:
    """Path of the sun over a year of hours, with an hourly file's radiation.

    Parameters
    ----------
    latitude, longitude : float
        Degrees north and east.
    time_zone : float
        Hours ahead of UTC.
    altitude : float
        m.
    direct, diffuse : array_like, shape (8760,)
        Direct normal and diffuse horizontal radiation of the hour that ends at i + 1 o'clock standard time, Wh/m2.

    Returns
    -------
    Sun

    Notes
    -----
    Position: solar position algorithm of Reda and Andreas (2004) as in pvlib.
    """
    from pvlib import irradiance, spa

    hours = np.asarray(direct, float).size
    centre = (np.arange(SAMPLES) + 0.5) / SAMPLES
    local = (np.arange(hours)[:, None] + centre[None, :]).ravel() * 3600.0
    start = np.datetime64(f"{DEFAULT_YEAR}-01-01T00:00:00").astype("datetime64[s]").astype(float)
    position = spa.solar_position(
        start + local - time_zone * 3600.0, latitude, longitude, altitude, 1013.25, 12.0, 69.0, 0.5667
    )
    zenith, azimuth = position[0], position[4]
    up = (zenith < 90.0 - LOWEST_SUN).reshape(hours, SAMPLES)
    share = np.where(up, SAMPLES / np.maximum(up.sum(axis=1), 1)[:, None], 0.0)
    spread = np.asarray(direct, float)[:, None] * share
    flat = np.repeat(np.asarray(diffuse, float), SAMPLES)
    day = local // 86400.0 + 1
    extra = irradiance.get_extra_radiation(day)
    return Sun(zenith, azimuth, spread.ravel(), flat, np.asarray(extra))


def irradiance_on(sun: Sun, tilt: float, azimuth: float, *, albedo: float = 0.2, isotropic: bool = False) -> Irradiance:
    """Irradiance of a plane.

    Parameters
    ----------
    sun : Sun
    tilt, azimuth : float
        Degrees; tilt 0 faces up, 90 is a wall, 180 faces down; azimuth clockwise from north.
    albedo : float
        Of the ground.
    isotropic : bool
        Diffuse radiation equal over the sky, instead of the model of Perez et al. (1990).

    Returns
    -------
    Irradiance
    """
    from pvlib import atmosphere, irradiance

    t, a = np.radians(tilt), np.radians(azimuth)
    normal = np.array([np.sin(t) * np.sin(a), np.sin(t) * np.cos(a), np.cos(t)])
    cos_incidence = np.clip(sun.direction @ normal, 0.0, 1.0)
    cos_zenith = np.clip(np.cos(np.radians(sun.zenith)), 0.0, 1.0)
    beam = sun.direct * cos_incidence
    ground = (sun.direct * cos_zenith + sun.diffuse) * albedo * (1 - np.cos(t)) / 2
    if isotropic:
        return Irradiance(beam, sun.diffuse * (1 + np.cos(t)) / 2, ground, cos_incidence)
    seen = np.where(sun.zenith < 90.0, sun.zenith, 90.0)
    airmass = atmosphere.get_relative_airmass(seen)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = irradiance.perez(
            tilt,
            azimuth,
            sun.diffuse,
            sun.direct,
            sun.extraterrestrial,
            seen,
            sun.azimuth,
            airmass,
            return_components=True,
        )
    parts = {k: np.nan_to_num(np.asarray(v, float)) for k, v in parts.items()}
    circumsolar = np.where(sun.zenith < 90.0 - LOWEST_SUN, parts["poa_circumsolar"], 0.0)
    circumsolar = np.where(cos_incidence > 0, circumsolar, 0.0)
    sky = np.maximum(parts["poa_sky_diffuse"] - circumsolar, 0.0)
    return Irradiance(beam + circumsolar, sky, ground, cos_incidence)


def sky_temperature(infrared: ArrayLike, dry_bulb: ArrayLike, dew_point: ArrayLike, cloud: ArrayLike) -> FloatArray:
    """Black-body temperature of the sky.

    Parameters
    ----------
    infrared : array_like
        Long-wave radiation on the horizontal, W/m2; nan where not measured.
    dry_bulb, dew_point : array_like
        degC; used where `infrared` is missing.
    cloud : array_like
        Opaque sky cover, tenths.

    Returns
    -------
    ndarray
        degC.

    Notes
    -----
    Without a measurement: clear-sky emissivity of Clark and Allen (1978) with the cloud correction of Walton (1983),
    as EnergyPlus does.
    A missing dew point is taken 8 K below the air, a missing cover as half.
    """
    air = np.asarray(dry_bulb, float)
    dew = np.where(np.isfinite(np.asarray(dew_point, float)), dew_point, air - 8.0)
    n = np.where(np.isfinite(np.asarray(cloud, float)), cloud, 5.0)
    emissivity = (0.787 + 0.764 * np.log((dew + KELVIN) / 273.0)) * (1 + 0.0224 * n - 0.0035 * n**2 + 0.00028 * n**3)
    guess = emissivity * STEFAN_BOLTZMANN * (air + KELVIN) ** 4
    flux = np.where(np.isfinite(np.asarray(infrared, float)), infrared, guess)
    return (flux / STEFAN_BOLTZMANN) ** 0.25 - KELVIN
