"""The charts of exante, drawn once for page, report and PDF: SVG text that follows the page's colours.

Shapes carry classes (`better`, `worse`, `neither`, `noise`…), never colours: the style sheet has those, light and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from exante.evidence.report.markup import Markup, element
from exante.evidence.report.numbers import number, significant, ticks

#: Dots of a quantile dot plot; each is 2 % of the draws.
DOTS = 50
WIDTH, PLOT, AXIS = 280.0, 74.0, 34.0
SIDE = 12.0
#: Width of a letter of a tick, about.
LETTER = 6.0


def quantile_dots(draws: np.ndarray, dots: int = DOTS) -> np.ndarray:
    """The values of `dots` equally likely draws, each one that occurred; shape (dots,).

    Examples
    --------
    >>> quantile_dots(np.array([1.0, 3.0]), 4).tolist()
    [1.0, 1.0, 3.0, 3.0]
    """
    return np.quantile(draws, (np.arange(dots) + 0.5) / dots, method="inverted_cdf")


def dot_plot(
    draws: np.ndarray,
    *,
    title: str,
    description: str,
    axis: str,
    mark: float = 0.0,
    mark_label: str = "no change",
    below: str = "neither",
    above: str = "neither",
    noise: float = 0.0,
    stamp: str = "",
    span: tuple[float, float] | None = None,
) -> Markup:
    """Quantile dot plot of 50 dots about a mark (no change, or a target).

    Parameters
    ----------
    draws : ndarray, shape (draw,)
        Values, one per draw.
    title, description : str
        What is shown, for readers who do not see it.
    axis : str
        Words under the axis, with the unit.
    mark, mark_label : float, str
        The line that dots are judged against.
    below, above : str
        Class of dots on either side of the mark: better, worse or neither.
    noise : float
        Half-width of the numerical noise about the mark, drawn as a band.
    stamp : str
        Words printed across the chart (a sketch says so).
    span : (float, float), optional
        Least and largest value of the axis where several charts share it.
    """
    values = np.sort(quantile_dots(draws))
    ends = span or (values[0], values[-1])
    low, high = _padded(min(ends[0], mark - noise), max(ends[1], mark + noise))
    scale = (WIDTH - 2 * SIDE) / (high - low)

    def x(value: float) -> float:
        return SIDE + (value - low) * scale

    centres, heights, diameter = _stacked(np.array([x(v) for v in values]))
    shapes: list[Markup] = []
    if noise * scale > 0.5:
        shapes.append(
            element("rect", class_="noise", x=_p(x(mark - noise)), y=8, width=_p(2 * noise * scale), height=_p(PLOT))
        )
    for value, centre, height in zip(values, centres, heights, strict=True):
        side = "neither" if abs(value - mark) <= noise else below if value < mark else above
        y = 8 + PLOT - diameter * (height + 0.5)
        shapes.append(element("circle", class_=f"dot {side}", cx=_p(centre), cy=_p(y), r=_p(diameter * 0.46)))
    shapes += _axis(low, high, x, axis)
    at = x(mark)
    anchor = "end" if at > WIDTH * 0.8 else "start" if at < WIDTH * 0.2 else "middle"
    shapes.append(element("line", class_="mark", x1=_p(at), x2=_p(at), y1=6, y2=_p(8 + PLOT)))
    shapes.append(element("text", mark_label, class_="mark-label", x=_p(at), y=0, text_anchor=anchor))
    return _svg(shapes, WIDTH, 8 + PLOT + AXIS, title, description, stamp, top=-12, right=at < WIDTH / 2)


def _padded(low: float, high: float) -> tuple[float, float]:
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high), 1e-12):
        span = abs(high) if abs(high) > 1e-12 else 1.0
    return low - 0.04 * span, high + 0.04 * span


def _stacked(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Dots gathered into columns as wide as a dot, the widest with which every column fits."""
    for diameter in np.arange(10.0, 1.5, -0.25):
        centres, heights = np.empty(len(x)), np.empty(len(x))
        start = 0
        while start < len(x):
            end = int(np.searchsorted(x, x[start] + diameter, side="left"))
            end = max(end, start + 1)
            centres[start:end] = (x[start] + x[end - 1]) / 2
            heights[start:end] = np.arange(end - start)
            start = end
        if (heights.max() + 1) * diameter <= PLOT:
            break
    return centres, heights, float(diameter)


def _axis(low: float, high: float, x: Callable[[float], float], words: str) -> list[Markup]:
    base = 8 + PLOT
    shapes = [element("line", class_="axis", x1=_p(SIDE), x2=_p(WIDTH - SIDE), y1=_p(base), y2=_p(base))]
    marks, labels = _marks(low, high)
    for value, label in zip(marks, labels, strict=True):
        at = x(value)
        shapes.append(element("line", class_="axis", x1=_p(at), x2=_p(at), y1=_p(base), y2=_p(base + 4)))
        if SIDE <= at <= WIDTH - SIDE:
            shapes.append(element("text", label, class_="tick", x=_p(at), y=_p(base + 15), text_anchor="middle"))
    shapes.append(element("text", words, class_="axis-label", x=_p(WIDTH / 2), y=_p(base + 31), text_anchor="middle"))
    return shapes


def _marks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Ticks and their labels, as many as fit side by side."""
    for about in (5, 4, 3, 2, 1):
        marks = ticks(low, high, about)
        step = marks[1] - marks[0] if len(marks) > 1 else abs(marks[0]) if marks else 1.0
        labels = [number(value, max(significant(step or 1.0, 1), 0)) for value in marks]
        room = (WIDTH - 2 * SIDE) * step / (high - low)
        if len(marks) < 2 or max(map(len, labels)) * LETTER + 8 <= room:
            break
    return marks, labels


def fan_chart(
    times: Sequence[float], paths: np.ndarray, *, title: str, description: str, axis: str, stamp: str = ""
) -> Markup:
    """Bands that hold 30, 60 and 90 % of the draws over time, and no line in the middle.

    Parameters
    ----------
    times : sequence of float
        Years.
    paths : ndarray, shape (draw, time)
        One path per draw.
    """
    low, high = _padded(float(paths.min()), float(paths.max()))
    t = np.asarray(times, dtype=np.float64)
    xs = 46 + (t - t[0]) / ((t[-1] - t[0]) or 1.0) * (WIDTH - 46 - SIDE)

    def y(value: float) -> float:
        return 8 + PLOT * 2 * (1 - (value - low) / (high - low))

    shapes: list[Markup] = []
    for share in (0.9, 0.6, 0.3):
        bottom, top = np.quantile(paths, (0.5 - share / 2, 0.5 + share / 2), axis=0)
        ring = [*zip(xs, top, strict=True), *zip(xs[::-1], bottom[::-1], strict=True)]
        shape = "M" + "L".join(f"{_p(a)} {_p(y(b))}" for a, b in ring) + "Z"
        shapes.append(element("path", class_=f"fan fan-{round(share * 100)}", d=shape))
    marks = ticks(low, high, 4)
    places = max(significant(marks[1] - marks[0], 1), 0) if len(marks) > 1 else 0
    for value in marks:
        shapes.append(element("line", class_="grid", x1=46, x2=_p(WIDTH - SIDE), y1=_p(y(value)), y2=_p(y(value))))
        shapes.append(
            element("text", number(value, places), class_="tick", x=42, y=_p(y(value) + 4), text_anchor="end")
        )
    for a, year in zip(xs, t, strict=True):
        shapes.append(element("text", f"{year:g}", class_="tick", x=_p(a), y=_p(PLOT * 2 + 24), text_anchor="middle"))
    shapes.append(
        element("text", axis, class_="axis-label", x=_p(WIDTH / 2), y=_p(PLOT * 2 + 40), text_anchor="middle")
    )
    return _svg(shapes, WIDTH, PLOT * 2 + 46, title, description, stamp)


def correlation_bar(correlation: float, description: str) -> Markup:
    """A bar from the middle, left for a negative and right for a positive rank correlation."""
    half = 60.0
    length = half * abs(correlation)
    start = half - length if correlation < 0 else half
    shapes = [
        element("rect", class_="bar", x=_p(start), y=3, width=_p(length), height=8),
        element("line", class_="axis", x1=half, x2=half, y1=0, y2=14),
    ]
    return _svg(shapes, 2 * half, 14, description, "", "", class_="bar-chart")


def _svg(
    shapes: list[Markup],
    width: float,
    height: float,
    title: str,
    description: str,
    stamp: str,
    top: float = 0,
    right: bool = True,
    class_: str = "chart",
) -> Markup:
    side = {"x": _p(width - 4), "text_anchor": "end"} if right else {"x": 4, "text_anchor": "start"}
    over = [element("text", stamp, class_="stamp", y=_p(top + 12), **side)] if stamp else []
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else None,
        *over,
        *shapes,
        viewBox=f"0 {_p(top)} {_p(width)} {_p(height - top)}",
        role="img",
        class_=class_,
        aria_label=f"{title}. {description}" if description else title,
    )


def _p(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{round(float(value), 1):g}"
