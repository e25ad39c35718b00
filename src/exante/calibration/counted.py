"""Counts as they are compared: the mean profile of Tuesdays to Thursdays, by site and by regime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.city.city import City
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Tuesday, Wednesday, Thursday, Monday being 0.
MIDWEEK = (1, 2, 3)
#: A city's own counts are used from so many days before its date on: older ones counted another city.
RECENT = 365
#: A day on which the median site counts less than this share of its usual flow is no ordinary working day.
ORDINARY = 0.8
#: Fewest sites from which a day can be called out of the ordinary.
FEWEST_SITES = 5


@dataclass(frozen=True)
class Counted:
    """Mean midweek profiles, a row for each site and regime.

    Attributes
    ----------
    site, street : ndarray of str, shape (rows,)
    link : ndarray of int, shape (rows,)
        Place in `links`.
    regime : ndarray of int, shape (rows,)
        Place in `regimes`.
    days : ndarray of int, shape (rows,)
    flow : ndarray, shape (rows, hours)
        vehicle/hour, missing where never counted.
    links : tuple of str
        Counted links.
    regimes : tuple of datetime.date
        A day of each regime.
    unmatched : list of dict
        Sites without a link, or without an ordinary midweek day, and why.
    notes : list of str
        What was left out.
    """

    site: np.ndarray
    street: np.ndarray
    link: NDArray[np.int64]
    regime: NDArray[np.int64]
    days: NDArray[np.int64]
    flow: FloatArray
    links: tuple[str, ...]
    regimes: tuple[dt.date, ...]
    unmatched: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, rows: np.ndarray) -> Counted:
        """Only these rows (mask or places)."""
        named = ("site", "street", "link", "regime", "days", "flow")
        return replace(self, **{name: getattr(self, name)[rows] for name in named})


def own_counts(city: City) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The city's own sites and recent counts.

    Raises
    ------
    MissingLayerError
        If the city has none.
    """
    for name in ("count_sites", "counts"):
        if name not in city.tables or city.tables[name].rows == 0:
            raise MissingLayerError(
                f"city '{city.name}' has no traffic counts",
                where=f"table {name}",
                remedy="Build the city from a source that counts traffic, or name a file of sites with --sites",
            )
    sites = city.table("count_sites").frame()
    counts = city.table("counts").frame()
    since = (city.as_of - dt.timedelta(days=RECENT)).isoformat()
    return sites, counts[counts["date"] >= since].reset_index(drop=True)


def regime_days(city: City, dates: Sequence[dt.date]) -> list[dt.date]:
    """For each date a day of its regime: the last change of the rules until then, or the city's own date."""
    changes = [city.as_of]
    for document in city.history:
        changes += [document[key] for key in ("starts", "ends") if isinstance(document.get(key), dt.date)]
    known = sorted(day for day in set(changes) if day >= city.as_of)
    return [max((day for day in known if day <= date), default=city.as_of) for date in dates]


def collect(city: City, sites: pd.DataFrame, counts: pd.DataFrame, before: dt.date | None = None) -> Counted:
    """Mean midweek profile of every site under every regime.

    Parameters
    ----------
    city : City
        Its history gives the regimes.
    sites : DataFrame
        `site_id, link_id, name, match_note`.
    counts : DataFrame
        `site_id, date, hour, flow`.
    before : datetime.date, optional
        Only counts from before this day.
    """
    notes: list[str] = []
    day = pd.to_datetime(counts["date"])
    keep = np.isin([d.weekday() for d in day], MIDWEEK)
    if before is not None:
        keep = keep & (day < pd.Timestamp(before)).to_numpy()
    used = _ordinary(counts[keep], notes)
    dates = sorted(set(used["date"]))
    regime_of = dict(zip(dates, regime_days(city, [dt.date.fromisoformat(d) for d in dates]), strict=True))
    regimes = tuple(sorted(set(regime_of.values()))) or (city.as_of,)
    used = used.assign(regime=[regimes.index(regime_of[d]) for d in used["date"]])
    known = sites.set_index("site_id")
    joined = known[known["link_id"].notna()]
    unmatched = [
        {"id": str(i), "street": _text(row["name"]), "reason": _text(row["match_note"])}
        for i, row in known[known["link_id"].isna()].iterrows()
    ]
    silent = sorted(set(joined.index) - set(used["site_id"]))
    unmatched += [
        {"id": str(i), "street": _text(joined.loc[i, "name"]), "reason": "no ordinary Tuesday to Thursday was counted"}
        for i in silent
    ]
    used = used[used["site_id"].isin(joined.index)]
    mean = used.pivot_table(index=["site_id", "regime"], columns="hour", values="flow", aggfunc="mean")
    mean = mean.reindex(columns=range(24))
    days = used.groupby(["site_id", "regime"])["date"].nunique().reindex(mean.index)
    site = mean.index.get_level_values(0).to_numpy(dtype=object)
    links = tuple(sorted(set(joined.loc[site, "link_id"].tolist())))
    place = {link: k for k, link in enumerate(links)}
    return Counted(
        site=site,
        street=np.array([_text(joined.loc[s, "name"]).casefold() or str(s) for s in site], dtype=object),
        link=np.array([place[joined.loc[s, "link_id"]] for s in site], dtype=np.int64),
        regime=mean.index.get_level_values(1).to_numpy(dtype=np.int64),
        days=days.to_numpy(dtype=np.int64),
        flow=mean.to_numpy(dtype=float),
        links=links,
        regimes=regimes,
        unmatched=unmatched,
        notes=notes,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ordinary(counts: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Counts without holidays: days on which the median site counts far less than it usually does."""
    if counts.empty:
        return counts
    daily = counts.groupby(["site_id", "date"])["flow"].mean()
    usual = daily.groupby("site_id").transform("median")
    ratio = (daily / usual.where(usual > 0)).groupby("date").agg(["median", "count"])
    odd = ratio.index[(ratio["median"] < ORDINARY) & (ratio["count"] >= FEWEST_SITES)]
    if len(odd):
        notes.append(
            f"{len(odd)} midweek days on which the median site counted less than {ORDINARY:.0%} of its usual flow "
            f"are left out: {', '.join(odd)}"
        )
    return counts[~counts["date"].isin(odd)]
