"""Downloads into the user's cache: resumable, checksummed, never half there.

A file arrives under the temporary name `NAME.part` and is renamed when it is whole; a broken download goes on
from where it stopped if the server allows ranges and the file has not changed meanwhile (`If-Range`). Beside
every file lies `NAME.sha256` with its hash and address, so that a damaged cache is noticed.
"""

from __future__ import annotations

import hashlib
import http
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from exante.quantities.errors import SourceError

AGENT = "exante/0.1 (urban digital twin; one request at a time)"
TIMEOUT = 30.0  # s without a byte
BLOCK = 1 << 16

Progress = Callable[[str, int, int], None]


def download(address: str, target: Path, *, sha256: str = "", progress: Progress | None = None) -> Path:
    """The file at `address`, from the cache if it is there and undamaged.

    Parameters
    ----------
    address : str
        `http` or `https` address.
    target : Path
        Where the file is kept.
    sha256 : str, optional
        Hash the file must have.
    progress : callable, optional
        Called with the name, the bytes so far and all bytes (0 if unknown).

    Raises
    ------
    SourceError
        If the address is of another kind, the server refuses, the line breaks, or the hash differs.
    """
    if not address.startswith(("https://", "http://")):
        raise SourceError(f"'{address}' is no http or https address", remedy="Correct it in the city's document")
    note = target.with_name(target.name + ".sha256")
    if target.exists() and note.exists():
        found = _hash(target)
        if found == note.read_text(encoding="utf-8").split()[0] and sha256 in ("", found):
            return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part, tag = target.with_name(target.name + ".part"), target.with_name(target.name + ".tag")
    try:
        try:
            _fetch(address, part, tag, target.name, progress)
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
            part.unlink()
            _fetch(address, part, tag, target.name, progress)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        kept = part.stat().st_size if part.exists() else 0
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise SourceError(
            f"{target.name} could not be downloaded ({reason})",
            where=address,
            remedy=f"Run the command again ({kept} bytes are kept), or give the files with --mirror DIR",
        ) from error
    found = _hash(part)
    if sha256 and found != sha256:
        part.unlink()
        tag.unlink(missing_ok=True)
        raise SourceError(
            f"{target.name} is not the expected file: sha256 {found}, expected {sha256}",
            where=address,
            remedy="The publisher changed it: check it and update the city's document",
        )
    os.replace(part, target)
    tag.unlink(missing_ok=True)
    note.write_text(f"{found}  {address}\n", encoding="utf-8")
    return target


def _fetch(address: str, part: Path, tag: Path, name: str, progress: Progress | None) -> None:
    have = part.stat().st_size if part.exists() and tag.exists() else 0
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag.read_text(encoding="utf-8")}
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        goes_on = answer.status == 206
        have = have if goes_on else 0
        rest = int(answer.headers.get("Content-Length") or 0)
        whole = have + rest if rest else 0
        mark = answer.headers.get("ETag") or ""
        if not mark or mark.startswith("W/"):  # a weak tag cannot stand in If-Range (RFC 9110, 13.1.5)
            mark = answer.headers.get("Last-Modified") or ""
        if mark:
            tag.write_text(mark, encoding="utf-8")
        else:
            tag.unlink(missing_ok=True)
        with part.open("ab" if goes_on else "wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
                have += len(block)
                if progress:
                    progress(name, have, whole)
    if whole and have != whole:
        raise OSError(f"{have} of {whole} bytes came")


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
