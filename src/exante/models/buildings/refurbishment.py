"""What a measure makes of an element: its U-value after insulation or replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.buildings.archetypes import FloatArray
from exante.quantities.errors import ParameterError


def transmittance_after(
    original: FloatArray,
    space: FloatArray,
    measure: FloatArray,
    replaced: NDArray[np.bool_],
    share: FloatArray,
) -> FloatArray:
    """U-value of elements of which a share was insulated or replaced (TABULA).

    Parameters
    ----------
    original : ndarray, shape (N,)
        U of the construction to outdoor air, W/(m2 K), > 0.
    space : ndarray, shape (N,)
        Resistance of an unheated space behind it, m2 K/W.
    measure : ndarray, shape (N,)
        Resistance of what is added, or of the whole new element, m2 K/W; 0 for none.
    replaced : ndarray of bool, shape (N,)
        The element gives way to a new one; otherwise the measure is added to it.
    share : ndarray, shape (N,)
        Of the area, 0 to 1.

    Returns
    -------
    ndarray, shape (N,)
        share / R_after + (1 - share) / R_before, with R_before = 1 / U + R_space.

    Raises
    ------
    ParameterError
        For a U-value that is not positive, a negative resistance, or a share outside 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(1)
    >>> transmittance_after(2 * one, 0 * one, 1.5 * one, one < 0, 0.5 * one).tolist()
    [1.25]
    """
    faults = []
    if not (original > 0).all():
        faults.append("a U-value is not above 0")
    if not ((space >= 0) & (measure >= 0)).all():
        faults.append("a resistance is negative")
    if not ((share >= 0) & (share <= 1)).all():
        faults.append("a share is outside 0 to 1")
    if faults:
        raise ParameterError("; ".join(faults), where="refurbishment", remedy="Mend these inputs")
    before = 1.0 / original + space
    added = np.where(replaced & (measure > 0), space + measure, before + measure)
    return share / added + (1.0 - share) / before
