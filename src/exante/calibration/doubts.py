"""Sites whose counts may not be all the traffic of their link, told by the counts alone: no model is looked at.

Doubtful sites stay in every score; a second score is given without them.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.calibration.counted import Counted
from exante.calibration.scores import by_site
from exante.city.city import City

FloatArray = NDArray[np.float64]

#: Fewer midweek days than this are no mean.
FEWEST_DAYS = 3
#: Loops of one street and direction within so many metres of each other count much the same traffic.
REACH = 800.0
TURN = 50.0  # degrees
#: A site that counts less than this share of the median of its neighbours is doubted: loops miss lanes and invent none.
SHARE = 1.0 / 3.0
#: Fewest neighbours that can doubt a site.
NEIGHBOURS = 2
#: A day whose hours correlate less than this with those of all sites is none of traffic.
LIKENESS = 0.7
#: What `sources.loops` writes of loops that share a link and disagree.
DISAGREES = "disagrees with"


def find_doubts(city: City, counted: Counted, notes: dict[str, str] | None = None) -> dict[str, str]:
    """Doubtful sites and why.

    Parameters
    ----------
    city : City
        Its links tell place and direction.
    counted : Counted
    notes : dict, optional
        How each site was joined (`match_note`).

    Returns
    -------
    dict of str to str
        By site, in the order of the sites.
    """
    ids, profile = by_site(counted, counted.flow)
    if not ids:
        return {}
    first = {site: k for k, site in reversed(list(enumerate(counted.site.tolist())))}
    at = np.array([first[site] for site in ids])
    days = np.array([int(counted.days[counted.site == site].sum()) for site in ids])
    with np.errstate(invalid="ignore"):
        mean = np.nanmean(profile, axis=1)
    reasons: dict[str, list[str]] = {str(site): [] for site in ids}
    alike = _likeness(profile)
    beside = _neighbours(city, counted, at)
    for k, site in enumerate(ids):
        told = reasons[str(site)]
        if days[k] < FEWEST_DAYS:
            told.append(f"counted on {days[k]} ordinary midweek days")
        others = np.flatnonzero(beside[k])
        if len(others) >= NEIGHBOURS:
            usual = float(np.median(mean[others]))
            if mean[k] < SHARE * usual:
                told.append(
                    f"counts {mean[k]:.0f} an hour where {len(others)} other loops of its street and direction within "
                    f"{REACH:g} m count {usual:.0f}: it may not count all lanes"
                )
        if alike[k] < LIKENESS:
            told.append(f"its hours correlate by {alike[k]:.2f} with those of all sites")
        note = (notes or {}).get(str(site), "")
        if DISAGREES in note:
            told.append(note[note.index(DISAGREES) :])
    return {site: "; ".join(told) for site, told in reasons.items() if told}


def _likeness(profile: FloatArray) -> FloatArray:
    """Correlation of each day with the sum of the others, shape (sites,); one where it cannot be told."""
    full = np.isfinite(profile).all(axis=1)
    result = np.ones(len(profile))
    total = profile[full].sum(axis=0) if full.any() else np.zeros(profile.shape[1])
    for k in np.flatnonzero(full):
        rest = total - profile[k]
        if np.ptp(rest) > 0:
            result[k] = np.corrcoef(profile[k], rest)[0, 1] if np.ptp(profile[k]) > 0 else 0.0
    return result


def _neighbours(city: City, counted: Counted, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether two sites count the same street and direction near each other, on different links."""
    links = city.table("links")
    lines = links["geometry"][links.positions(np.array(counted.links, dtype=object)[counted.link[at]])]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    ends = [shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)]
    bearing = np.degrees(np.arctan2(*(ends[1] - ends[0]).T))
    away = np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1))
    turn = np.abs((bearing[:, None] - bearing[None] + 180.0) % 360.0 - 180.0)
    street = counted.street[at]
    same = street[:, None] == street[None]
    other = counted.link[at][:, None] != counted.link[at][None]
    return np.asarray(same & other & (away <= REACH) & (turn <= TURN), dtype=bool)
