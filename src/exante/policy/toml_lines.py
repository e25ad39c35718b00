"""Lines of the keys of a TOML text, so that an error can say where it is.

The text has been read by `tomllib` before: this scanner only follows its structure.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def key_lines(text: str) -> dict[Path, int]:
    r"""Line, from 1, of every key, table header and array item of a valid TOML text.

    Examples
    --------
    >>> key_lines("a = 1\n[[b]]\nc = { d = 2 }")[("b", 0, "c", "d")]
    3
    """
    return _Scanner(text).scan()


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Line of `path` or of the nearest table around it; None where nothing around it is known."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.items: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_GAP)
        return self.lines

    def _header(self) -> Path:
        double = self._next("[")
        keys = self._key()
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if double and number == len(keys):
                self.items[path] = self.items.get(path, -1) + 1
            if path in self.items:
                self._mark(path)
                path = (*path, self.items[path])
        self._mark(path)
        self.at = self.text.index("]]" if double else "]", self.at) + (2 if double else 1)
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for key in self._key():
            path = (*path, key)
            self._mark(path)
        self._next("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        self._mark(path)
        if self._next("{"):
            self._until("}", lambda _: self._pair(path))
        elif self._next("["):
            self._until("]", lambda number: self._value((*path, number)))
        elif not self._string():
            self._skip(_SCALAR)

    def _until(self, end: str, read) -> None:  # type: ignore[no-untyped-def]
        number = 0
        self._skip(_GAP)
        while not self._next(end):
            read(number)
            number += 1
            self._skip(_GAP)
            self._next(",")
            self._skip(_GAP)

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            start = self.at
            if self._string():
                keys.append(self.text[start + 1 : self.at - 1])
            else:
                self._skip(_BARE)
                keys.append(self.text[start : self.at])
            self._skip(_SPACE)
            if not self._next("."):
                return keys

    def _string(self) -> bool:
        for pattern in _STRINGS:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return True
        return False

    def _next(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n", 0, self.at) + 1)
