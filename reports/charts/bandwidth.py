"""Bandwidth of square beside its floor: the same kernel over a plain mapping."""

from __future__ import annotations

from typing import Optional, Sequence

from matplotlib.axes import Axes

from reports.axes import log_axis
from reports.bars import BESIDE_MARK, name_cells, rows_inches, value_text
from reports.captions import measured
from reports.model import Cell, Run
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import INK, SURFACE, Looks
from reports.tables import RESULT, SPEED, WHERE, Column, build, by_backend, in_order, number
from reports.units import bandwidth, group_words, processes, ratio

MARGINS = Margins(left=2.5, right=0.3, inner=2.5)
VALUE_ROOM = 0.2


def section(run: Run) -> Section:
    known = [cell for cell in run.measured if cell.bytes_per_second]
    groups, remark = first_groups(known)
    if not known:
        remark = "Nothing to draw: no square was measured."
    drawn = [cell for cell in by_backend(run, known) if cell.group in groups]
    return Section(
        anchor="bandwidth",
        title="Bandwidth of square",
        lead="16 bytes an element, 8 read and 8 written. The upright stroke is the floor, where "
        "one was measured: the median of the backend times its ratio to the floor.",
        sheets=[sheet_of(run, drawn)] if drawn else [],
        remark=remark,
        table=build(
            in_order(run, known),
            (
                *WHERE,
                Column("bandwidth", lambda c: number(c.bytes_per_second, bandwidth)),
                Column("floor", lambda c: number(floor_of(c), bandwidth)),
                Column("time / floor", lambda c: number(c.floor and c.floor.median, ratio)),
                *SPEED,
                RESULT,
            ),
        ),
    )


def floor_of(cell: Cell) -> Optional[float]:
    """Bandwidth of the floor: less time an operation, more bytes a second."""
    return cell.bytes_per_second * cell.floor.median if cell.floor else None


def ends_of(cell: Cell) -> Optional[tuple[float, float]]:
    """The interval of the time, as bandwidths."""
    if not cell.ns.has_interval:
        return None
    return tuple(
        cell.bytes_per_second * cell.ns.median / end for end in (cell.ns.high, cell.ns.low)
    )


def sheet_of(run: Run, cells: Sequence[Cell]) -> Sheet:
    by_group: dict[str, list[Cell]] = {}
    for cell in cells:
        by_group.setdefault(group_words(cell.group), []).append(cell)
    told = "; ".join(
        f"{c.backend.name} with {processes(c.procs)}, {group_words(c.group)}: "
        f"{bandwidth(c.bytes_per_second)}"
        for c in cells
    )
    return Sheet(
        slug="bandwidth",
        title="Bandwidth of square",
        subtitle="Points with intervals; upright stroke: floor; higher is better; log scale.",
        description=f"Bandwidth of square. {told}.",
        caption=measured(run, cells),
        margins=MARGINS,
        panels=[Panel(name, rows, rows_inches(len(rows)), draw) for name, rows in by_group.items()],
    )


def draw(axes: Axes, rows: Sequence[Cell], looks: Looks) -> None:
    """Draws one row a cell: median, interval, and the floor where there is one."""
    everything = [
        value
        for cell in rows
        for value in (cell.bytes_per_second, floor_of(cell), *(ends_of(cell) or ()))
    ]
    log_axis(axes.xaxis, everything, bandwidth, room=VALUE_ROOM)
    for index, cell in enumerate(rows):
        look, floor, ends = looks.of(cell.backend), floor_of(cell), ends_of(cell)
        right = max(cell.bytes_per_second, floor or 0, *(ends or ()), 0)
        if ends:
            axes.plot(ends, [index, index], color=look.color, linewidth=1.6, zorder=3)
        axes.plot(
            [cell.bytes_per_second],
            [index],
            marker=look.marker,
            color=look.color,
            linestyle="none",
            markerfacecolor=SURFACE if cell.wrong else look.color,
            zorder=4,
        )
        if floor:
            axes.plot(
                [floor],
                [index],
                marker="|",
                markersize=14,
                markeredgewidth=2,
                color=INK,
                linestyle="none",
                zorder=5,
            )
        value_text(axes, right, index, bandwidth(cell.bytes_per_second), BESIDE_MARK)
    name_cells(axes, rows)
    axes.set_xlabel("bandwidth, all workers")
