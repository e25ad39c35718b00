"""What became of the rows of every source: read, kept, left out and why; stored with the city as `quality`.

Every row that is read is either kept or left out for a stated reason: `read = kept + the losses`. The check of a city
adds that up, so that nothing can vanish unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exante.city import Table
from exante.city.quality import KINDS
from exante.quantities.errors import SourceError


@dataclass(frozen=True)
class Finding:
    """A number of rows of one source that shared a fate.

    Parameters
    ----------
    layer : str
        Table of the city they were read for.
    source : str
        Name of the source in the city's document.
    item : str
        What is counted, in the plural: `loop-days`, `hours`, `crashes`.
    kind : str
        One of `exante.city.quality.KINDS`.
    count : int
        How many.
    subject : str
        Sensor, feed or file they belong to; blank for the whole source.
    remark : str
        Why, in plain words.
    """

    layer: str
    source: str
    item: str
    kind: str
    count: int
    subject: str = ""
    remark: str = ""


def account(
    layer: str, source: str, item: str, read: int, *, subject: str = "", because: Iterable[tuple[str, int, str]] = ()
) -> list[Finding]:
    """Findings of one source or subject: what was read, lost and, by difference, kept.

    Parameters
    ----------
    layer, source, item, subject : str
        As in `Finding`.
    read : int
        Rows read.
    because : iterable of (kind, count, remark)
        Losses, each row once; those of nothing are left out.

    Raises
    ------
    SourceError
        If more rows were lost than read, or a kind is not known.

    Examples
    --------
    >>> [f.count for f in account("counts", "loops", "days", 10, because=[("gap", 3, "blank")])]
    [10, 3, 7]
    """
    lost = [Finding(layer, source, item, kind, count, subject, remark) for kind, count, remark in because if count]
    kept = read - sum(f.count for f in lost)
    unknown = [f.kind for f in lost if f.kind not in KINDS]
    if kept < 0 or unknown:
        raise SourceError(
            f"the account of {item} of '{source}' does not close: {read} read, {read - kept} lost",
            where=f"layer {layer}",
            remedy="This is a fault of the reader: report it",
        )
    first = Finding(layer, source, item, "read", read, subject)
    return [first, *lost, Finding(layer, source, item, "kept", kept, subject)]


def quality_table(findings: Iterable[Finding]) -> Table:
    """Table `quality` of the city, by layer, source, item and subject, each in the order of `KINDS`."""
    order = {kind: number for number, kind in enumerate(KINDS)}
    rows = sorted(findings, key=lambda f: (f.layer, f.source, f.item, f.subject, order[f.kind], f.remark))
    columns = {
        "layer": [f.layer for f in rows],
        "source": [f.source for f in rows],
        "item": [f.item for f in rows],
        "subject": [f.subject for f in rows],
        "kind": [f.kind for f in rows],
        "rows": [float(f.count) for f in rows],
        "remark": [f.remark for f in rows],
    }
    return Table("quality", columns)
