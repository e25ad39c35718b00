"""Cache of model outputs by content: what a model read decides whether it has to run.

Two keys: the *content key* covers the model's code, the columns, parameters and upstream results it reads;
the *run key* adds the run it started from, because a warm start moves an equilibrium within its gap. Equal
content keys within one paired draw mean that the policy changed nothing the model reads: the baseline's
outputs are then the policy's, to the bit.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from exante.quantities.declarations import Model, Outputs
from exante.quantities.errors import ParameterError

DEFAULT_MEGABYTES = 4096


@cache
def code_version(modules: tuple[str, ...]) -> str:
    """Hash of the source of these packages and of the vocabulary they speak."""
    digest = hashlib.sha256()
    for module in sorted({*modules, "exante.kernels", "exante.quantities"}):
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        files = sorted(origin.parent.rglob("*")) if origin.name == "__init__.py" else [origin]
        for file in files:
            if file.suffix in (".py", ".toml", ".csv"):
                digest.update(file.relative_to(origin.parent).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def content_key(model: Model, columns: Iterable[tuple[str, str]], parameters: dict[str, float]) -> str:
    """Key of what a model reads.

    Parameters
    ----------
    model : Model
        The model.
    columns : iterable of (name, hash)
        Content hash of every city column, and content key of every upstream result, that it reads.
    parameters : dict of str to float
        Its parameters in this draw.
    """
    digest = hashlib.sha256(f"{model.name}:{code_version(model.modules)}".encode())
    for name, value in sorted(columns):
        digest.update(f"|{name}={value}".encode())
    for name, number in sorted(parameters.items()):
        digest.update(f"|{name}={float(number).hex()}".encode())
    return digest.hexdigest()


def run_key(content: str, start: str) -> str:
    """Key of a run: what it read, and the run it started from."""
    return hashlib.sha256(f"{content}<{start}".encode()).hexdigest()


class OutputCache:
    """Outputs of models on disk, shared by all runs of one user; damaged entries count as absent.

    Parameters
    ----------
    folder : Path or None
        Where entries are kept; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.hits = 0
        self.misses = 0

    @classmethod
    def of_user(cls) -> OutputCache:
        """The cache in `EXANTE_CACHE`, by default the user's cache folder; `EXANTE_CACHE=off` has none."""
        told = os.environ.get("EXANTE_CACHE", "")
        if told.lower() == "off":
            return cls(None)
        base = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "exante"
        return cls(base / "outputs")

    def get(self, key: str) -> Outputs | None:
        """Outputs of the run `key`, or None."""
        if self.folder is None:
            return None
        file = self._file(key)
        try:
            with np.load(file, allow_pickle=False) as stored:
                arrays = {n[2:]: stored[n] for n in stored.files if n.startswith("a:")}
                state = {n[2:]: stored[n] for n in stored.files if n.startswith("s:")}
                told = {n[2:]: float(stored[n]) for n in stored.files if n.startswith("d:")}
            os.utime(file)
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            self.misses += 1
            return None
        self.hits += 1
        return Outputs(arrays, state or None, told)

    def put(self, key: str, outputs: Outputs) -> None:
        """Keep the outputs of the run `key`; a full disk is not an error of the forecast."""
        if self.folder is None:
            return
        named = {f"a:{n}": a for n, a in outputs.arrays.items()}
        named |= {f"s:{n}": a for n, a in (outputs.state or {}).items()}
        named |= {f"d:{n}": np.asarray(v) for n, v in outputs.diagnostics.items()}
        file = self._file(key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as handle:
                np.savez(handle, **named)  # type: ignore[arg-type]
            os.replace(handle.name, file)
        except OSError:
            Path(handle.name).unlink(missing_ok=True)

    def trim(self) -> None:
        """Remove the entries longest unused until the cache fits `EXANTE_CACHE_MB`."""
        if self.folder is None or not self.folder.exists():
            return
        limit = _megabytes() * 1_000_000
        entries = sorted(((f.stat().st_mtime, f.stat().st_size, f) for f in self.folder.rglob("*.npz")), reverse=True)
        total = 0
        for _, size, file in entries:
            total += size
            if total > limit:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.npz"


def _megabytes() -> float:
    told = os.environ.get("EXANTE_CACHE_MB", str(DEFAULT_MEGABYTES))
    try:
        return float(told)
    except ValueError:
        raise ParameterError(
            f"'{told}' is not a number of megabytes", where="EXANTE_CACHE_MB", remedy="Write a number such as 4096"
        ) from None
