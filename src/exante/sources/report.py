"""What a reader tells of its file: lines for people, and the account of its rows for the city's table `quality`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exante.sources.quality import Finding, account


@dataclass
class Report:
    """Lines and findings of one source; a build hands in its own lists, a reader by itself needs none.

    Parameters
    ----------
    source : str
        Name of the source in the city's document.
    lines : list of str
        What was read, left out and assumed.
    findings : list of Finding
        What became of the rows.
    """

    source: str = ""
    lines: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def tell(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    def account(
        self, layer: str, item: str, read: int, because: Iterable[tuple[str, int, str]] = (), subject: str = ""
    ) -> None:
        """Add what became of `read` rows: those lost for a reason, and by difference those kept."""
        self.findings += account(layer, self.source, item, read, subject=subject, because=because)

    def of(self, source: str) -> Report:
        """The same lists for another source."""
        return Report(source, self.lines, self.findings)
