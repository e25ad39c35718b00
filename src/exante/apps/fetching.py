"""Progress of downloads on standard error: name, size, speed and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from exante.apps.console import err, notice
from exante.quantities.errors import StoppedError


@contextmanager
def download_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a file with the time left; gives `progress(name, bytes so far, all bytes)`. Stopping keeps what came."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        tasks = {}

        def tell(name: str, done: int, whole: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
                if not err.is_terminal:
                    notice(f"Fetching {name}{f' ({whole / 1e6:.1f} MB)' if whole else ''}")
            bar.update(tasks[name], completed=done, total=whole or None)

        try:
            yield tell
        except KeyboardInterrupt:
            raise StoppedError("Stopped; the next run goes on with what came") from None
