"""A sheet is one figure to be drawn: titled panels on a grid, each filled by a chart function."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from reports.labels import fitted_title, strike_all
from reports.style import FIGURE_WIDTH_INCHES, INK, MUTED, RC, Looks

DPI = 144
TITLE_INCHES = 0.62
HEAD_INCHES = 0.32
TITLE_PAD_POINTS = 7
TITLE_POINTS, PANEL_TITLE_POINTS = 12.5, 10.5
X_AXIS_INCHES = 0.56
CAPTION_INCHES = 0.42
CAPTION_CHARACTERS = 158
EDGE_INCHES = 0.1


@dataclass(frozen=True)
class Panel:
    """One set of axes and the chart function that fills it from `rows`."""

    title: str
    rows: Sequence[Any]
    inches: float
    draw: Callable[[Axes, Sequence[Any], Looks], None]
    head_inches: float = HEAD_INCHES


@dataclass(frozen=True)
class Margins:
    """Inches free at the sides of every panel; `inner` is the left of all but the first column."""

    left: float
    right: float
    inner: float


@dataclass(frozen=True)
class Sheet:
    """What one figure shows; `description` is its text alternative.

    With `shared_rows` the panels of a line have the same rows, and only the first one names them.
    """

    slug: str
    title: str
    subtitle: str
    description: str
    caption: str
    panels: Sequence[Panel]
    margins: Margins
    columns: int = 1
    shared_rows: bool = False


def render(sheet: Sheet, looks: Looks) -> Figure:
    """Draws a sheet; the result is ready to be saved as it is."""
    with rc_context(RC):
        columns = min(sheet.columns, len(sheet.panels))
        lines = [sheet.panels[i : i + columns] for i in range(0, len(sheet.panels), columns)]
        heights = [
            max(panel.head_inches + panel.inches for panel in line) + X_AXIS_INCHES
            for line in lines
        ]
        height = TITLE_INCHES + sum(heights) + CAPTION_INCHES
        figure = Figure(figsize=(FIGURE_WIDTH_INCHES, height), dpi=DPI)
        FigureCanvasAgg(figure)
        write_frame(figure, sheet, height)
        top = height - TITLE_INCHES
        for line, line_height in zip(lines, heights):
            for column, panel in enumerate(line):
                left, width = panel_sides(sheet.margins, columns, column)
                bottom = top - panel.head_inches - panel.inches
                axes = figure.add_axes(
                    (
                        left / FIGURE_WIDTH_INCHES,
                        bottom / height,
                        width / FIGURE_WIDTH_INCHES,
                        panel.inches / height,
                    )
                )
                if panel.title:
                    title, size = fitted_title(panel.title, 72 * width, PANEL_TITLE_POINTS)
                    axes.set_title(title, pad=title_pad(panel), fontsize=size)
                panel.draw(axes, panel.rows, looks)
                if sheet.shared_rows and column:
                    axes.tick_params(labelleft=False)
            top -= line_height
        strike_all(figure)
        return figure


def title_pad(panel: Panel) -> float:
    """Points between axes and title; a taller head has a line of its own in between."""
    return TITLE_PAD_POINTS + 72 * (panel.head_inches - HEAD_INCHES)


def panel_sides(margins: Margins, columns: int, column: int) -> tuple[float, float]:
    """Left edge and width of a panel, in inches."""
    taken = margins.left + margins.right + (columns - 1) * (margins.inner + margins.right)
    width = (FIGURE_WIDTH_INCHES - 2 * EDGE_INCHES - taken) / columns
    return EDGE_INCHES + margins.left + column * (width + margins.right + margins.inner), width


def write_frame(figure: Figure, sheet: Sheet, height: float) -> None:
    """Title, subtitle and caption."""
    left = EDGE_INCHES / FIGURE_WIDTH_INCHES
    room = FIGURE_WIDTH_INCHES - 2 * EDGE_INCHES
    title, size = fitted_title(sheet.title, 72 * room, TITLE_POINTS)
    figure.text(left, 1 - 0.09 / height, title, fontsize=size, fontweight="bold", color=INK, va="top")
    figure.text(left, 1 - 0.36 / height, sheet.subtitle, fontsize=9.5, color=MUTED, va="top")
    figure.text(
        left,
        0.07 / height,
        textwrap.fill(sheet.caption, CAPTION_CHARACTERS),
        fontsize=7.8,
        color=MUTED,
        va="bottom",
        linespacing=1.3,
    )
