"""Modelled against counted hourly flow at any list of sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.calibration.counted import Counted, collect, own_counts
from exante.calibration.doubts import find_doubts
from exante.calibration.observe import estimate_profile, hourly_flows
from exante.calibration.runs import Progress, Twin
from exante.calibration.scores import Score, by_site, naive, naive_by_class, score
from exante.city.city import City
from exante.quantities.declarations import Model
from exante.quantities.errors import UserError
from exante.simulation.cache import OutputCache
from exante.simulation.posterior import read_posterior

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Verified:
    """Modelled and counted profiles of sites.

    Attributes
    ----------
    counted : Counted
    ids : list of str
        Sites that were compared.
    links, streets : list of str
        Of each.
    observed, modelled : ndarray, shape (sites, hours)
        vehicle/hour, mean of Tuesdays to Thursdays.
    model, guess : Score
        Of the model, and of the mean of the other sites.
    by_class : Score
        Of the mean of other streets of the same road class.
    calibrated : bool
        Whether the city has a posterior.
    doubts : dict of str to str
        Sites whose counts may not be all traffic of their link, and why; no model was looked at.
    sound : Score
        Of the model at the other sites.
    """

    counted: Counted
    ids: list[str]
    links: list[str]
    streets: list[str]
    observed: FloatArray
    modelled: FloatArray
    model: Score
    guess: Score
    by_class: Score
    calibrated: bool
    doubts: dict[str, str]
    sound: Score

    def document(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        sites = [
            {
                "id": self.ids[k],
                "street": self.streets[k],
                "link": self.links[k],
                "observed": _numbers(self.observed[k]),
                "modelled": _numbers(self.modelled[k]),
                "doubt": self.doubts.get(self.ids[k]),
            }
            for k in range(len(self.ids))
        ]
        return {
            **self.model.document(),
            "sites": sites,
            "naive": self.guess.document(),
            "naive_by_road_class": self.by_class.document(),
            "without_doubtful_sites": self.sound.document(),
            "unmatched": self.counted.unmatched,
            "calibrated": self.calibrated,
            "regimes": [day.isoformat() for day in self.counted.regimes],
            "notes": self.counted.notes,
        }


def verify_counts(
    city: City,
    sites: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    *,
    cache: OutputCache | None = None,
    models: Sequence[Model] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Compare the model with counts, each simulated under the rules of its own day.

    The model runs at the medians of its parameters, or of the city's posterior if it has one. The profile within
    periods is that of the city's own counts, never of the sites that are verified, unless the two are the same.

    Parameters
    ----------
    city : City
    sites, counts : DataFrame, optional
        As `read_sites` gives; the city's own by default.
    cache, models, workers, progress
        As of a forecast.

    Raises
    ------
    UserError
        If no site can be compared.
    """
    own = sites is None or counts is None
    counted = collect(city, *own_counts(city)) if own else collect(city, sites, counts)  # type: ignore[arg-type]
    if not len(counted.site):
        reasons = "; ".join(sorted({u["reason"] for u in counted.unmatched})) or "it holds none"
        raise UserError(
            f"no site can be compared: {reasons}",
            where="sites",
            remedy="Give sites on streets of the city, with counts of Tuesdays to Thursdays",
        )
    posterior = read_posterior(city)
    values = posterior.medians() if posterior else {}
    twin = Twin(city, counted.regimes, cache, models)
    rows = city.table("links").positions(np.array(counted.links, dtype=object))
    found = twin.run_all(
        list(values),
        np.array([list(values.values())], dtype=float),
        lambda traffic: np.stack([np.column_stack([t.weight, t.flow[:, rows]]) for t in traffic]),
        workers=workers,
        progress=progress,
        what="regimes of the counts",
    )
    periods = found.shape[2]
    profile = estimate_profile(_for_profile(city, counted, own), periods)
    hourly = hourly_flows(found[..., 1:], found[..., 0], counted, profile)[0]
    ids, observed = by_site(counted, counted.flow)
    modelled = by_site(counted, hourly)[1]
    first = {site: k for k, site in reversed(list(enumerate(counted.site.tolist())))}
    at = [first[site] for site in ids]
    doubts = find_doubts(city, counted, _match_notes(city, sites))
    firm = np.array([str(site) not in doubts for site in ids], dtype=bool)
    return Verified(
        counted=counted,
        ids=[str(i) for i in ids],
        links=[counted.links[counted.link[k]] for k in at],
        streets=[str(counted.street[k]) for k in at],
        observed=observed,
        modelled=modelled,
        model=score(modelled, observed),
        guess=replace(score(naive(observed), observed), correlation=np.nan),  # -1 by construction: says nothing
        by_class=score(
            naive_by_class(observed, counted.street[at], city.table("links")["road_class"][rows[counted.link[at]]]),
            observed,
        ),
        calibrated=posterior is not None,
        doubts=doubts,
        sound=score(modelled[firm], observed[firm]),
    )


def _match_notes(city: City, sites: pd.DataFrame | None) -> dict[str, str]:
    """How each site was joined."""
    frame = city.table("count_sites").frame() if sites is None else sites
    return {str(i): n for i, n in zip(frame["site_id"], frame["match_note"], strict=True) if isinstance(n, str)}


def _for_profile(city: City, counted: Counted, own: bool) -> Counted:
    """Counts that the profile is taken from: the city's own; none where it has none."""
    if own:
        return counted
    if "counts" in city.tables and city.tables["counts"].rows:
        return collect(city, *own_counts(city))
    return counted.take(np.zeros(len(counted.site), dtype=bool))


def _numbers(row: FloatArray) -> list[float | None]:
    return [round(float(x), 1) if np.isfinite(x) else None for x in row]
