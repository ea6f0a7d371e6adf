"""Share of updates lost: the controls, which must lose some, and whoever broke a promise."""

from __future__ import annotations

from typing import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from reports.bars import BAR_HEIGHT, name_cells, rows_inches, value_text
from reports.captions import measured
from reports.model import Cell, Run
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import SURFACE, WARNING, Looks
from reports.tables import (
    RESULT,
    SPEED,
    VALID,
    WHERE,
    Column,
    Value,
    build,
    by_backend,
    in_order,
    number,
)
from reports.units import count, group_words, large, lost_words, percent, processes, share

MARGINS = Margins(left=2.5, right=0.2, inner=2.5)
TICKS = (0, 25, 50, 75, 100)
VALUE_ROOM_PERCENT = 165


def section(run: Run) -> Section:
    shown = [cell for cell in run.cells if watched(cell)]
    groups, remark = first_groups(shown)
    if not shown:
        remark = "Nothing to draw: the run has no control, and no backend broke its promise."
    sheets = (
        [sheet_of(run, [c for c in by_backend(run, shown) if c.group in groups])] if shown else []
    )
    return Section(
        anchor="lost-updates",
        title="Lost updates",
        lead="A control is a backend that must lose updates when processes run at the same time: "
        "it proves that the check can see a loss. A control that loses nothing promises nothing.",
        sheets=sheets,
        remark=remark,
        table=build(
            in_order(run, shown),
            (
                *WHERE,
                Column("lost", lambda c: number(c.lost, count)),
                Column("due", lambda c: number(c.due, count)),
                Column("share lost", lambda c: Value(lost_share(c), ratio_lost(c), numeric=True)),
                Column("extra", lambda c: number(c.extra, count)),
                Column("wrong elements", lambda c: number(c.wrong_elements, count)),
                Column("corrupted", lambda c: number(c.corrupted, count)),
                Column("overlap", lambda c: number(c.overlap and c.overlap.median, percent)),
                *SPEED,
                VALID,
                RESULT,
            ),
        ),
    )


def watched(cell: Cell) -> bool:
    """Controls, and everything else that went wrong."""
    return cell.wrong and not cell.backend.reference


def ratio_lost(cell: Cell) -> float:
    return cell.lost / cell.due if cell.due else 0.0


def lost_share(cell: Cell) -> str:
    return share(cell.lost, cell.due) if cell.lost else lost_words(cell)


def sheet_of(run: Run, cells: Sequence[Cell]) -> Sheet:
    by_group: dict[str, list[Cell]] = {}
    for cell in cells:
        by_group.setdefault(group_words(cell.group), []).append(cell)
    told = ". ".join(
        f"{name}: "
        + ", ".join(f"{c.backend.name} with {processes(c.procs)} {lost_words(c)}" for c in rows)
        for name, rows in by_group.items()
    )
    return Sheet(
        slug="lost-updates",
        title="Lost updates",
        subtitle="Share of the updates due that the shared state did not hold at the end.",
        description=f"Share of updates lost. {told}.",
        caption=measured(run, cells, point="Bar: sum over all trials", whisker=False),
        margins=MARGINS,
        panels=[Panel(name, rows, rows_inches(len(rows)), draw) for name, rows in by_group.items()],
    )


def draw(axes: Axes, rows: Sequence[Cell], looks: Looks) -> None:
    """Draws one bar a cell with its count; the axis is linear, as a share can be zero."""
    axes.set_xlim(0, VALUE_ROOM_PERCENT)
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick} %" for tick in TICKS]))
    axes.xaxis.grid(True)
    for index, cell in enumerate(rows):
        look = looks.of(cell.backend)
        lost = 100 * ratio_lost(cell)
        if lost:
            axes.barh(
                index,
                lost,
                height=BAR_HEIGHT,
                facecolor=SURFACE,
                hatch="////",
                linewidth=1.2,
                edgecolor=WARNING if cell.broken else look.color,
                zorder=3,
            )
        text = value_text(axes, lost, index, words(cell))
        if cell.broken:
            text.set_color(WARNING)
    name_cells(axes, rows)
    axes.spines["bottom"].set_bounds(0, 100)
    axes.set_xlabel("updates lost", loc="left")


def words(cell: Cell) -> str:
    """The counts, and what else was wrong."""
    parts = [lost_words(cell)]
    if cell.lost:
        parts = [f"{share(cell.lost, cell.due)} lost: {large(cell.lost)} of {large(cell.due)}"]
    parts += [
        f"{count(number_of)} {name}"
        for name, number_of in (
            ("extra", cell.extra),
            ("wrong elements", cell.wrong_elements),
            ("corrupted", cell.corrupted),
        )
        if number_of
    ]
    return ("PROMISE BROKEN: " if cell.broken else "") + ", ".join(parts)
