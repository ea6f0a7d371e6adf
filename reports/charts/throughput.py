"""Throughput against processes: operations a second of the whole system; higher is better."""

from __future__ import annotations

from typing import Optional

from reports.charts.against_processes import Quantity, groups_to_draw, sheet_of
from reports.model import Cell, Run
from reports.section import Section
from reports.tables import RESULT, SPEED, VALID, WHERE, Column, build, in_order, number
from reports.units import rate

NS_A_SECOND = 1e9
QUANTITY = Quantity(
    "throughput", lambda ns: NS_A_SECOND / ns, rate, "operations a second, all workers"
)


def section(run: Run) -> Section:
    groups, remark = groups_to_draw(run)
    sheets = [
        sheet_of(
            run,
            group,
            QUANTITY,
            "Throughput",
            "Operations a second over all workers; higher is better; log scale.",
        )
        for group in groups
    ]
    return Section(
        anchor="throughput",
        title="Throughput against processes",
        lead="How much work all workers together get done. A line that falls towards the right "
        "means that more processes get less done.",
        sheets=sheets,
        remark=remark,
        table=build(
            in_order(run, run.measured),
            (
                *WHERE,
                Column("operations / s", lambda c: number(per_second(c), rate)),
                *SPEED,
                VALID,
                RESULT,
            ),
        ),
    )


def per_second(cell: Cell) -> Optional[float]:
    return NS_A_SECOND / cell.ns.median if cell.ns else None
