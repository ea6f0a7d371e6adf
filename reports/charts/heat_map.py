"""Heat map: every backend against workload, size and processes, the time written in each field."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Sequence

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator

from reports.axes import log_ticks
from reports.captions import measured
from reports.labels import fitted, fitted_title, strike
from reports.model import Backend, Cell, Run
from reports.section import Section
from reports.sheet import Margins, Panel, Sheet
from reports.style import FIGURE_WIDTH_INCHES, INK, MUTED
from reports.tables import RESULT, SPEED, VALID, WHERE, build, in_order
from reports.units import group_words, processes, time

MOST_ROWS = 34
MOST_SHEETS = 3
MOST_COLUMNS = 10
ROW_INCHES = 0.26
MARGINS = Margins(left=1.15, right=0.1, inner=1.15)
COLORS = LinearSegmentedColormap.from_list(
    "time", ["#edf5fb", "#b5d4ea", "#6aaed6", "#2f7ebc", "#0f579b", "#08306b"]
)
DARK_TEXT, LIGHT_TEXT, EMPTY = "#101418", "#fdfdfd", "none"
LIGHT_ENOUGH = 0.2
KEY_FIELDS, KEY_POINTS, HEADING_POINTS = 7, 78, 58
TITLE_POINTS = 72 * (FIGURE_WIDTH_INCHES - MARGINS.left - MARGINS.right - 0.2)


@dataclass(frozen=True)
class Line:
    """A heading, or the cells of one number of processes in the order of the columns."""

    title: str
    columns: Sequence[Backend] = ()
    cells: Sequence[Optional[Cell]] = ()


def section(run: Run) -> Section:
    parts = chunks(run)
    remark = "" if parts else "Nothing to draw: no cell has a time."
    if len(parts) > MOST_SHEETS:
        remark = f"Drawn: the first {MOST_SHEETS} of {len(parts)} parts; the table has every cell."
    sheets = [
        sheet_of(run, part, f"heat-map-{i + 1}" if len(parts) > 1 else "heat-map")
        for i, part in enumerate(parts[:MOST_SHEETS])
    ]
    return Section(
        anchor="heat-map",
        title="Every cell at a glance",
        lead="Wall time an operation; darker is slower. Struck values come from wrong results. "
        "An empty field was not measured.",
        sheets=sheets,
        remark=remark,
        table=build(in_order(run, run.cells), (*WHERE, *SPEED, VALID, RESULT)),
    )


def chunks(run: Run) -> list[list[Cell]]:
    """Cells cut into parts that fit a figure, groups kept together."""
    parts: list[list[Cell]] = []
    filled = MOST_ROWS
    for group in dict.fromkeys(cell.group for cell in run.measured):
        cells = [cell for cell in run.measured if cell.group == group]
        rows = 1 + len({cell.procs for cell in cells})
        if filled + rows > MOST_ROWS:
            parts.append([])
            filled = 0
        parts[-1] += cells
        filled += rows
    return parts


def sheet_of(run: Run, cells: Sequence[Cell], slug: str) -> Sheet:
    backends = [b for b in run.backends if any(cell.backend == b for cell in cells)]
    step = math.ceil(len(backends) / math.ceil(len(backends) / MOST_COLUMNS))
    bounds = [cell.ns.median for cell in cells]
    panels = []
    for first in range(0, len(backends), step):
        lines = lines_of(cells, backends[first : first + step])
        panels.append(
            Panel(
                "",
                lines,
                ROW_INCHES * len(lines),
                lambda axes, rows, looks: draw(axes, rows, bounds),
            )
        )
    return Sheet(
        slug=slug,
        title="Wall time an operation",
        margins=MARGINS,
        panels=panels,
        subtitle="Darker is slower; struck: wrong results; empty: not measured.",
        description=f"Heat map of the wall time an operation: {len(backends)} backends against "
        f"workload, size and number of processes, from {time(min(bounds))} to "
        f"{time(max(bounds))}. The table below holds every value.",
        caption=measured(run, cells, point="Number: median", whisker=False),
    )


def lines_of(cells: Sequence[Cell], backends: Sequence[Backend]) -> list[Line]:
    """Of what these backends have been measured with; a panel has not all of the run's."""
    cells = [cell for cell in cells if cell.backend in backends]
    at = {(cell.group, cell.procs, cell.backend.name): cell for cell in cells}
    lines = []
    for group in dict.fromkeys(cell.group for cell in cells):
        lines.append(Line(group_words(group)))
        for procs in sorted({cell.procs for cell in cells if cell.group == group}):
            row = [at.get((group, procs, backend.name)) for backend in backends]
            lines.append(Line(processes(procs), backends, row))
    return lines


def draw(axes: Axes, rows: Sequence[Line], bounds: Sequence[float]) -> None:
    """Draws a field a cell; `bounds` are the times the colours span, the same in every panel."""
    norm = LogNorm(min(bounds), max(max(bounds), min(bounds) * 1.001))
    columns = next(line.columns for line in rows if line.cells)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for row, line in enumerate(rows):
        if not line.cells:
            title, size = fitted_title(line.title, TITLE_POINTS, 9.5)
            axes.text(
                0, row + 0.05, title, fontsize=size, fontweight="bold", color=INK, va="center"
            )
        for column, cell in enumerate(line.cells):
            if cell is not None:
                draw_field(axes, row, column, cell, norm)
    axes.yaxis.set_major_locator(FixedLocator([i for i, line in enumerate(rows) if line.cells]))
    axes.yaxis.set_major_formatter(FixedFormatter([line.title for line in rows if line.cells]))
    axes.xaxis.set_major_locator(FixedLocator([column + 0.5 for column in range(len(columns))]))
    axes.xaxis.set_major_formatter(FixedFormatter([two_lines(b) for b in columns]))
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.tick_params(axis="x", labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for label, backend in zip(axes.get_xticklabels(), columns):
        if backend.lossy:
            strike(label)
    draw_key(axes, norm)


def draw_field(axes: Axes, row: int, column: int, cell: Cell, norm: LogNorm) -> None:
    color = COLORS(norm(cell.ns.median))
    axes.add_patch(Rectangle((column + 0.02, row - 0.46), 0.96, 0.92, facecolor=color, linewidth=0))
    shown = DARK_TEXT if brightness(color) > LIGHT_ENOUGH else LIGHT_TEXT
    text = axes.text(
        column + 0.5,
        row,
        time(cell.ns.median),
        fontsize=9,
        color=shown,
        ha="center",
        va="center_baseline",
    )
    if cell.wrong:
        strike(text, fade=False)


def brightness(color: Sequence[float]) -> float:
    red, green, blue = (value**2.2 for value in to_rgb(color[:3]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def two_lines(backend: Backend) -> str:
    """`mutex.robust` over two lines, to fit the width of a column."""
    if backend.reference:
        return f"{fitted(backend.name, HEADING_POINTS, 9)}\n(harness)"
    return "\n".join(fitted(part, HEADING_POINTS, 9) for part in backend.name.split(".", 1))


def draw_key(axes: Axes, norm: LogNorm) -> None:
    """Fields that tell the colours of round times, under the map."""
    gap = math.log10(norm.vmax / norm.vmin) / KEY_FIELDS
    for step, value in enumerate(log_ticks(norm.vmin, norm.vmax, lambda values: gap)):
        axes.annotate(
            time(value),
            xy=(0, 0),
            xycoords="axes fraction",
            ha="left",
            va="center",
            xytext=(18 + KEY_POINTS * step, -16),
            textcoords="offset points",
            fontsize=8.5,
            color=MUTED,
        )
        axes.annotate(
            "\N{BLACK SQUARE}",
            xy=(0, 0),
            xycoords="axes fraction",
            ha="left",
            va="center",
            xytext=(2 + KEY_POINTS * step, -16),
            textcoords="offset points",
            fontsize=14,
            color=COLORS(norm(value)),
        )
