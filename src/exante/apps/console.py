"""Consoles: results on standard output, everything else (progress, notices, errors) on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from exante.quantities.errors import StoppedError

#: Columns where nobody looks on (a pipe, a log); a terminal and COLUMNS have their own.
PIPE_COLUMNS = 110


def _width(stream: TextIO) -> int | None:
    return None if stream.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS


out = Console(highlight=False, width=_width(sys.stdout))
err = Console(stderr=True, highlight=False, width=_width(sys.stderr))


def notice(text: str) -> None:
    """Tell something that is not part of the result."""
    err.print(text, style="dim", markup=False)


def print_json(document: Any) -> None:
    """Write one JSON document, and nothing else, to standard output."""
    out.file.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    out.file.flush()


@contextmanager
def progress_bar(what: str) -> Iterator[Any]:
    """A bar with the time left on standard error; gives a callback `progress(done, total, label)`."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, label: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{what}: {label}")

        try:
            yield tell
        except KeyboardInterrupt:
            raise StoppedError("Stopped; nothing was written") from None
