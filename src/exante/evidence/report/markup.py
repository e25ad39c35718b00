"""Markup that escapes by construction: text of a forecast can never become a tag."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

#: Elements that have no end tag.
VOID = frozenset({"br", "hr", "meta", "line", "circle", "path", "rect", "use", "polyline"})


class Markup(str):
    """Text that is markup already; any other text is escaped when it becomes a child."""

    __slots__ = ()


def text(value: object) -> Markup:
    """`value` as markup: escaped, unless it is markup already.

    Examples
    --------
    >>> text("<b>")
    '&lt;b&gt;'
    """
    return value if isinstance(value, Markup) else Markup(escape(str(value), quote=True))


def join(parts: Iterable[object], between: str = "") -> Markup:
    """All parts one after the other, each escaped unless it is markup."""
    return Markup(between.join(text(part) for part in parts))


def element(name: str, *children: object, **attributes: object) -> Markup:
    """One element with escaped children and attributes.

    Parameters
    ----------
    name : str
        Tag.
    *children : object
        Markup is kept, None is left out, everything else is escaped.
    **attributes : object
        A trailing underscore is dropped and others become hyphens; None and False leave the attribute out.

    Examples
    --------
    >>> element("td", "a < b", class_="number")
    '<td class="number">a &lt; b</td>'
    """
    shown = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value), quote=True)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID and not children:
        return Markup(f"<{name}{shown}/>" if name not in ("br", "hr", "meta") else f"<{name}{shown}>")
    inner = join(child for child in children if child is not None)
    return Markup(f"<{name}{shown}>{inner}</{name}>")


def link(address: str, label: object) -> Markup:
    """A plain anchor, or only its label where the address is not a web address."""
    if address.startswith(("https://", "http://")):
        return element("a", label, href=address, rel="noreferrer")
    return text(label)


def table(heads: Iterable[object], rows: Iterable[Iterable[object]], caption: str, **attributes: object) -> Markup:
    """A table with a caption; the first cell of each row is its header.

    Cells carry their column's head, so that narrow screens can show a row as a list.
    """
    heads = list(heads)
    body = []
    for row in rows:
        first, *rest = row
        cells = [element("th", first, scope="row")]
        cells += [element("td", cell, data_label=str(head)) for head, cell in zip(heads[1:], rest, strict=True)]
        body.append(element("tr", *cells))
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *[element("th", head, scope="col") for head in heads])),
        element("tbody", *body),
        **attributes,
    )
