"""Names beside lines and bars: spread so that none overlaps, struck where the result is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from reports.style import FONTS, INK, MUTED, SURFACE, Look

LABEL_POINTS = 9.5
LINE_SPACING = 1.38
GAP_POINTS = 26
LABEL_WIDTH_POINTS = 92
LEADER_DASH = (0, (1, 2.5))
SMALLEST_TITLE = 8.0
STRUCK = "struck-through"


@dataclass(frozen=True)
class EndLabel:
    """A name for the line that ends at (x, y) in data units."""

    x: float
    y: float
    text: str
    look: Look
    wrong: bool


def spread_out(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Positions as near the wanted ones as possible, `distance` apart, between low and high."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    clusters: list[tuple[list[int], float]] = []
    for index in order:
        members, centre = [index], clamp(wanted[index], low, high)
        while (
            clusters
            and clusters[-1][1] + distance * (len(clusters[-1][0]) + len(members)) / 2 > centre
        ):
            members = clusters.pop()[0] + members
            centre = sum(wanted[i] for i in members) / len(members)
            half = distance * (len(members) - 1) / 2
            centre = clamp(centre, low + half, high - half)
        clusters.append((members, centre))
    places = [0.0] * len(wanted)
    for members, centre in clusters:
        for step, index in enumerate(members):
            places[index] = centre + distance * (step - (len(members) - 1) / 2)
    return places


def clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value)) if low <= high else (low + high) / 2


def label_ends(axes: Axes, labels: Sequence[EndLabel]) -> None:
    """Writes each name right of the axes, tied to the end of its line by a dotted leader."""
    figure = axes.figure
    points = figure.dpi / 72
    box = axes.get_window_extent()
    ends = [axes.transData.transform((label.x, label.y)) for label in labels]
    heights = spread_out(
        [end[1] for end in ends],
        LABEL_POINTS * LINE_SPACING * points,
        box.y0 + 4 * points,
        box.y1 - 2 * points,
    )
    to_figure = figure.transFigure.inverted().transform
    for label, end, height in zip(labels, ends, heights):
        bend = (box.x1 + 5 * points, height)
        icon = (box.x1 + (GAP_POINTS - 10) * points, height)
        path = [to_figure(p) for p in ((end[0] + 5 * points, end[1]), bend, icon)]
        figure.add_artist(
            Line2D(
                [p[0] for p in path],
                [p[1] for p in path],
                color=MUTED,
                linewidth=0.9,
                linestyle=LEADER_DASH,
                transform=figure.transFigure,
            )
        )
        figure.add_artist(
            Line2D(
                [path[2][0]],
                [path[2][1]],
                marker=label.look.marker,
                color=label.look.color,
                markersize=6.5,
                linestyle="none",
                markerfacecolor=SURFACE if label.wrong else label.look.color,
                transform=figure.transFigure,
            )
        )
        x, y = to_figure((box.x1 + GAP_POINTS * points, height))
        text = figure.text(
            x,
            y,
            fitted(label.text, LABEL_WIDTH_POINTS, LABEL_POINTS),
            fontsize=LABEL_POINTS,
            color=INK,
            va="center_baseline",
            ha="left",
        )
        if label.wrong:
            strike(text)


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """In points."""
    font = FontProperties(family=FONTS[0], size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def fitted(text: str, points: float, size: float, weight: str = "normal") -> str:
    """The text, cut with an ellipsis to a width in points."""
    while width_of(text, size, weight) > points and len(text) > 2:
        text = text[:-2] + "…"
    return text


def fitted_title(text: str, points: float, size: float) -> tuple[str, float]:
    """A bold title and its size: a long one is smaller, and only then cut."""
    size = max(SMALLEST_TITLE, min(size, size * points / width_of(text, size, "bold")))
    return fitted(text, points, size, "bold"), size


def strike(text: Text, fade: bool = True) -> None:
    """Marks a text to be struck through once the figure is laid out."""
    if fade:
        text.set_color(MUTED)
    text.set_gid(STRUCK)


def strike_all(figure: Figure) -> None:
    """Draws the strokes through all marked names; call when nothing moves any more."""
    to_figure = figure.transFigure.inverted().transform
    for text in figure.findobj(lambda artist: artist.get_gid() == STRUCK and artist.get_visible()):
        box = text.get_window_extent()
        lines = text.get_text().count("\n") + 1
        height = box.height / lines
        for line in range(lines):
            y = box.y0 + (line + 0.5) * height
            ends = to_figure([(box.x0 - 2, y), (box.x1 + 2, y)])
            figure.add_artist(
                Line2D(
                    ends[:, 0],
                    ends[:, 1],
                    color=text.get_color(),
                    linewidth=1.1,
                    transform=figure.transFigure,
                )
            )
