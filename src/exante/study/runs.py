"""Run folders read back: what a forecast said, draw by draw."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exante.quantities.errors import UserError

FloatArray = NDArray[np.float64]

#: Files without which a folder is not a run.
NEEDED = ("forecast.json", "indicators.parquet", "policy.toml")


@dataclass(frozen=True)
class Run:
    """A forecast as its folder keeps it.

    Attributes
    ----------
    folder : Path
    document : dict
        `forecast.json`.
    baseline, policy : mapping of str to ndarray, shape (draw,)
        Level of every indicator, in draw order.
    parts : tuple of str
        Hashes of the policy documents that were applied together.
    """

    folder: Path
    document: dict[str, Any]
    baseline: Mapping[str, FloatArray]
    policy: Mapping[str, FloatArray]
    parts: tuple[str, ...]

    @property
    def title(self) -> str:
        """Title of the policy."""
        return str(self.document["policy"]["title"])

    @property
    def city(self) -> str:
        """Title of the city."""
        return str(self.document["city"]["title"])

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.document["draws"])

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """What the forecast says of each indicator, by name."""
        return {row["name"]: row for row in self.document["indicators"]}

    def change(self, name: str) -> FloatArray:
        """Policy less baseline of an indicator, shape (draw,)."""
        return self.policy[name] - self.baseline[name]


def read_run(folder: str | Path) -> Run:
    """Read a run folder.

    Raises
    ------
    UserError
        If the folder is no run, or its files do not fit each other.
    """
    from exante.policy.reading import read_text

    path = Path(folder)
    missing = [name for name in NEEDED if not (path / name).is_file()]
    if missing:
        what = f"has no {' and no '.join(missing)}" if path.is_dir() else "is not a folder"
        raise UserError(
            f"{path} {what}", where="run", remedy="Name a folder that `exante forecast` wrote, e.g. runs/NAME"
        )
    try:
        document = json.loads((path / "forecast.json").read_text(encoding="utf-8"))
        frame = pq.read_table(path / "indicators.parquet").to_pandas().sort_values("draw")
        policy = read_text((path / "policy.toml").read_text(encoding="utf-8"), str(path / "policy.toml"))
        levels = {s: frame[frame["scenario"] == s] for s in ("baseline", "policy")}
        names = [row["name"] for row in document["indicators"]]
        values = {s: {n: part[n].to_numpy(dtype=np.float64) for n in names} for s, part in levels.items()}
        draws = int(document["draws"])
    except (KeyError, ValueError, TypeError, pa.ArrowException, OSError) as error:
        raise UserError(
            f"{path} cannot be read as a run ({type(error).__name__}: {error})",
            where=str(path),
            remedy="Forecast again, or name another run",
        ) from error
    if any(len(v) != draws for part in values.values() for v in part.values()):
        raise UserError(
            f"{path}: indicators.parquet does not hold the {draws} draws of forecast.json",
            where=str(path / "indicators.parquet"),
            remedy="Forecast again: a run folder is never edited",
        )
    return Run(path, document, values["baseline"], values["policy"], tuple(p.sha256 for p in policy.parts))
