"""Looks at a drawn figure as an eye would: which texts touch each other or leave the figure."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

TOUCHING_PIXELS = 1.5


def visible_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that is drawn, with its box in pixels."""
    renderer = figure.canvas.get_renderer()
    figure.canvas.draw()
    found = []
    for text in figure.findobj(Text):
        hidden = not text.get_visible() or not text.get_text().strip()
        if not hidden and on_axes(text):
            found.append((text.get_text(), text.get_window_extent(renderer)))
    return found


def on_axes(text: Text) -> bool:
    """Whether a tick label belongs to a tick in view; matplotlib keeps others, undrawn."""
    axes = text.axes
    if axes is None:
        return True
    for axis in (axes.xaxis, axes.yaxis):
        for tick in (*axis.majorTicks, *axis.minorTicks):
            if text in (tick.label1, tick.label2):
                low, high = sorted(axis.get_view_interval())
                return low <= tick.get_loc() <= high
    return True


def problems(figure: Figure) -> list[str]:
    """Pairs of texts whose boxes overlap, and texts that are not wholly inside the figure."""
    texts = visible_texts(figure)
    width, height = figure.get_size_inches() * figure.dpi
    found = [
        f"outside the figure: {text}"
        for text, box in texts
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    boxes = [(text, shrunk(box)) for text, box in texts]
    return found + [
        f"overlap: {a} / {b}"
        for (a, first), (b, second) in combinations(boxes, 2)
        if first.overlaps(second)
    ]


def shrunk(box: Bbox) -> Bbox:
    return Bbox.from_extents(
        box.x0 + TOUCHING_PIXELS,
        box.y0 + TOUCHING_PIXELS,
        box.x1 - TOUCHING_PIXELS,
        box.y1 - TOUCHING_PIXELS,
    )
