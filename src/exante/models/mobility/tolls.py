"""Charges on links, as two kinds of car see them: those that pay and those that do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.network import Network
from exante.models.mobility.periods import charged_share
from exante.quantities.declarations import Inputs
from exante.quantities.errors import NetworkError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Tolls:
    """Charges for cars in the modelled hours.

    Attributes
    ----------
    amount : ndarray, shape (graph links,)
        EUR that a paying car pays in charged hours.
    paying : float
        Share of cars that pay when the charge is levied.
    charged : ndarray, shape (periods,)
        Share of each period's traffic that travels in charged hours.
    """

    amount: FloatArray
    paying: float
    charged: FloatArray

    @property
    def any(self) -> bool:
        """Whether any car pays anything in a modelled hour."""
        return bool(self.amount.any() and self.paying > 0 and self.charged.any())


def read_tolls(inputs: Inputs, network: Network) -> Tolls:
    """Charges for cars by link; charges of other vehicles are not in this version.

    Charges with different exempt shares or hours are brought to one share of payers and one set of hours by
    scaling their amounts, so that the mean charge of each link is kept.
    """
    none = Tolls(np.zeros(network.graph.n_links), 0.0, np.zeros(2))
    car = inputs["tolls.vehicle_class"].astype(str) == "car"
    if not car.any():
        return none
    place = {link: k for k, link in enumerate(inputs["links.link_id"][network.streets].tolist())}
    links = [place.get(link, -1) for link in inputs["tolls.link_id"][car].tolist()]
    if min(links) < 0:
        lost = inputs["tolls.link_id"][car][links.index(-1)]
        raise NetworkError(
            f"a charge is levied on link '{lost}', which is not open to cars",
            where="tolls.link_id",
            remedy="Charge links of the car network",
        )
    amount = inputs["tolls.amount"][car]
    pays = 1.0 - inputs["tolls.exempt_share"][car]
    hours = np.array(
        [
            charged_share(start, end)
            for start, end in zip(inputs["tolls.start_hour"][car], inputs["tolls.end_hour"][car], strict=True)
        ]
    )
    most = float(pays.max())
    charged = hours.max(axis=0)
    if most == 0.0 or charged.max() == 0.0:
        return none
    per_link = np.zeros(network.graph.n_links)
    level = hours.sum(axis=1) / charged.sum()
    np.add.at(per_link, links, amount * pays / most * level)
    return Tolls(per_link, most, charged)
