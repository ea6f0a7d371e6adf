"""One part of the report: what it shows, its sheets and its table, and what is missing and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Sequence

from reports.model import Cell, Group, Latency
from reports.sheet import Sheet
from reports.tables import Table

MOST_SHEETS = 5


@dataclass(frozen=True)
class Section:
    """A chapter of the page; without a sheet, `remark` says why."""

    anchor: str
    title: str
    lead: str
    table: Table
    sheets: Sequence[Sheet] = field(default_factory=list)
    remark: str = ""


def first_groups(rows: Iterable[Cell | Latency]) -> tuple[list[Group], str]:
    """The groups that get a figure, in the order of the file, and what is said about the others."""
    groups = list(dict.fromkeys(row.group for row in rows))
    if len(groups) <= MOST_SHEETS:
        return groups, "" if groups else "Nothing to draw: no such cell has a time."
    return groups[:MOST_SHEETS], (
        f"Drawn: the first {MOST_SHEETS} of {len(groups)} combinations of workload and size, in "
        "the order of the file; the table has all of them."
    )
