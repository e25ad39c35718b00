"""Which city a name means: a path, `./NAME.city`, the user's store, or the embedded sketch."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from exante.city import City, open_folder
from exante.quantities.errors import CityError


def store_folder() -> Path:
    """The user's store of cities: `EXANTE_STORE`, by default in the user's data folder."""
    told = os.environ.get("EXANTE_STORE")
    if told:
        return Path(told)
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "exante" / "cities"


def list_embedded() -> list[str]:
    """Names of the cities that exante knows."""
    folder = files("exante.cities")
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def open_city(name: str | Path, *, tell: Callable[[str], None] | None = None) -> City:
    """Open a city by path or name.

    A bare name resolves to `./NAME.city`, then the user's store, then the embedded sketch (made from
    published statistics, level 0); which one it was is announced.

    Parameters
    ----------
    name : str or Path
        Path of a `.city` folder, or a bare name.
    tell : callable, optional
        Receives the announcement; by default it goes to standard error.

    Raises
    ------
    CityError
        If nothing of that name exists, or the city is damaged.
    """
    from exante.apps.console import notice

    tell = tell or notice
    text = str(name)
    if text.endswith(".city") or os.sep in text or Path(text).is_dir():
        return open_folder(Path(text))
    for folder, what in (
        (Path(f"{text}.city"), "this folder"),
        (store_folder() / f"{text}.city", "the user's store"),
    ):
        if folder.exists():
            tell(f"City '{text}': {folder} ({what})")
            return open_folder(folder)
    if text in list_embedded():
        from exante.sources.sketch import sketch

        tell(
            f"City '{text}': embedded SKETCH, level 0, made from published statistics "
            f"(there is no {text}.city here or in the store)"
        )
        return sketch(text).city
    raise CityError(
        f"there is no city '{text}'",
        where=f"./{text}.city, {store_folder() / (text + '.city')} or the embedded sketches",
        remedy=f"{_near(text)}Embedded cities: {', '.join(list_embedded())}. Make one with `exante city build NAME` or "
        "`exante city sketch NAME`",
    )


def _near(name: str) -> str:
    """A question that offers the embedded, local and stored cities of nearly this name; empty where none is."""
    folders = (f for place in (Path(), store_folder()) for f in sorted(place.glob("*.city")))
    known = {n.casefold(): n for n in (*(f.stem for f in folders), *list_embedded())}
    close = [known[n] for n in get_close_matches(name.casefold(), known, n=3, cutoff=0.7)]
    return f"Did you mean {' or '.join(close)}? " if close else ""
