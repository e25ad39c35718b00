"""What every measure can do."""

from __future__ import annotations

from abc import abstractmethod

from exante.city import Add, Append, City, Edit, Scale
from exante.policy.document import Part
from exante.policy.outlays import Outlay

Change = Edit | Append | Scale | Add


class Measure(Part):
    """A measure of a policy: it edits tables and rules of a city, nothing else.

    Every measure has a `kind`, by which documents name it.
    """

    kind: str

    @abstractmethod
    def edits(self, city: City) -> list[Change]:
        """What the measure changes on this city; empty where it changes nothing.

        Raises
        ------
        PolicyError
            If the measure does not fit the city.
        """

    @abstractmethod
    def describe(self) -> str:
        """What the measure does, in one plain sentence."""

    @abstractmethod
    def describe_on(self, city: City) -> list[str]:
        """What changes on this city, with numbers; notes that a reader has to know last."""

    def outlays(self, city: City) -> list[Outlay]:  # noqa: ARG002
        """What the measure costs whom on this city, every number known; empty where nothing is stated.

        Raises
        ------
        PolicyError
            As `edits`.
        """
        return []

    def label(self) -> str:
        """The measure in a few words, for errors."""
        return self.describe().split(";")[0].rstrip(".")

    def agrees_with(self, other: Measure) -> bool:
        """Whether differences between the two measures' values come from their draws alone."""
        return self == other

    def apply(self, city: City) -> City:
        """Another city, in which the measure is in force."""
        return city.edit(self.edits(city))
