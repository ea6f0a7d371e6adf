"""Slowdown against the fastest correct backend: a bar a backend, a panel a process count."""

from __future__ import annotations

from typing import Optional, Sequence

from matplotlib.axes import Axes

from reports.axes import log_axis
from reports.bars import BAR_HEIGHT, VALUE_POINTS, name_backends, rows_inches, value_text
from reports.captions import measured
from reports.labels import fitted, strike
from reports.model import Backend, Comparison, Group, Run, Standing
from reports.section import Section, first_groups
from reports.sheet import Margins, Panel, Sheet
from reports.style import MUTED, SURFACE, Looks
from reports.tables import Column, Table, Value, backend_name, build, number, word
from reports.units import (
    NOTHING,
    count,
    factor,
    group_slug,
    group_words,
    processes,
    short_factor,
    size_words,
    time,
)

MOST_PANELS = 6
COLUMNS = 3
VALUE_ROOM = 0.36
WHY_POINTS = 105
MARGINS = Margins(left=1.55, right=0.12, inner=0.12)
Row = tuple[Backend, Optional[Standing]]


def section(run: Run) -> Section:
    groups, remark = first_groups(run.measured)
    sheets = [sheet for sheet in (sheet_of(run, group) for group in groups) if sheet]
    if not sheets and not remark:
        remark = "Nothing to draw: no comparison has a fastest correct backend to measure against."
    return Section(
        anchor="slowdown",
        title="Slowdown against the fastest correct backend",
        lead="×1 is the fastest backend that lost nothing; ×5 takes five times as long. Hollow "
        "bars "
        "with struck names gave wrong results or did no work: they show what being correct costs, "
        "and have no rank.",
        sheets=sheets,
        remark=remark,
        table=table(run),
    )


def sheet_of(run: Run, group: Group) -> Optional[Sheet]:
    shown = [c for c in run.comparisons if c.group == group and drawable(c)][:MOST_PANELS]
    if not shown:
        return None
    bounds = [
        1.0,
        *(
            bound
            for c in shown
            for s in drawable(c)
            for bound in (s.slowdown, s.low, s.high)
            if bound
        ),
    ]
    return Sheet(
        slug=f"slowdown-{group_slug(group)}",
        title=f"Slowdown: {group_words(group)}",
        subtitle="Wall time an operation relative to the fastest correct backend; log scale.",
        description=describe(shown, group),
        margins=MARGINS,
        columns=COLUMNS,
        shared_rows=True,
        caption=measured(
            run,
            [c for c in run.measured if c.group == group],
            point="Bar: ratio of medians",
            whisker=False,
        ),
        panels=[
            Panel(
                panel_title(c),
                rows,
                rows_inches(len(rows)),
                lambda axes, rows, looks: draw(axes, rows, looks, bounds),
            )
            for c, rows in zip(shown, rows_of(run, shown))
        ],
    )


def rows_of(run: Run, comparisons: Sequence[Comparison]) -> list[list[Row]]:
    """The same backends for every comparison, without a standing where one was not measured."""
    found = [{s.backend.name: s for s in c.standings} for c in comparisons]
    shown = {s.backend.name for c in comparisons for s in drawable(c)}
    backends = [backend for backend in run.backends if backend.name in shown]
    return [[(b, standings.get(b.name)) for b in backends] for standings in found]


def drawable(comparison: Comparison) -> list[Standing]:
    return [standing for standing in comparison.standings if standing.slowdown is not None]


def panel_title(comparison: Comparison) -> str:
    return processes(comparison.procs) + ("" if comparison.ranked else " (not ranked)")


def describe(comparisons: Sequence[Comparison], group: Group) -> str:
    parts = [
        f"{processes(c.procs)}: "
        + ", ".join(
            f"{s.backend.name} {factor(s.slowdown)}{' (wrong results)' if s.wrong else ''}"
            for s in drawable(c)
        )
        for c in comparisons
    ]
    told = "; ".join(parts)
    return f"Slowdown against the fastest correct backend for {group_words(group)}. {told}."


def draw(axes: Axes, rows: Sequence[Row], looks: Looks, bounds: Sequence[float]) -> None:
    """Draws the bars from x1; `bounds` make the axis the same in every panel."""
    log_axis(axes.xaxis, bounds, short_factor, room=VALUE_ROOM, pad=1.4)
    axes.axvline(1.0, color=MUTED, linewidth=1, zorder=2)
    for index, (backend, standing) in enumerate(rows):
        if standing is None or standing.slowdown is None:
            why = standing.verdict if standing and standing.verdict else "not measured"
            value_text(axes, 1.0, index, fitted(why, WHY_POINTS, VALUE_POINTS)).set_color(MUTED)
            continue
        look = looks.of(backend)
        hollow = standing.wrong or standing.backend.reference
        axes.barh(
            index,
            standing.slowdown - 1.0,
            left=1.0,
            height=BAR_HEIGHT,
            edgecolor=look.color,
            facecolor=SURFACE if hollow else look.color,
            linewidth=1.2,
            zorder=3,
        )
        if standing.low is not None and standing.high is not None:
            axes.plot(
                [standing.low, standing.high], [index, index], color=MUTED, marker="|", zorder=4
            )
        text = value_text(
            axes, max(1.0, standing.slowdown, standing.high or 0), index, place_words(standing)
        )
        if standing.wrong:
            strike(text)
    name_backends(axes, [(b, s.wrong if s else b.lossy) for b, s in rows])
    axes.set_xlabel("× the fastest correct")


def place_words(standing: Standing) -> str:
    return factor(standing.slowdown) + (" fastest" if standing.rank == 1 else "")


def table(run: Run) -> Table:
    rows = [(c, s) for c in run.comparisons for s in c.standings]
    return build(
        rows,
        (
            Column("workload", lambda r: word(r[0].group.workload)),
            Column(
                "size",
                lambda r: Value(
                    size_words(r[0].group.size) or NOTHING, r[0].group.size.elements or 0
                ),
            ),
            Column("processes", lambda r: number(r[0].procs, count)),
            Column("backend", lambda r: backend_name(r[1].backend, r[1].wrong)),
            Column("rank", lambda r: number(r[1].rank, count)),
            Column("slowdown", lambda r: number(r[1].slowdown, factor)),
            Column(
                "wall time / op",
                lambda r: number(r[1].cell and r[1].cell.ns and r[1].cell.ns.median, time),
            ),
            Column("CPU time / op", lambda r: number(r[1].cell and r[1].cell.cpu_ns, time)),
            Column("verdict", lambda r: word(r[1].verdict)),
        ),
    )
