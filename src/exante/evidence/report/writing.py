"""Pages written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_page(path: Path, text: str) -> Path:
    """Write a page, replacing it as a whole if it exists.

    Returns
    -------
    Path
        The file.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
