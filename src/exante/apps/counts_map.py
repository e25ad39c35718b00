"""Modelled against counted traffic as one self-contained page: a map, a scatter and a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from exante.calibration.scores import geh
from exante.calibration.verify import Verified
from exante.city.city import City
from exante.evidence.report.map import WIDTH, Frame
from exante.evidence.report.markup import Markup, element, table

#: Ratio of modelled to counted within which a street counts as right.
CLOSE = 1.25
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222}
svg{width:100%;height:auto;background:#fff;border:1px solid #ccc}
.street{fill:none;stroke:#d0d0d0;stroke-width:1.5}
.few,.close,.many{fill:none;stroke-width:9;stroke-linecap:round}
.few{stroke:#b35806}.close{stroke:#555}.many{stroke:#2166ac}
circle.few{fill:#b35806}circle.close{fill:#555}circle.many{fill:#2166ac}circle{stroke:#fff;stroke-width:1}
.axis{stroke:#888;stroke-width:2;fill:none}text{font-size:30px;fill:#333}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15rem .6rem;text-align:right;
border-bottom:1px solid #eee}th[scope=row],thead th:first-child{text-align:left}
b.few{color:#b35806}b.close{color:#555}b.many{color:#2166ac}
"""


def write_map(city: City, verified: Verified, path: Path) -> Path:
    """Write the page and give its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<!doctype html>\n" + _page(city, verified), encoding="utf-8")
    return path


def _kind(modelled: np.ndarray, observed: np.ndarray) -> np.ndarray:
    return np.where(modelled > CLOSE * observed, "many", np.where(modelled * CLOSE < observed, "few", "close"))


def _page(city: City, v: Verified) -> Markup:
    modelled, observed = np.nanmean(v.modelled, axis=1), np.nanmean(v.observed, axis=1)
    kind = _kind(modelled, observed)
    s, g = v.model, v.guess
    legend = element(
        "p",
        element("b", "Orange", class_="few"),
        f": modelled below counted by more than a fifth ({int((kind == 'few').sum())} sites). ",
        element("b", "Blue", class_="many"),
        f": above by more than a quarter ({int((kind == 'many').sum())}). ",
        element("b", "Grey", class_="close"),
        f": close ({int((kind == 'close').sum())}).",
    )
    numbers = (
        f"{s.sites} sites: R² between sites {s.r2:.2f} (a guess by the other sites' mean {g.r2:.2f}), GEH below 5 on "
        f"{s.geh_day:.0%} of hours 07–20 ({g.geh_day:.0%}), bias {s.bias:+.1%}."
    )
    rows = [
        (
            f"{v.streets[k]} · {v.ids[k]}",
            f"{observed[k]:,.0f}",
            f"{modelled[k]:,.0f}",
            f"{modelled[k] / observed[k] - 1:+.0%}" if observed[k] > 0 else "–",
            f"{np.nanmean(geh(v.modelled[k], v.observed[k])):.1f}",
        )
        for k in np.argsort(-np.abs(modelled - observed))
    ]
    heads = ("street · site", "counted, vehicles/hour", "modelled, vehicles/hour", "difference", "mean GEH")
    body = element(
        "body",
        element("h1", f"Modelled and counted traffic: {city.title}"),
        element("p", numbers),
        legend,
        _drawing(city, v, kind),
        element("h2", "Site by site"),
        _scatter(modelled, observed, kind),
        table(heads, rows, "Mean Tuesday to Thursday, largest difference first"),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", f"Counts of {city.title}"),
        element("style", Markup(STYLE)),
    )
    return element("html", head, body, lang="en")


def _drawing(city: City, v: Verified, kind: np.ndarray) -> Markup:
    """Streets round the sites, counted links coloured."""
    links = city.table("links")
    at = links.positions(np.array(v.links, dtype=object))
    shapes = links["geometry"]
    bounds = shapely.total_bounds(shapes[at])
    room = 0.08 * max(bounds[2] - bounds[0], bounds[3] - bounds[1], 500.0)
    box = np.array([bounds[0] - room, bounds[1] - room, bounds[2] + room, bounds[3] + room])
    frame = Frame.of(box)
    tree = shapely.STRtree(shapes)
    near = shapes[np.sort(tree.query(shapely.box(*box), predicate="intersects"))]
    near = shapely.clip_by_rect(near, *box)
    layers = [element("path", class_="street", d=frame.path(near))]
    for name in ("close", "few", "many"):
        for k in np.flatnonzero(kind == name):
            tip = f"{v.streets[k]}: {np.nanmean(v.modelled[k]):.0f} modelled, {np.nanmean(v.observed[k]):.0f} counted"
            layers.append(element("path", element("title", tip), class_=name, d=frame.path([shapes[at[k]]])))
    return element("svg", *layers, viewBox=f"0 0 {WIDTH} {frame.height}", role="img", aria_label="Map of the sites")


def _scatter(modelled: np.ndarray, observed: np.ndarray, kind: np.ndarray) -> Markup:
    """Modelled over counted flow, on roots of flows so that quiet streets are seen."""
    side, edge = 700.0, 70.0
    most = float(np.sqrt(max(modelled.max(), observed.max(), 1.0)))

    def at(flow: float) -> float:
        return float(np.sqrt(max(flow, 0.0))) / most * (side - 2 * edge)

    dots = [
        element("circle", class_=str(k), cx=round(edge + at(o), 1), cy=round(side - edge - at(m), 1), r=8)
        for m, o, k in zip(modelled, observed, kind, strict=True)
    ]
    return element(
        "svg",
        element(
            "path",
            class_="axis",
            d=f"M{edge} {edge}V{side - edge}H{side - edge}M{edge} {side - edge}L{side - edge} {edge}",
        ),
        *dots,
        element("text", "counted", x=side / 2, y=side - 20, text_anchor="middle"),
        element("text", "modelled", x=20, y=edge - 25),
        viewBox=f"0 0 {side:.0f} {side:.0f}",
        style="max-width:32rem",
        role="img",
        aria_label="Modelled over counted flow",
    )
