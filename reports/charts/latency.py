"""Latency percentiles of single operations, from a pass of their own."""

from __future__ import annotations

from typing import Optional, Sequence

from matplotlib.axes import Axes

from reports import captions
from reports.axes import log_axis
from reports.bars import BESIDE_MARK, name_backends, rows_inches, value_text
from reports.model import Backend, Group, Latency, Run
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import SURFACE, Looks
from reports.tables import Column, Value, backend_name, build, number, word
from reports.units import (
    NOTHING,
    count,
    group_slug,
    group_words,
    percentile_words,
    processes,
    size_words,
    time,
)

# Each percentile with its marker; the subtitle is the key.
MARKS = (("p50", "o"), ("p99", "D"), ("p99.9", "^"), ("max", "|"))
KEY = "● p50   ◆ p99   ▲ p99.9   | max   ◁ below what the clock can tell.  Log scale."
LISTED = ("p50", "p90", "p99", "p99.9", "max")
MOST_PANELS = 4
COLUMNS = 2
MARGINS = Margins(left=1.55, right=0.15, inner=0.15)
VALUE_ROOM = 0.26
Row = tuple[Backend, Optional[Latency]]


def section(run: Run) -> Section:
    groups, remark = first_groups(run.latencies)
    loops = list(dict.fromkeys(item.loop for item in run.latencies))
    if not run.latencies:
        remark = "Nothing to draw: this run has no latency pass."
    sheets = [
        sheet for group in groups for loop in loops if (sheet := sheet_of(run, group, loop))
    ]
    return Section(
        anchor="latency",
        title="Latency percentiles",
        lead="How long single operations took: half took no longer than p50, one in a thousand "
        "longer than p99.9. Under ten reads of the clock only “less than” is known.",
        sheets=sheets,
        remark=remark,
        table=build(
            run.latencies,
            (
                Column("workload", lambda r: word(r.workload)),
                Column(
                    "size", lambda r: Value(size_words(r.size) or NOTHING, r.size.elements or 0)
                ),
                Column("processes", lambda r: number(r.procs, count)),
                Column("backend", lambda r: backend_name(r.backend, r.backend.lossy)),
                *(percentile_column(name) for name in LISTED),
                Column("samples", lambda r: number(r.samples, count)),
                Column("CPU time / op", lambda r: number(cpu_of(run, r), time)),
                Column("loop", lambda r: word(r.loop)),
            ),
        ),
    )


def percentile_column(name: str) -> Column:
    return Column(name, lambda r: Value(percentile_words(r, name), r.percentiles.get(name), True))


def cpu_of(run: Run, latency: Latency) -> Optional[float]:
    """CPU time of the same cell in the throughput pass."""
    wanted = (latency.backend, latency.group, latency.procs)
    return next(
        (cell.cpu_ns for cell in run.cells if (cell.backend, cell.group, cell.procs) == wanted), None
    )


def marks_of(latency: Latency) -> list[tuple[str, str, float]]:
    """Percentiles that can be drawn on a log axis, with marker and place."""
    marks = []
    for name, marker in MARKS:
        if name in latency.below_resolution:
            marks.append((name, "<", latency.resolution_ns))
        elif name in latency.percentiles:
            marks.append((name, marker, latency.percentiles[name]))
    return [mark for mark in marks if mark[2] > 0]


def sheet_of(run: Run, group: Group, loop: str) -> Optional[Sheet]:
    here = [
        item
        for item in run.latencies
        if item.group == group and item.loop == loop and marks_of(item)
    ]
    here.sort(key=lambda item: (item.procs, run.order(item.backend)))
    if not here:
        return None
    at = {(item.procs, item.backend.name): item for item in here}
    backends = [b for b in run.backends if any(item.backend == b for item in here)]
    panels = [
        Panel(
            processes(procs),
            [(b, at.get((procs, b.name))) for b in backends],
            rows_inches(len(backends)),
            draw,
        )
        for procs in sorted({item.procs for item in here})[:MOST_PANELS]
    ]
    return Sheet(
        slug=f"latency-{group_slug(group)}" + ("" if loop == "closed loop" else f"-{loop_slug(loop)}"),
        title=f"Latency: {group_words(group)}, {loop}",
        subtitle=KEY,
        description=f"Latency percentiles for {group_words(group)}, {loop}. {describe(here)}",
        caption=captions.latency(run, here),
        panels=panels,
        margins=MARGINS,
        columns=COLUMNS,
        shared_rows=True,
    )


def loop_slug(loop: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in loop).strip("-")


def describe(latencies: Sequence[Latency]) -> str:
    return " ".join(
        f"{item.backend.name} with {processes(item.procs)}: "
        + ", ".join(f"{name} {percentile_words(item, name)}" for name, _, _ in marks_of(item))
        + "."
        for item in latencies
    )


def draw(axes: Axes, rows: Sequence[Row], looks: Looks) -> None:
    """Draws the percentiles of each backend on one row, joined by a line."""
    marks = [marks_of(item) if item else [] for _, item in rows]
    log_axis(axes.xaxis, [x for row in marks for _, _, x in row], time, room=VALUE_ROOM, pad=1.6)
    for index, ((backend, item), row) in enumerate(zip(rows, marks)):
        if item is None:
            continue
        look = looks.of(backend)
        places = [x for _, _, x in row]
        axes.plot(
            [min(places), max(places)],
            [index, index],
            color=look.color,
            linewidth=1.4,
            linestyle=look.dash,
            zorder=2,
        )
        for name, marker, x in row:
            hollow = backend.lossy or marker == "<"
            axes.plot(
                [x],
                [index],
                marker=marker,
                linestyle="none",
                color=look.color,
                zorder=3,
                markersize=9 if marker == "|" else 6,
                markeredgewidth=1.4,
                markerfacecolor=SURFACE if hollow else look.color,
            )
        if "p99" in item.percentiles:
            value_text(
                axes, max(places), index, f"p99 {percentile_words(item, 'p99')}", BESIDE_MARK
            )
    name_backends(axes, [(backend, backend.lossy) for backend, _ in rows])
    axes.set_xlabel("time of one operation")
