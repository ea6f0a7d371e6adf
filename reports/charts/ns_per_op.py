"""Wall time an operation of the whole system against processes; lower is better."""

from __future__ import annotations

from reports.charts.against_processes import Quantity, groups_to_draw, sheet_of
from reports.model import Run
from reports.section import Section
from reports.tables import RESULT, SPEED, WHERE, Column, build, in_order, number
from reports.units import jain, percent, time

QUANTITY = Quantity("ns-per-op", lambda ns: ns, time, "wall time an operation, whole system")


def section(run: Run) -> Section:
    groups, remark = groups_to_draw(run)
    sheets = [
        sheet_of(
            run,
            group,
            QUANTITY,
            "Time an operation",
            "Wall time divided by the operations of all workers; lower is better; log scale.",
        )
        for group in groups
    ]
    return Section(
        anchor="ns-per-op",
        title="Time an operation against processes",
        lead="The same measurements the other way round: wall time divided by all operations. One "
        "worker waits for as many times that as there are workers.",
        sheets=sheets,
        remark=remark,
        table=build(
            in_order(run, run.measured),
            (
                *WHERE,
                *SPEED,
                Column("what one worker waits", lambda c: number(c.procs * c.ns.median, time)),
                Column("spread (cv)", lambda c: number(c.ns.cv, percent)),
                Column("fairness", lambda c: number(c.fairness and c.fairness.median, jain)),
                RESULT,
            ),
        ),
    )
