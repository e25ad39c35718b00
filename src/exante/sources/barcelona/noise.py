"""People exposed to noise by barri, source and period (strategic noise map of Barcelona) to `noise_exposure`.

Format: long, `Concepte` = source and period (`TRANSIT_DEN`), `Rang_soroll` = class of 5 dB, `Valor` = share of the
barri's residents with a percent sign. Traps: the lowest and highest classes are open (`<40 dB`, `>=80 dB`); not every
source has every period (leisure at night only); the sources do not add up to the total, which is a sum of sound, not of
people; each source and period adds up to 100 %, which is checked; these are results of a noise *model* of 2017.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.report import Report

READER = "exante.sources.barcelona.noise"
EXPECTED = ("Codi_Barri", "Nom_Barri", "Concepte", "Rang_soroll", "Valor")
SOURCES = {
    "TOTAL": "total",
    "TRANSIT": "road",
    "GI_TR": "main_roads",
    "FFCC": "rail",
    "INDUST": "industry",
    "VIANANTS": "pedestrians",
    "OCI": "leisure",
    "PATIS": "courtyards",
    "PARCS": "parks",
}
PERIODS = {"D": "day", "E": "evening", "N": "night", "DEN": "day_evening_night"}
RANGE = re.compile(r"^(?:<(?P<below>\d+)|(?P<low>\d+)-(?P<high>\d+)|>=(?P<above>\d+)) dB$")
TOLERANCE = 0.002  # of the residents; shares are printed with two digits of a percent


def read_exposure(path: Path, report: Report) -> pd.DataFrame:
    """`area_id, noise_source, noise_period, low, high, share`; the open ends are missing.

    Raises
    ------
    SourceError
        If a column is absent, a class, source or share cannot be read, or a barri's shares do not add up to one.
    """
    frame = read_text(path, EXPECTED, READER)
    parts = frame["Concepte"].str.extract(r"^(?P<source>.+)_(?P<period>D|E|N|DEN)$")
    source, period = parts["source"].map(SOURCES), parts["period"].map(PERIODS)
    limits = frame["Rang_soroll"].str.extract(RANGE)
    unread = {
        "Concepte": source.isna() | period.isna(),
        "Rang_soroll": limits.isna().all(axis=1),
        "Valor": ~frame["Valor"].str.endswith("%"),
    }
    for column, bad in unread.items():
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise SourceError(
                f"'{frame[column].iloc[row]}' is no {column} that is known",
                where=f"{path.name}, line {row + 2}",
                remedy=f"The publisher changed its words: adapt {READER}",
            )
    share = to_numbers(frame["Valor"].str.rstrip("%"), path.name, low=0.0, high=100.0) / 100.0
    limits = limits.astype(float)
    table = pd.DataFrame(
        {
            "area_id": "barri-" + frame["Codi_Barri"].str.zfill(2),
            "noise_source": source,
            "noise_period": period,
            "low": limits["low"].fillna(limits["above"]),
            "high": limits["high"].fillna(limits["below"]),
            "share": share,
        }
    )
    keys = ["area_id", "noise_source", "noise_period"]
    whole = table.groupby(keys)["share"].sum()
    odd = whole[(whole - 1.0).abs() > TOLERANCE]
    if len(odd):
        raise SourceError(
            f"the shares of {' '.join(odd.index[0])} add up to {odd.iloc[0]:.2%}", where=path.name,
            remedy="Each source and period of a barri has ten classes that add up to 100 %; fetch the file again",
        )  # fmt: skip
    report.account("noise_exposure", "rows", len(table))
    report.tell(
        f"{path.name}: {len(table)} rows, {table['area_id'].nunique()} barris, "
        f"{len(table[['noise_source', 'noise_period']].drop_duplicates())} sources and periods; every one adds up to "
        "100 %, none left out"
    )
    return table.sort_values([*keys, "high"]).reset_index(drop=True)
