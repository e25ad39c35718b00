"""What is fitted: at most twenty declared parameters, of the models and of the city."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from exante.quantities.errors import ParameterError
from exante.quantities.parameters import Parameter, list_uncertain, read_parameters

FloatArray = NDArray[np.float64]

#: Parameters of models that traffic counts can tell something about. Capacities stay as they are where demand is
#: free: of the same streets only one of the two is fitted.
OF_MODELS = (
    "mobility.alpha_street",
    "mobility.cruise_arterial",
    "mobility.cruise_collector",
    "mobility.cruise_local",
    "mobility.delay_full",
    "mobility.delay_signal",
    "mobility.external_other",
    "mobility.gap_flow",
    "mobility.peak_out_work",
    "mobility.rate_other",
    "mobility.through_share",
)
#: More would be fitted to the noise of sixty loops.
MOST = 20
#: Normal scores stay within this, so that no draw falls on a bound.
WIDEST_SCORE = 3.5


@cache
def city_parameters() -> tuple[Parameter, ...]:
    """Priors of the modes a city may declare."""
    return read_parameters(Path(str(files("exante.calibration") / "parameters.toml")), "city")


def choose_free(known: Iterable[Parameter], modes: Iterable[str], names: Sequence[str] = OF_MODELS) -> list[Parameter]:
    """The free parameters, by name: those of models in `names`, and the city's declared modes.

    Parameters
    ----------
    known : iterable of Parameter
        All parameters of all models.
    modes : iterable of str
        Full names of the modes that the city declares.
    names : sequence of str
        Full names of models' parameters.

    Raises
    ------
    ParameterError
        If a name is unknown or known exactly, or there are more than twenty.
    """
    declared = set(modes)
    have = {p.name: p for p in [*list_uncertain(known), *city_parameters()]}
    wanted = sorted({*names, *declared})
    lost = [name for name in wanted if name not in have]
    if lost:
        raise ParameterError(
            f"{', '.join(lost)} cannot be fitted: no uncertain parameter has that name",
            where="calibration",
            remedy="Choose uncertain parameters of the models (their `parameters.toml`) or declared modes of the city",
        )
    if len(wanted) > MOST:
        raise ParameterError(
            f"{len(wanted)} free parameters, at most {MOST}",
            where="calibration",
            remedy="Leave out those that the counts tell least about",
        )
    return [have[name] for name in wanted]


def to_values(scores: FloatArray, free: Sequence[Parameter]) -> FloatArray:
    """Values of standard normal scores under the priors, shape (members, parameters) of both.

    ``x = F^-1(Phi(z))``: the prior is standard normal in `z`, and bounds hold whatever the update does.
    """
    p = norm.cdf(np.clip(scores, -WIDEST_SCORE, WIDEST_SCORE))
    return np.column_stack([q.distribution.quantile(p[:, k]) for k, q in enumerate(free)])


def prior_scores(members: int, parameters: int, seed: int) -> FloatArray:
    """Scores of the first ensemble: means zero, variances one, no correlation, shape (members, parameters).

    Sobol points, whitened: a parameter that no observation sees is then not moved by the chance correlations
    of a small ensemble.

    Raises
    ------
    ParameterError
        If there are too few members to tell the parameters apart.
    """
    from scipy.stats import qmc

    if members < 2 * parameters:
        raise ParameterError(
            f"{members} members cannot tell {parameters} parameters apart",
            where="--members",
            remedy=f"Ask for {2 * parameters} or more",
        )
    uniform = qmc.Sobol(parameters, scramble=True, rng=seed).random_base2(int(np.ceil(np.log2(members))))[:members]
    z = norm.ppf(np.clip(uniform, 1e-4, 1 - 1e-4))
    z -= z.mean(axis=0)
    u, _, vt = np.linalg.svd(z, full_matrices=False)
    return np.asarray(u @ vt * np.sqrt(members - 1.0))
