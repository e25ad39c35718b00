"""Files of a dataset in the catalogue of a portal (CKAN, as Open Data BCN has it).

A portal's files have addresses that change when they are published anew; their dataset and name stay. So the document
names those, and the portal is asked for the address: `api/action/package_show?id=DATASET` lists `result.resources`,
each with `name` and `url`. Reference: CKAN API guide, action `package_show`.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from exante.quantities.errors import SourceError

SHOWN = 12  # names that an error lists


def find_resource(listed: Path, address: str, name: str) -> str:
    """Address of the file `name` of a dataset.

    Parameters
    ----------
    listed : Path
        Answer of the portal (JSON).
    address : str
        Where it came from, for the error.
    name : str
        Name of the resource, or of the file at the end of its address; case does not count.

    Raises
    ------
    SourceError
        If the answer is no list of resources, or none has that name; those found are listed.
    """
    try:
        resources = json.loads(listed.read_text(encoding="utf-8"))["result"]["resources"]
        found = [(str(entry.get("name") or ""), str(entry["url"])) for entry in resources]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            "the portal's answer is no list of the dataset's files",
            where=address,
            remedy="The portal may have changed: find the file on the publisher's page and use --mirror DIR",
        ) from error
    for title, url in found:
        file = unquote(PurePosixPath(urlsplit(url).path).name)
        if name.casefold() in (title.casefold(), file.casefold()):
            return url
    names = ", ".join(title or url for title, url in found[:SHOWN]) or "none"
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise SourceError(
        f"the dataset has no file {name}: expected {name}; found {names}{more}",
        where=address,
        remedy="The portal renamed it: correct `resource` in the city's document",
    )
