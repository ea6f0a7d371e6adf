"""CPU cost an operation next to its wall time, and the cores it keeps busy: spinning shows here."""

from __future__ import annotations

from typing import Optional, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from reports.axes import log_axis
from reports.bars import BAR_HEIGHT, name_backends, rows_inches
from reports.captions import measured
from reports.model import Cell, Group, Run
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import INK, MUTED, SURFACE, Looks
from reports.tables import RESULT, SPEED, WHERE, Column, build, in_order, number
from reports.units import digits, group_slug, group_words, processes, time

MOST_PROCS = 2
MOST_TICKS = 5
CORE_STEPS = (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100)
MARGINS = Margins(left=1.55, right=0.3, inner=0.3)


def section(run: Run) -> Section:
    known = [cell for cell in run.measured if cell.cpu_ns]
    groups, remark = first_groups(known)
    if not known:
        remark = "Nothing to draw: no cell has a CPU time."
    sheets = [sheet_of(run, [c for c in known if c.group == group], group) for group in groups]
    return Section(
        anchor="cpu-cost",
        title="CPU cost an operation",
        lead="Time of all processes on all cores, servers included, beside the wall time. A "
        "backend "
        "that spins is fast because it burns the cores; one that waits leaves them to others. "
        f"Drawn: the {MOST_PROCS} highest numbers of processes; the table has all.",
        sheets=sheets,
        remark=remark,
        table=build(
            in_order(run, run.measured),
            (
                *WHERE,
                *SPEED,
                Column("workers", lambda c: number(c.cpu_workers_ns, time)),
                Column("server", lambda c: number(c.cpu_server_ns, time)),
                Column("cores busy", lambda c: number(cores_busy(c, c.cpu_ns), cores)),
                Column("switches / op", lambda c: number(c.switches, cores)),
                RESULT,
            ),
        ),
    )


def cores(value: Optional[float]) -> str:
    return "–" if value is None else digits(value)


def cores_busy(cell: Cell, cpu_ns: Optional[float]) -> Optional[float]:
    """CPU time a wall time."""
    return None if cpu_ns is None else cpu_ns / cell.ns.median


def sheet_of(run: Run, cells: Sequence[Cell], group: Group) -> Sheet:
    panels = []
    for procs in sorted({cell.procs for cell in cells})[-MOST_PROCS:]:
        rows = sorted((c for c in cells if c.procs == procs), key=lambda c: run.order(c.backend))
        height = rows_inches(len(rows))
        panels.append(Panel(f"{processes(procs)}: time an operation", rows, height, draw_times))
        panels.append(Panel(f"{processes(procs)}: cores kept busy", rows, height, draw_cores))
    told = "; ".join(
        f"{c.backend.name} with {processes(c.procs)}: wall {time(c.ns.median)}, CPU "
        f"{time(c.cpu_ns)}"
        for c in cells
    )
    return Sheet(
        slug=f"cpu-cost-{group_slug(group)}",
        title=f"CPU cost: {group_words(group)}",
        subtitle="Left: | wall   ● CPU of the workers   ■ CPU of the server; log scale.   "
        "Right: filled: workers, hatched: server.",
        description=f"CPU cost an operation for {group_words(group)}. {told}.",
        caption=measured(run, cells),
        margins=MARGINS,
        columns=2,
        panels=panels,
        shared_rows=True,
    )


def draw_times(axes: Axes, rows: Sequence[Cell], looks: Looks) -> None:
    """Draws wall, workers' and server's time of each backend; a part that is zero is left out."""
    log_axis(
        axes.xaxis,
        [
            value
            for c in rows
            for value in (c.ns.median, c.ns.low, c.ns.high, c.cpu_workers_ns, c.cpu_server_ns)
        ],
        time,
    )
    for index, cell in enumerate(rows):
        color = looks.of(cell.backend).color
        parts = [
            (value, marker)
            for value, marker in ((cell.cpu_workers_ns, "o"), (cell.cpu_server_ns, "s"))
            if value
        ]
        places = [cell.ns.median, *(value for value, _ in parts)]
        axes.plot([min(places), max(places)], [index, index], color=color, linewidth=1, zorder=2)
        if cell.ns.has_interval:
            axes.plot(
                [cell.ns.low, cell.ns.high],
                [index, index],
                color=INK,
                linewidth=3.2,
                alpha=0.35,
                zorder=3,
                solid_capstyle="butt",
            )
        for value, marker in parts:
            axes.plot(
                [value],
                [index],
                marker=marker,
                color=color,
                linestyle="none",
                zorder=4,
                markerfacecolor=SURFACE if cell.wrong else color,
            )
        axes.plot(
            [cell.ns.median],
            [index],
            marker="|",
            markersize=13,
            markeredgewidth=2,
            color=INK,
            linestyle="none",
            zorder=5,
        )
    name_backends(axes, [(c.backend, c.wrong) for c in rows])
    axes.set_xlabel("time an operation")


def draw_cores(axes: Axes, rows: Sequence[Cell], looks: Looks) -> None:
    """Draws CPU time a wall time as stacked bars from zero, workers first."""
    for index, cell in enumerate(rows):
        color = looks.of(cell.backend).color
        workers = cores_busy(cell, cell.cpu_workers_ns) or 0.0
        server = cores_busy(cell, cell.cpu_server_ns) or 0.0
        axes.barh(
            index,
            workers,
            height=BAR_HEIGHT,
            edgecolor=color,
            linewidth=1.2,
            zorder=3,
            facecolor=SURFACE if cell.wrong else color,
        )
        if server:
            axes.barh(
                index,
                server,
                left=workers,
                height=BAR_HEIGHT,
                facecolor=SURFACE,
                edgecolor=color,
                hatch="////",
                linewidth=1.2,
                zorder=3,
            )
    most = max(1.0, axes.get_xlim()[1])
    step = next((s for s in CORE_STEPS if most / s <= MOST_TICKS), most)
    ticks = [step * place for place in range(int(most / step) + 1)]
    axes.set_xlim(0, most)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([digits(tick) for tick in ticks]))
    axes.xaxis.grid(True)
    name_backends(axes, [(c.backend, c.wrong) for c in rows])
    axes.set_xlabel("cores (CPU time / wall time)")
    axes.spines["bottom"].set_color(MUTED)
