"""Maps of change as compact SVG: geometry simplified and rounded to the drawing's own grid, one path per colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from exante.evidence.report.markup import Markup, element
from exante.evidence.report.numbers import rounded_down

#: Width of the drawing in its own units; a unit is about half a pixel on a desktop page.
WIDTH = 1600
MARGIN = 14
#: Lines and rings are simplified by this many units before they are rounded.
TOLERANCE = 0.8
#: Distance between pins that do not cover one another, in units, and the steps in which they are pushed apart.
PIN_ROOM, PUSHES = 44.0, 40
#: Quantiles of the agreed changes at which the first and the last class of colour start, before rounding to 1, 2, 5.
STARTS = (0.2, 0.95)
#: The same for zones, which are few: every agreed change has a colour.
ZONE_STARTS = (0.0, 0.9)
#: Classes of size at most, on either side.
CLASSES = 3


@dataclass(frozen=True)
class Frame:
    """From the city's coordinates to the drawing's grid."""

    left: float
    top: float
    scale: float
    height: int

    @classmethod
    def of(cls, bounds: np.ndarray) -> Frame:
        """The frame that holds `bounds` (left, bottom, right, top)."""
        left, bottom, right, top = (float(b) for b in bounds)
        scale = (WIDTH - 2 * MARGIN) / max(right - left, 1e-9)
        return cls(left, top, scale, max(round((top - bottom) * scale) + 2 * MARGIN, 200))

    def place(self, xy: np.ndarray) -> np.ndarray:
        """Grid coordinates of points, shape (point, 2), downward."""
        return np.column_stack(
            [(xy[:, 0] - self.left) * self.scale + MARGIN, (self.top - xy[:, 1]) * self.scale + MARGIN]
        )

    def path(self, geometries: Iterable[shapely.Geometry], closed: bool = False) -> str:
        """Path data of lines or polygons in whole grid units, relative to the point before."""
        shapes = np.array([g for g in geometries if g is not None and not g.is_empty], dtype=object)
        if not shapes.size:
            return ""
        simple = shapely.simplify(shapes, TOLERANCE / self.scale, preserve_topology=True)
        parts = shapely.get_parts(simple)
        if closed:
            parts = shapely.get_rings(parts[shapely.get_type_id(parts) == 3])
        lines = parts[np.isin(shapely.get_type_id(parts), (1, 2))]
        xy, of = shapely.get_coordinates(lines, return_index=True)
        grid = np.rint(self.place(xy)).astype(np.int64)
        return "".join(_commands(part, closed) for part in np.split(grid, np.flatnonzero(np.diff(of)) + 1))


def _commands(points: np.ndarray, closed: bool) -> str:
    keep = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0, axis=1)])
    points = points[keep]
    if len(points) < 2:
        return ""
    steps = " ".join(f"{dx} {dy}" for dx, dy in np.diff(points, axis=0).tolist()).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{steps}{'z' if closed else ''}"


@dataclass(frozen=True)
class Scale:
    """Classes of a change: 0 not told, else the sign times 1 to 3.

    Parameters
    ----------
    starts : tuple of float
        Least size of each class, rounded to 1, 2 or 5 × 10^n.
    """

    starts: tuple[float, ...]

    @classmethod
    def of(cls, sizes: np.ndarray, starts: tuple[float, ...] = STARTS) -> Scale:
        """Classes for these sizes of agreed changes, starting at these quantiles of them."""
        sizes = sizes[sizes > 0]
        if not sizes.size:
            return cls(())
        first, last = (rounded_down(float(np.quantile(sizes, q))) for q in starts)
        steps = [first]
        while steps[-1] < last * (1 - 1e-9) or (len(steps) < CLASSES and steps[-1] < sizes.max() / 2):
            steps.append(
                next(s for s in (rounded_down(f * steps[-1] * 1.001) for f in (2, 2.5)) if s > steps[-1] * 1.5)
            )
        middle = steps[1:-1]
        return cls((first, *middle[len(middle) // 2 :][:1], *steps[1:][-1:]))

    def classes(self, change: np.ndarray, sign: np.ndarray) -> np.ndarray:
        """Class of each item; 0 where draws disagree or the change is below the smallest class."""
        size = np.searchsorted(np.array(self.starts), np.abs(change), side="right")
        return np.where(np.sign(change) == sign, sign * size, 0)


@dataclass(frozen=True)
class Pin:
    """A mark on the map that a table explains."""

    label: str
    style: str
    at: tuple[float, float]


def link_map(
    frame: Frame,
    geometry: np.ndarray,
    classes: np.ndarray,
    borders: Sequence[tuple[str, shapely.Geometry]],
    pins: Sequence[Pin],
    *,
    title: str,
    description: str,
    stamp: str,
) -> Markup:
    """Streets coloured by the class of their change; every other street a thin line."""
    layers = [_borders(frame, borders)]
    layers.append(element("path", class_="street", d=frame.path(geometry[classes == 0])))
    for size in (1, 2, 3):
        for sign, style in ((-1, "less"), (1, "more")):
            data = frame.path(geometry[classes == sign * size])
            if data:
                layers.append(element("path", class_=f"flow {style}-{size}", d=data))
    layers += [_labels(frame, borders), *_pins(frame, pins)]
    return _map(frame, layers, title, description, stamp)


def zone_map(
    frame: Frame,
    geometry: np.ndarray,
    classes: np.ndarray,
    tips: Sequence[str],
    borders: Sequence[tuple[str, shapely.Geometry]],
    *,
    title: str,
    description: str,
    stamp: str,
) -> Markup:
    """Zones coloured by the class of their change; hatched where the draws do not agree."""
    hatch = element(
        "defs",
        element(
            "pattern",
            element("rect", class_="hatch-ground", width=10, height=10),
            element("path", class_="hatch-line", d="M0 0v10"),
            id="hatch",
            width=10,
            height=10,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )
    shapes = [hatch]
    for shape, grade, tip in zip(geometry, classes.tolist(), tips, strict=True):
        style = "unagreed" if grade == 0 else f"{'gain' if grade > 0 else 'loss'}-{abs(grade)}"
        shapes.append(
            element("path", element("title", tip), class_=f"zone {style}", d=frame.path([shape], closed=True))
        )
    shapes += [_borders(frame, borders), _labels(frame, borders)]
    return _map(frame, shapes, title, description, stamp)


def _borders(frame: Frame, borders: Sequence[tuple[str, shapely.Geometry]]) -> Markup:
    return element("path", class_="border", d=frame.path([shape for _, shape in borders], closed=True))


def _labels(frame: Frame, borders: Sequence[tuple[str, shapely.Geometry]]) -> Markup:
    texts = []
    for name, shape in borders:
        point = shapely.point_on_surface(shape)
        x, y = frame.place(np.array([[point.x, point.y]]))[0]
        texts.append(element("text", name, class_="place", x=round(x), y=round(y), text_anchor="middle"))
    return element("g", *texts, aria_hidden="true")


def _pins(frame: Frame, pins: Sequence[Pin]) -> list[Markup]:
    """Pins, pushed apart where they would cover one another."""
    if not pins:
        return []
    at = frame.place(np.array([pin.at for pin in pins]))
    for _ in range(PUSHES):
        gap = at[:, None] - at[None, :]
        distance = np.maximum(np.hypot(gap[..., 0], gap[..., 1]), 1e-6)
        np.fill_diagonal(distance, PIN_ROOM)
        push = np.maximum(PIN_ROOM - distance, 0.0) / 4 / distance
        at = at + (gap * push[..., None]).sum(axis=1)
    return [_pin(pin, x, y) for pin, (x, y) in zip(pins, at, strict=True)]


def _pin(pin: Pin, x: float, y: float) -> Markup:
    return element(
        "g",
        element("circle", r=19),
        element("text", pin.label, text_anchor="middle", dominant_baseline="central"),
        class_=f"pin {pin.style}",
        transform=f"translate({round(x)} {round(y)})",
        aria_hidden="true",
    )


def _map(frame: Frame, layers: list[Markup], title: str, description: str, stamp: str) -> Markup:
    over = element("text", stamp, class_="stamp", x=WIDTH - 12, y=34, text_anchor="end") if stamp else None
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *layers,
        over,
        viewBox=f"0 0 {WIDTH} {frame.height}",
        role="img",
        class_="map",
        aria_label=f"{title}. {description}",
    )
