"""Each backend against the bare operation it wraps: a ratio of 1 costs nothing on top."""

from __future__ import annotations

from typing import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from reports.axes import log_axis
from reports.bars import BESIDE_MARK, name_cells, rows_inches, value_text
from reports.captions import measured
from reports.model import FLOOR_GOAL, Cell, Run
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import INK, MUTED, SURFACE, Looks
from reports.tables import (
    RESULT,
    SPEED,
    WHERE,
    Column,
    Value,
    build,
    by_backend,
    in_order,
    number,
    word,
)
from reports.units import count, coverage, group_words, interval, processes, ratio

MARGINS = Margins(left=2.5, right=0.3, inner=2.5)
VALUE_ROOM = 0.33
WIDEST_LINEAR = 2.0
LINEAR_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
MOST_TICKS = 7


def section(run: Run) -> Section:
    known = [cell for cell in run.measured if cell.floor]
    groups, remark = first_groups(known)
    if not known:
        remark = "Nothing to draw: no cell was measured beside a floor."
    drawn = [cell for cell in by_backend(run, known) if cell.group in groups]
    return Section(
        anchor="of-floor",
        title="Cost over the floor",
        lead="Time of the backend divided by the time of the bare operation it wraps, written by "
        f"hand and measured beside it. 1 is as fast as the floor. The dashed line is {FLOOR_GOAL}, the "
        "goal in shared memory; a goal is met when the interval reaches it.",
        sheets=[sheet_of(run, drawn)] if drawn else [],
        remark=remark,
        table=build(
            in_order(run, known),
            (
                *WHERE,
                Column("time / floor", lambda c: number(c.floor.median, ratio)),
                Column(
                    "interval of the ratio",
                    lambda c: Value(interval(c.floor, ratio), c.floor.low, numeric=True),
                ),
                Column("pairs", lambda c: number(c.floor.count, count)),
                Column("how", lambda c: word(c.floor.how)),
                *SPEED,
                RESULT,
            ),
        ),
    )


def sheet_of(run: Run, cells: Sequence[Cell]) -> Sheet:
    by_group: dict[str, list[Cell]] = {}
    for cell in cells:
        by_group.setdefault(group_words(cell.group), []).append(cell)
    bounds = [
        bound
        for cell in cells
        for bound in (cell.floor.median, cell.floor.low, cell.floor.high)
        if bound
    ]
    told = "; ".join(
        f"{c.backend.name} with {processes(c.procs)}, {group_words(c.group)}: "
        f"{ratio(c.floor.median)} ({coverage(c.floor)} {interval(c.floor, ratio)})"
        for c in cells
    )
    return Sheet(
        slug="of-floor",
        title="Cost over the floor",
        subtitle=f"Time of the backend / time of the bare operation; solid ×1, dashed "
        f"×{FLOOR_GOAL}.",
        description=f"Ratio to the floor. {told}.",
        caption=measured(run, cells),
        margins=MARGINS,
        panels=[
            Panel(
                name,
                rows,
                rows_inches(len(rows)),
                lambda axes, rows, looks: draw(axes, rows, looks, bounds),
            )
            for name, rows in by_group.items()
        ],
    )


def draw(axes: Axes, rows: Sequence[Cell], looks: Looks, bounds: Sequence[float]) -> None:
    """Draws ratio and interval of each cell; `bounds` make the axis the same in every panel."""
    if max(*bounds, 1.0) <= WIDEST_LINEAR:
        linear_axis(axes, bounds)
    else:
        log_axis(axes.xaxis, [1.0, *bounds], ratio, room=VALUE_ROOM)
    axes.axvline(1.0, color=INK, linewidth=1.2, zorder=2)
    axes.axvline(FLOOR_GOAL, color=MUTED, linewidth=1.2, linestyle=(0, (4, 2)), zorder=2)
    for index, cell in enumerate(rows):
        look, floor = looks.of(cell.backend), cell.floor
        if floor.has_interval:
            axes.plot(
                [floor.low, floor.high],
                [index, index],
                color=look.color,
                marker="|",
                markersize=8,
                linewidth=1.8,
                zorder=3,
            )
        axes.plot(
            [floor.median],
            [index],
            marker=look.marker,
            color=look.color,
            linestyle="none",
            markerfacecolor=SURFACE if cell.wrong else look.color,
            zorder=4,
        )
        value_text(
            axes, max(FLOOR_GOAL, floor.median, floor.high or 0), index, words(cell), BESIDE_MARK
        )
    name_cells(axes, rows)
    axes.set_xlabel("times the floor")


def words(cell: Cell) -> str:
    text = ratio(cell.floor.median)
    return f"{text} ({interval(cell.floor, ratio)})" if cell.floor.has_interval else text


def linear_axis(axes: Axes, bounds: Sequence[float]) -> None:
    """A linear axis around the data and both lines, with room for the values at the right."""
    low, high = min(*bounds, 1.0), max(*bounds, FLOOR_GOAL)
    pad = 0.06 * (high - low)
    low, high = low - pad, high + pad
    step = next((s for s in LINEAR_STEPS if (high - low) / s < MOST_TICKS), LINEAR_STEPS[-1])
    ticks = [
        step * place
        for place in range(round(low / step) - 1, round(high / step) + 2)
        if low <= step * place <= high
    ]
    axes.set_xlim(low, low + (high - low) / (1 - VALUE_ROOM))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([f"×{tick:.2f}" for tick in ticks]))
    axes.xaxis.grid(True)
