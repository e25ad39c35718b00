"""The data quality of a city, as its build recorded it in the table `quality`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exante.city.table import Table

#: Losses: rows of these kinds were read and not kept.
LOSSES = {
    "gap": "blank where a value was due",
    "stuck": "a sensor that repeats one number, or says nothing by day",
    "outlier": "impossible or beyond the stated limit",
    "duplicate": "stands more than once",
    "unmatched": "finds no street, stop, zone or sensor",
    "left_out": "outside the city or of no use here, as stated",
}
#: Remarks on rows that were kept.
MARKS = {
    "mended": "kept after a stated repair",
    "rule": "kept, a value filled by a documented rule",
    "assumed": "kept, a value assumed",
}
KINDS = ("read", *LOSSES, "kept", *MARKS)


@dataclass
class Account:
    """What became of the rows of one item of a source, or of one subject in it.

    Parameters
    ----------
    layer, source, item, subject : str
        As in the table `quality`.
    rows : dict of str to int
        By kind.
    remarks : list of str
        Reasons, each once.
    """

    layer: str
    source: str
    item: str
    subject: str
    rows: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows read."""
        return self.rows.get("read", 0)

    @property
    def kept(self) -> int:
        """Rows kept."""
        return self.rows.get("kept", 0)

    @property
    def missing(self) -> int:
        """Rows read that are neither kept nor told of; zero where nothing vanished."""
        return self.read - self.kept - sum(self.rows.get(kind, 0) for kind in LOSSES)


def list_accounts(table: Table) -> list[Account]:
    """An account for every layer, source, item and subject of the table `quality`."""
    found: dict[tuple[str, str, str, str], Account] = {}
    columns = ("layer", "source", "item", "subject", "kind", "rows", "remark")
    for row in zip(*(table[name].tolist() for name in columns), strict=True):
        key = (row[0], row[1], row[2], row[3] or "")
        account = found.setdefault(key, Account(*key))
        account.rows[row[4]] = account.rows.get(row[4], 0) + round(row[5])
        told = f"{row[4].replace('_', ' ')}: {row[6]} ({round(row[5]):,})" if row[6] else ""
        if told and told not in account.remarks:
            account.remarks.append(told)
    return list(found.values())


def sum_accounts(accounts: list[Account]) -> list[Account]:
    """Accounts of whole sources: those of their subjects added up, without remarks of single subjects."""
    found: dict[tuple[str, str, str], Account] = {}
    for account in accounts:
        key = (account.layer, account.source, account.item)
        whole = found.setdefault(key, Account(*key, subject=""))
        for kind, count in account.rows.items():
            whole.rows[kind] = whole.rows.get(kind, 0) + count
        if not account.subject:
            whole.remarks += account.remarks
    return list(found.values())


def list_unbalanced(table: Table) -> Iterator[Account]:
    """Accounts in which rows vanished, or more came out than went in."""
    return (account for account in list_accounts(table) if account.missing)
