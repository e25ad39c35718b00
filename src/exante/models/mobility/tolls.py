"""Charges on links, as two kinds of car see them: those that pay and those that do not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.bans import OTHERS
from exante.models.mobility.network import Network
from exante.models.mobility.periods import STANDS_FOR, charged_share
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
    others : dict of str to ndarray, shape (periods, graph links)
        EUR that the mean vehicle of another class (motorcycle, van, truck) pays on each link in each modelled hour.
    """

    amount: FloatArray
    paying: float
    charged: FloatArray
    others: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether any car pays anything in a modelled hour."""
        return bool(self.amount.any() and self.paying > 0 and self.charged.any())


def read_tolls(inputs: Inputs, network: Network) -> Tolls:
    """Charges by link.

    Charges on cars with different exempt shares or hours are brought to one share of payers and one set of hours by
    scaling their amounts, so that the mean charge of each link is kept. Other vehicles pay what their rows say where
    their routes lead; their number and routes do not answer.
    """
    n_links = network.graph.n_links
    vehicle = inputs["tolls.vehicle_class"].astype(str)
    place = {link: k for k, link in enumerate(inputs["links.link_id"][network.streets].tolist())}
    others = {}
    for name in OTHERS:
        links, amount, pays, hours = _rows(inputs, vehicle == name, place)
        paid = np.zeros((len(STANDS_FOR), n_links))
        np.add.at(paid.T, links, (amount * pays)[:, None] * hours)
        if paid.any():
            others[name] = paid
    none = Tolls(np.zeros(n_links), 0.0, np.zeros(len(STANDS_FOR)), others)
    links, amount, pays, hours = _rows(inputs, vehicle == "car", place)
    if not len(links):
        return none
    most = float(pays.max())
    charged = hours.max(axis=0)
    if most == 0.0 or charged.max() == 0.0:
        return none
    per_link = np.zeros(n_links)
    level = hours.sum(axis=1) / charged.sum()
    np.add.at(per_link, links, amount * pays / most * level)
    return Tolls(per_link, most, charged, others)


def _rows(
    inputs: Inputs, held: NDArray[np.bool_], place: dict[str, int]
) -> tuple[NDArray[np.int64], FloatArray, FloatArray, FloatArray]:
    """Links, amounts, paying shares and hours (rows, periods) of the charges `held`."""
    links = np.array([place.get(link, -1) for link in inputs["tolls.link_id"][held].tolist()], dtype=np.int64)
    if (links < 0).any():
        lost = inputs["tolls.link_id"][held][int(np.flatnonzero(links < 0)[0])]
        raise NetworkError(
            f"a charge is levied on link '{lost}', which is not open to cars",
            where="tolls.link_id",
            remedy="Charge links of the car network",
        )
    spans = zip(inputs["tolls.start_hour"][held].tolist(), inputs["tolls.end_hour"][held].tolist(), strict=True)
    known = {span: charged_share(*span) for span in set(spans)}
    spans = zip(inputs["tolls.start_hour"][held].tolist(), inputs["tolls.end_hour"][held].tolist(), strict=True)
    hours = np.array([known[span] for span in spans]).reshape(len(links), len(STANDS_FOR))
    return links, inputs["tolls.amount"][held], 1.0 - inputs["tolls.exempt_share"][held], hours
