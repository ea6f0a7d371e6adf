"""Rows of a horizontal chart: backend names at the left, values at the end of a bar or mark."""

from __future__ import annotations

from typing import Sequence

from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator

from reports.labels import fitted, strike
from reports.model import Backend, Cell
from reports.style import INK, MUTED
from reports.units import processes

VALUE_POINTS = 8.8
NAME_POINTS = 9.5
NAME_WIDTH_POINTS = 102
PROCESSES_POINTS = 74
ROW_INCHES = 0.27
BAR_HEIGHT = 0.62
BESIDE_BAR, BESIDE_MARK = 5, 9


def rows_inches(rows: int) -> float:
    """The height of a panel with that many rows."""
    return (rows + 0.2) * ROW_INCHES


def name_backends(axes: Axes, names: Sequence[tuple[Backend, bool]]) -> None:
    """Names the rows 0, 1, ... from the top by backend; a wrong one is struck through."""
    label_rows(axes, [named(b) for b, _ in names])
    for label, (_, wrong) in zip(axes.get_yticklabels(), names):
        if wrong:
            strike(label)


def named(backend: Backend) -> str:
    """A name as wide as the margin; the null backend says what it is there for."""
    name = fitted(backend.name, NAME_WIDTH_POINTS, NAME_POINTS)
    return f"{name} (harness)" if backend.reference else name


def name_cells(axes: Axes, cells: Sequence[Cell]) -> None:
    """Names the rows by backend and process count; the backend stands at its first row only."""
    label_rows(axes, [processes(cell.procs) for cell in cells])
    for index, cell in enumerate(cells):
        same = [c for c in cells if c.backend == cell.backend]
        if cell is same[0]:
            text = axes.annotate(
                named(cell.backend),
                xy=(0, index),
                xycoords=("axes fraction", "data"),
                xytext=(-PROCESSES_POINTS, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=NAME_POINTS,
                color=INK,
                annotation_clip=False,
            )
            if all(c.wrong for c in same):
                strike(text)
    for label in axes.get_yticklabels():
        label.set_color(MUTED)


def label_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.yaxis.set_major_locator(FixedLocator(range(len(names))))
    axes.yaxis.set_major_formatter(FixedFormatter(list(names)))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def value_text(axes: Axes, x: float, row: float, text: str, beside: float = BESIDE_BAR) -> Text:
    """A value just right of x, where a bar or a mark ends."""
    return axes.annotate(
        text,
        xy=(x, row),
        xytext=(beside, 0),
        textcoords="offset points",
        ha="left",
        va="center_baseline",
        fontsize=VALUE_POINTS,
        color=INK,
    )
