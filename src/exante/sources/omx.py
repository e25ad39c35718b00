"""OMX: open matrix files (HDF5) of trips and skims. Needs the ``sources`` extra (openmatrix)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.kernels.graph import list_faults
from exante.quantities.errors import INSTALL_SOURCES, SourceError

FloatArray = NDArray[np.float64]


def read_matrix(
    path: str | os.PathLike[str],
    name: str | None = None,
    *,
    n_zones: int | None = None,
    mapping: str | None = None,
    zones: Sequence[object] | None = None,
) -> FloatArray:
    """One square matrix of an OMX file.

    Parameters
    ----------
    path : path
    name : str, optional
        Matrix in the file; may be left out where there is only one.
    n_zones : int, optional
        Size that the matrix must have.
    mapping : str, optional
        Zone mapping of the file that must name the zones as in `zones`; default: the only one, if there is.
    zones : sequence, optional
        Names of the zones in the order wanted; default: 1, 2, … without gaps.

    Raises
    ------
    SourceError
        Where the file or matrix is missing, has another size, or holds negative or missing values.
    """
    source = Path(path)
    with _open(source, "r") as file:
        names = file.list_matrices()
        if (name or (names[0] if len(names) == 1 else None)) not in names:
            raise SourceError(
                f"The file holds the matrices {', '.join(names) or 'none'}",
                where=str(source),
                remedy="Name one of them",
            )
        try:
            matrix = np.asarray(file[name or names[0]], float)
            mappings = file.list_mappings()
            chosen = mapping or (mappings[0] if len(mappings) == 1 else None)
            found = [str(zone) for zone in file.mapping(chosen)] if chosen is not None else None
        except Exception as error:  # the HDF5 layers raise several kinds
            raise SourceError(f"The file cannot be read: {error}", where=str(source)) from error
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or n_zones not in (None, len(matrix)):
        wanted = f"{n_zones} zones" if n_zones else "a square"
        raise SourceError(f"The matrix is {matrix.shape}, not {wanted}", where=str(source))
    if not (np.isfinite(matrix) & (matrix >= 0)).all():
        raise SourceError(
            list_faults("The matrix has negative or missing values in row and column", _places(matrix)),
            where=str(source),
            remedy="Write 0 where no trips are made, and correct the values below 0",
        )
    if found is None:
        return matrix
    wanted_names = [str(zone) for zone in zones] if zones is not None else [str(k + 1) for k in range(len(matrix))]
    if len(set(found)) < len(found) or set(found) != set(wanted_names):
        unknown = sorted(set(found) - set(wanted_names))
        missing = sorted(set(wanted_names) - set(found))
        told = [list_faults(what, names) for what, names in (("unknown", unknown), ("missing", missing)) if names]
        raise SourceError(
            f"Mapping {chosen!r} does not name the network's {len(wanted_names)} zones once each: "
            + ("; ".join(told) or "some are named twice"),
            where=str(source),
            remedy="Name the zones of the matrix as in the network",
        )
    place = {name: k for k, name in enumerate(found)}
    order = np.array([place[name] for name in wanted_names])
    return matrix[np.ix_(order, order)]


def _places(matrix: FloatArray) -> list[str]:
    bad = np.argwhere(~(np.isfinite(matrix) & (matrix >= 0)))
    return [f"{i + 1}/{j + 1}" for i, j in bad.tolist()]


def write_matrices(path: str | os.PathLike[str], matrices: Mapping[str, FloatArray]) -> None:
    """Write square matrices with the mapping ``zone`` (1, 2, …); the file appears whole or not at all."""
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _open(partial, "w") as file:
            size = 0
            for name, matrix in matrices.items():
                file[name] = np.asarray(matrix, float)
                size = len(matrix)
            file.create_mapping("zone", np.arange(1, size + 1))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _open(path: Path, mode: str) -> Any:
    try:
        import openmatrix
    except ImportError as error:
        raise SourceError("OMX files need the package openmatrix", where=str(path), remedy=INSTALL_SOURCES) from error
    if mode == "r" and not path.is_file():
        raise SourceError("The file does not exist", where=str(path), remedy="Check the path")
    try:
        return openmatrix.open_file(str(path), mode)
    except Exception as error:  # the HDF5 layers raise several kinds
        raise SourceError(f"The file is not an OMX file: {error}", where=str(path)) from error
