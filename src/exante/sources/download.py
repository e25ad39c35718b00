"""Downloads into the user's cache: resumable, checksummed, polite, never half there.

A file arrives under the temporary name `NAME.part` and is renamed when it is whole; a broken download goes on
from where it stopped if the server allows ranges and the file has not changed meanwhile (`If-Range`). Beside
every file lies `NAME.sha256` with its hash, its address and what the server called that version, so that a damaged
cache is noticed and a newer file can be asked for (`If-None-Match`, `If-Modified-Since`).

One connection at a time, a pause between two requests, a user agent that says who asks; servers that are busy are
asked again after longer and longer pauses, or when they say so (`Retry-After`). References: RFC 9110, sections 8.8,
10.2.3, 13 and 14.
"""

from __future__ import annotations

import hashlib
import http
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exante.quantities.errors import SourceError

AGENT = "exante/0.1 (urban digital twin; one request at a time)"
TIMEOUT = 30.0  # s without a byte
BLOCK = 1 << 16
DELAY = 1.0  # s between two requests to one server
ATTEMPTS = 4
FIRST_PAUSE = 2.0  # s before the second attempt, doubled each time
LONGEST_PAUSE = 60.0  # s, also where a server asks for more
BUSY = (408, 425, 429, 500, 502, 503, 504)  # answers that may be better a moment later
WEB_PAGES = (".html", ".htm")
#: What the refusals mean to a reader.
REFUSED = {
    401: ("the portal asks for a password", "Get the file yourself and give it with --mirror DIR"),
    403: ("the portal refuses it", "It may need registration: get the file yourself and give it with --mirror DIR"),
    404: ("the portal has no such file", "It was moved: find its new address on the publisher's page"),
    410: ("the portal has withdrawn it", "Find its successor on the publisher's page"),
}

Progress = Callable[[str, int, int], None]

_asked: dict[str, float] = {}  # when each server was last asked, s of the monotonic clock
wait = time.sleep


@dataclass(frozen=True)
class Note:
    """What is kept beside a file: its hash, where it came from, and the server's name of that version."""

    sha256: str
    address: str
    etag: str = ""
    modified: str = ""

    @classmethod
    def read(cls, path: Path) -> Note | None:
        """The note in `path`; None where there is none or it is damaged."""
        try:
            first, *rest = path.read_text(encoding="utf-8").splitlines()
            sha256, _, address = first.partition("  ")
        except (OSError, ValueError):
            return None
        more = dict(line.split(": ", 1) for line in rest if ": " in line)
        return cls(sha256, address, more.get("etag", ""), more.get("last-modified", ""))

    def write(self, path: Path) -> None:
        """Put the note in place as a whole."""
        lines = [f"{self.sha256}  {self.address}"]
        lines += [f"etag: {self.etag}"] if self.etag else []
        lines += [f"last-modified: {self.modified}"] if self.modified else []
        temporary = path.with_name(path.name + ".new")
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(temporary, path)


def download(
    address: str, target: Path, *, sha256: str = "", refresh: bool = False, progress: Progress | None = None
) -> Path:
    """The file at `address`, from the cache if it is there and undamaged.

    Parameters
    ----------
    address : str
        `http` or `https` address.
    target : Path
        Where the file is kept.
    sha256 : str, optional
        Hash the file must have.
    refresh : bool
        Ask the server whether it has a newer version, and fetch it if so.
    progress : callable, optional
        Called with the name, the bytes so far and all bytes (0 if unknown).

    Raises
    ------
    SourceError
        If the address is of another kind, the server refuses, a web page comes instead of data, the line breaks
        again and again, or the hash differs. What was in the cache before stays.
    """
    if not address.startswith(("https://", "http://")):
        raise SourceError(f"'{address}' is no http or https address", remedy="Correct it in the city's document")
    place = target.with_name(target.name + ".sha256")
    note = Note.read(place)
    sound = target.exists() and note is not None and note.address == address and hash_file(target) == note.sha256
    if sound and not refresh and sha256 in ("", note.sha256 if note else ""):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part, tag = target.with_name(target.name + ".part"), target.with_name(target.name + ".tag")
    known = note if sound and sha256 in ("", note.sha256 if note else "") else None
    answer = _with_patience(address, part, tag, target.name, known, progress)
    if answer is None:
        return target
    found = hash_file(part)
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
    Note(found, address, answer.get("ETag") or "", answer.get("Last-Modified") or "").write(place)
    return target


def _with_patience(
    address: str, part: Path, tag: Path, name: str, known: Note | None, progress: Progress | None
) -> http.client.HTTPMessage | None:
    """Headers of the version that now lies in `part`; None where the known one is the newest."""
    pause = FIRST_PAUSE
    for attempt in range(1, ATTEMPTS + 1):
        told = 0.0
        try:
            return _fetch(address, part, tag, name, known, progress)
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.NOT_MODIFIED:
                return None
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
            elif error.code not in BUSY:
                what, remedy = REFUSED.get(error.code, (f"the portal answers {error.code} {error.reason}", "Try later"))
                raise SourceError(
                    f"{name} could not be downloaded: {what} ({error.code})", where=address, remedy=remedy
                ) from error
            told = _seconds(error.headers.get("Retry-After"))
            reason: object = f"{error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if attempt < ATTEMPTS:
            wait(min(max(pause, told), LONGEST_PAUSE))
            pause *= 2
    kept = part.stat().st_size if part.exists() else 0
    raise SourceError(
        f"{name} could not be downloaded in {ATTEMPTS} attempts ({reason})",
        where=address,
        remedy=f"Run the command again ({kept} bytes are kept), or give the files with --mirror DIR",
    )


def _fetch(
    address: str, part: Path, tag: Path, name: str, known: Note | None, progress: Progress | None
) -> http.client.HTTPMessage:
    have = part.stat().st_size if part.exists() and tag.exists() else 0
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag.read_text(encoding="utf-8")}
    elif known is not None:
        headers |= {"If-None-Match": known.etag} if known.etag else {}
        headers |= {"If-Modified-Since": known.modified} if known.modified else {}
    _be_polite(urllib.parse.urlsplit(address).netloc)
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        have = have if goes_on else 0
        rest = int(answer.headers.get("Content-Length") or 0)
        whole = have + rest if rest else 0
        mark = answer.headers.get("ETag") or ""
        if not mark or mark.startswith("W/"):  # a weak tag cannot stand in If-Range (RFC 9110, 13.1.5)
            mark = answer.headers.get("Last-Modified") or ""
        block = answer.read(BLOCK)
        if not have:
            _require_data(block, name, address)
        if mark:
            tag.write_text(mark, encoding="utf-8")
        else:
            tag.unlink(missing_ok=True)
        with part.open("ab" if goes_on else "wb") as file:
            while block:
                file.write(block)
                have += len(block)
                if progress:
                    progress(name, have, whole)
                block = answer.read(BLOCK)
        message: http.client.HTTPMessage = answer.headers
    if whole and have != whole:
        raise OSError(f"{have} of {whole} bytes came")
    return message


def _require_data(block: bytes, name: str, address: str) -> None:
    """Refuse an empty answer, and a web page where data was asked for."""
    start = block.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    page = start.startswith((b"<!doctype html", b"<html"))
    if block and (not page or name.lower().endswith(WEB_PAGES)):
        return
    what = "a web page came instead of data" if page else "the answer was empty"
    raise SourceError(
        f"{name} could not be downloaded: {what}",
        where=address,
        remedy="The portal may ask for consent or a login: open the address in a browser, then use --mirror DIR",
    )


def _be_polite(server: str) -> None:
    since = time.monotonic() - _asked.get(server, -DELAY)
    if since < DELAY:
        wait(DELAY - since)
    _asked[server] = time.monotonic()


def _seconds(told: str | None) -> float:
    """Seconds of a `Retry-After`; 0 where it is absent or a date."""
    return float(told) if told and told.isdigit() else 0.0


def hash_file(*paths: Path) -> str:
    """The sha256 of a file, or of several one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    return digest.hexdigest()
