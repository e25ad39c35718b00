"""The seed of the cube: published tables and judgements of `seed.toml`, and the odds of `parameters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS, place
from exante.quantities.parameters import Parameter, read_parameters

_FOLDER = files("exante.sources.people")


@dataclass(frozen=True)
class Seed:
    """The joint structure that no margin fixes.

    Parameters
    ----------
    women : ndarray, shape (ages, sexes)
        Share of each sex in an age.
    size : ndarray, shape (ages, sexes, sizes)
        Share of each household size in an age and sex.
    car : ndarray, shape (ages, sexes, bands, sizes)
        Odds of having a car, up to a constant; zero for children.
    car_density_elasticity : float
    """

    women: np.ndarray
    size: np.ndarray
    car: np.ndarray
    car_density_elasticity: float


@cache
def read_tables() -> dict[str, Any]:
    """The tables of `seed.toml`."""
    return tomllib.loads(_FOLDER.joinpath("seed.toml").read_text(encoding="utf-8"))


@cache
def list_parameters() -> tuple[Parameter, ...]:
    """Assumptions of the cube with their spread, named `people....`."""
    with as_file(_FOLDER.joinpath("parameters.toml")) as path:
        return read_parameters(path, "people")


def medians() -> dict[str, float]:
    """Median of every assumption, by its name without `people.`."""
    return {p.name.split(".", 1)[1]: float(p.distribution.quantile(np.array([0.5]))[0]) for p in list_parameters()}


def make_seed(values: Mapping[str, float] | None = None) -> Seed:
    """The seed at the given assumptions.

    Parameters
    ----------
    values : mapping of str to float, optional
        Assumptions by name without `people.`; those not given are at their median.

    Raises
    ------
    ParameterError
        If a name is no assumption of the cube.
    """
    known = medians()
    lost = sorted(set(values or {}) - set(known))
    if lost:
        raise ParameterError(
            f"the cube has no assumption {', '.join(lost)}", where="people", remedy=f"Known: {', '.join(known)}"
        )
    told = {**known, **(values or {})}
    tables = read_tables()
    women = np.asarray(tables["women"]["share"])
    sexes = np.stack([women, 1.0 - women], axis=1)
    return Seed(sexes, _sizes(tables, sexes), _car_odds(tables, told), told["car_density_elasticity"])


def _sizes(tables: Mapping[str, Any], sexes: np.ndarray) -> np.ndarray:
    """Share of household sizes by age and sex; women and men together live alone as often as the table says."""
    alone, ratio = np.asarray(tables["alone"]["share"]), np.asarray(tables["alone"]["women_odds"])
    together = np.asarray(tables["together"]["share"])
    men = np.zeros(len(alone))
    low, high = np.zeros(len(alone)), np.ones(len(alone))
    for _ in range(100):
        men = 0.5 * (low + high)
        women = ratio * men / (1.0 - men + ratio * men)
        above = sexes[:, 0] * women + sexes[:, 1] * men > alone
        high, low = np.where(above, men, high), np.where(above, low, men)
    men = np.where(alone > 0, men, 0.0)
    by_sex = np.stack([ratio * men / (1.0 - men + ratio * men), men], axis=1)
    rest = (1.0 - by_sex)[:, :, None] * (together / together.sum(axis=1, keepdims=True))[:, None, :]
    return np.concatenate([by_sex[:, :, None], rest], axis=2)


def _car_odds(tables: Mapping[str, Any], told: Mapping[str, float]) -> np.ndarray:
    age = np.asarray(tables["car"]["age_odds"])
    sex = np.ones(len(LABELS["sex"]))
    sex[place("sex", "men")] = told["licence_sex_odds"]
    band = told["car_income_odds"] ** np.arange(len(LABELS["income_band"]))
    size = np.full(len(LABELS["household_size"]), told["car_more_odds"])
    size[:2] = 1.0, told["car_second_odds"]
    return np.asarray(
        age[:, None, None, None] * sex[None, :, None, None] * band[None, None, :, None] * size[None, None, None, :]
    )
