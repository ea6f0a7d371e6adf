"""Lines against the number of processes: the shape that throughput and ns/op have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Sequence

from matplotlib.axes import Axes

from reports.axes import log_axis, process_axis, shade_oversubscribed
from reports.captions import measured
from reports.labels import EndLabel, label_ends
from reports.model import Backend, Cell, Group, Run
from reports.section import first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import MUTED, SERVER, SHARED_MEMORY, SURFACE, Looks, place
from reports.units import group_slug, group_words

LINES_A_PANEL = 7
PANEL_INCHES = 3.0
DODGE = 0.022
MARGINS = Margins(left=0.78, right=1.72, inner=0.78)
HEAD_INCHES = 0.52


@dataclass(frozen=True)
class Quantity:
    """What the y axis shows: how to get it from nanoseconds an operation, and how to write it."""

    slug: str
    of_ns: Callable[[float], float]
    show: Callable[[float], str]
    label: str


@dataclass(frozen=True)
class Line:
    """All cells of one backend in a group, by rising number of processes."""

    backend: Backend
    cells: Sequence[Cell]

    @property
    def wrong(self) -> bool:
        return any(cell.wrong for cell in self.cells)


def groups_to_draw(run: Run) -> tuple[list[Group], str]:
    """Groups measured with more than one number of processes, and a remark about the others."""
    procs: dict[Group, set[int]] = {}
    for cell in run.measured:
        procs.setdefault(cell.group, set()).add(cell.procs)
    groups, remark = first_groups(cell for cell in run.measured if len(procs[cell.group]) > 1)
    single = [group_words(group) for group in procs if len(procs[group]) == 1]
    if single:
        few = single[0] + (f" and {len(single) - 1} more" if len(single) > 1 else "")
        remark = (
            f"{remark if groups else 'Nothing to draw.'} Measured with one number of processes "
            f"only, so without a line: {few}."
        ).strip()
    return groups, remark


def lines_of(run: Run, group: Group) -> list[Line]:
    lines = []
    for backend in run.backends:
        cells = [c for c in run.measured if c.backend == backend and c.group == group]
        if cells:
            lines.append(Line(backend, sorted(cells, key=lambda cell: cell.procs)))
    return lines


def panels_of(lines: Sequence[Line], quantity: Quantity) -> list[Panel]:
    """At most seven lines a panel; calls to a server apart, they are decades slower."""
    panels = []
    for where in (SHARED_MEMORY, SERVER):
        here = [line for line in lines if place(line.backend) == where]
        parts = -(-len(here) // LINES_A_PANEL)
        for part in range(parts):
            size = -(-len(here) // parts)
            title = f"{where}, {part + 1} of {parts}" if parts > 1 else where
            panels.append(
                Panel(
                    title[0].upper() + title[1:],
                    here[part * size : (part + 1) * size],
                    PANEL_INCHES,
                    lambda axes, rows, looks: draw(axes, rows, looks, quantity),
                    HEAD_INCHES,
                )
            )
    return panels


def sheet_of(run: Run, group: Group, quantity: Quantity, title: str, subtitle: str) -> Sheet:
    lines = lines_of(run, group)
    return Sheet(
        slug=f"{quantity.slug}-{group_slug(group)}",
        title=f"{title}: {group_words(group)}",
        subtitle=subtitle + shade_words(lines),
        description=describe(lines, quantity, group),
        caption=measured(run, [cell for line in lines for cell in line.cells]),
        panels=panels_of(lines, quantity),
        columns=2,
        margins=MARGINS,
    )


def shade_words(lines: Sequence[Line]) -> str:
    beyond = any(cell.oversubscribed for line in lines for cell in line.cells)
    return " Shaded: more processes than cores." if beyond else ""


def describe(lines: Sequence[Line], quantity: Quantity, group: Group) -> str:
    ends = "; ".join(
        f"{line.backend.name}{' (wrong results)' if line.wrong else ''} "
        + ", ".join(
            f"{quantity.show(quantity.of_ns(c.ns.median))} at {c.procs}" for c in line.cells
        )
        for line in lines
    )
    return f"{quantity.label} against the number of processes for {group_words(group)}: {ends}."


def draw(axes: Axes, rows: Sequence[Line], looks: Looks, quantity: Quantity) -> None:
    """Draws one line a backend with its intervals, and its name at the end."""
    cells = [cell for line in rows for cell in line.cells]
    bounds = [bound for cell in cells for bound in (cell.ns.median, cell.ns.low, cell.ns.high)]
    procs = sorted({cell.procs for cell in cells})
    process_axis(axes, procs)
    log_axis(axes.yaxis, [quantity.of_ns(bound) for bound in bounds if bound], quantity.show)
    shade_oversubscribed(axes, cells)
    axes.annotate(
        quantity.label,
        xy=(0, 1),
        xycoords="axes fraction",
        xytext=(0, 6),
        textcoords="offset points",
        fontsize=9,
        color=MUTED,
    )
    labels = []
    for index, line in enumerate(rows):
        shift = 2 ** (DODGE * (index - (len(rows) - 1) / 2))
        xs = [cell.procs * shift for cell in line.cells]
        ys = [quantity.of_ns(cell.ns.median) for cell in line.cells]
        draw_line(axes, line, with_gaps(line, procs, xs, ys), looks)
        draw_intervals(axes, line, xs, looks, quantity)
        name = line.backend.name + (" (harness)" if line.backend.reference else "")
        labels.append(EndLabel(xs[-1], ys[-1], name, looks.of(line.backend), line.wrong))
    label_ends(axes, labels)


def with_gaps(
    line: Line, procs: Sequence[int], xs: Sequence[float], ys: Sequence[float]
) -> list[tuple[float, float]]:
    """The points, with a gap that breaks the line where others were measured and this was not."""
    points = dict(zip((cell.procs for cell in line.cells), zip(xs, ys)))
    return [points.get(number, (math.nan, math.nan)) for number in procs]


def draw_line(axes: Axes, line: Line, points: Sequence[tuple[float, float]], looks: Looks) -> None:
    """The line, with a hollow marker wherever the result is wrong."""
    xs, ys = zip(*points)
    look = looks.of(line.backend)
    thin = line.wrong or line.backend.reference
    axes.plot(
        xs, ys, color=look.color, linestyle=look.dash, linewidth=1.1 if thin else 1.9, zorder=3
    )
    known = [point for point in points if not math.isnan(point[0])]
    for (x, y), cell in zip(known, line.cells):
        axes.plot(
            [x],
            [y],
            marker=look.marker,
            color=look.color,
            linestyle="none",
            zorder=4,
            markerfacecolor=SURFACE if cell.wrong else look.color,
        )


def draw_intervals(
    axes: Axes, line: Line, xs: Sequence[float], looks: Looks, quantity: Quantity
) -> None:
    for x, cell in zip(xs, line.cells):
        if cell.ns.has_interval:
            ends = [quantity.of_ns(cell.ns.low), quantity.of_ns(cell.ns.high)]
            axes.plot(
                [x, x],
                ends,
                color=looks.of(line.backend).color,
                linewidth=1.2,
                marker="_",
                markersize=6,
                zorder=3,
            )
