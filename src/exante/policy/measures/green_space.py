"""`green_space`: a park, and trees along the streets."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field, model_validator

from exante.city import Add, Append, City
from exante.policy.document import fault
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.settle import is_nothing, number_in_words
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.distributions import Distribution

NOTHING = Uncertain(Distribution("value", (0.0,)), "1", "1")
LIFETIME = 30.0

Area = Annotated[Uncertain, Wanted("area", "m^2", 1, 1e8, '{ value = 4, unit = "hectare" }')]
Trees = Annotated[Uncertain, Wanted("number of trees", "1", 0, 1e6, "500")]
Price = Annotated[Uncertain, Wanted("price", "EUR", 0, 1e10, '{ value = 4e6, unit = "EUR" }')]
Yearly = Annotated[Uncertain, Wanted("price a year", "EUR/year", 0, 1e10, '{ value = 1e5, unit = "EUR/year" }')]


class GreenSpace(Measure):
    """A park in an area, trees along its streets, or both.

    Parameters
    ----------
    where : Around
        The area. A park without `area` is the whole of it.
    park : bool
        Whether there is a park; true by default.
    area : area
        Of the park: a disc about the middle of `where`.
    trees : number
        Trees planted along the walkable streets of `where`, evenly by length.
    price, yearly : money, money a year
        To make and to keep; nothing is stated where they are left out.
    payer : str
        Who pays.
    """

    kind: Literal["green_space"] = "green_space"
    where: Around
    park: bool = True
    area: Area | None = None
    trees: Trees = Field(default=NOTHING)
    price: Price | None = None
    yearly: Yearly | None = None
    payer: Payer = "city"

    @model_validator(mode="after")
    def _something(self) -> GreenSpace:
        if not self.park and (self.area is not None or is_nothing(self.trees)):
            raise fault("there is neither a park nor a tree", "Write trees = 500 without area, or leave out park")
        return self

    def shape(self, city: City) -> shapely.Geometry:
        """Outline of the park, CRS of the city."""
        area = self.where.area(city)
        if self.area is None:
            return area
        circle = shapely.point_on_surface(area).buffer(np.sqrt(self.area.value / np.pi), quad_segs=32)
        middle, size = circle.centroid, np.sqrt(self.area.value / circle.area)
        return shapely.transform(circle, lambda xy: (xy - [middle.x, middle.y]) * size + [middle.x, middle.y])

    def edits(self, city: City) -> list[Change]:
        """The park as a place, green of zones, and trees of zones and streets, those that the city knows."""
        return [*self._park(city), *self._planted(city)]

    def _park(self, city: City) -> list[Change]:
        if not self.park:
            return []
        edits, shape, why = list[Change](), self.shape(city), self.label()
        zones, middle = city.table("zones"), shapely.point_on_surface(shape)
        held = shapely.area(shapely.intersection(zones["geometry"], shape))
        home = np.flatnonzero(shapely.intersects(zones["geometry"], middle))
        if "places" in city.tables and (city.column("places.kind") == "park").any():
            rows = {
                "place_id": [f"new park {middle.x:.0f} {middle.y:.0f}"],
                "kind": ["park"],
                "name": ["New park"],
                "area": [float(shape.area)],
                "zone_id": [zones["zone_id"][home[0]] if home.size else None],
                "geometry": np.array([shape], dtype=object),
            }
            edits.append(Append("places", rows, why))
        if city.has_column("zone_environment.green_area"):
            known = np.isin(zones["zone_id"].astype(str), city.column("zone_environment.zone_id").astype(str))
            hit = np.flatnonzero((held > 0) & known)
            if hit.size:
                edits.append(Add("zone_environment", "green_area", zones["zone_id"][hit], held[hit], why))
        return edits

    def _planted(self, city: City) -> list[Change]:
        if self.trees.value <= 0 or not city.has_column("links.trees"):
            return []
        links, shape = city.table("links"), self.where.area(city)
        middles = shapely.line_interpolate_point(links["geometry"], 0.5, normalized=True)
        foot = np.array(["walk" in (uses or "").split(",") for uses in links["allowed_uses"]], dtype=bool)
        rows = np.flatnonzero(foot & shapely.contains_xy(shape, shapely.get_x(middles), shapely.get_y(middles)))
        if not rows.size:
            return []
        ends = np.sort(np.stack([links["from_node_id"][rows], links["to_node_id"][rows]]).astype(str), axis=0)
        # both directions of a street see its trees: a street counts once
        _, street, twice = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
        length = links["length"][rows]
        whole = float((length / twice[street.ravel()]).sum())
        return [Add("links", "trees", links["link_id"][rows], self.trees.value * length / whole, self.label())]

    def outlays(self, city: City) -> list[Outlay]:  # noqa: ARG002
        """What the document states."""
        capital = self.price.value if self.price else 0.0
        yearly = self.yearly.value if self.yearly else 0.0
        return [Outlay("green", self.payer, capital, yearly, LIFETIME)] if capital + yearly > 0 else []

    def label(self) -> str:
        """What, where."""
        parts = [f"A new park of {self.area.in_words()}" if self.area else "A new park"] if self.park else []
        if not is_nothing(self.trees):
            parts.append(f"{number_in_words(self.trees)} street trees")
        return f"{' and '.join(parts)} in {self.where.in_words()}"

    def describe(self) -> str:
        """What, where."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """Area, trees, and what the city does not know."""
        lines = []
        if self.park:
            lines.append(f"{self.shape(city).area / 1e4:,.2g} ha of park.")
            if not any(isinstance(edit, Append) for edit in self._park(city)):
                lines.append(f"Note: {city.title} has no data on its parks: who lives near one is not told.")
        if self.trees.value > 0:
            if not city.has_column("links.trees"):
                lines.append(f"Note: {city.title} has no tree register: trees change nothing that is told.")
            elif not self._planted(city):
                lines.append("Note: no street to walk on lies there: no tree is planted.")
        return lines
