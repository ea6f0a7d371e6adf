"""The tables behind the charts, as values: the page and the summary write them in their own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Optional, Sequence

from reports import units
from reports.entries import control_words
from reports.model import Backend, Cell, Group, Run


@dataclass(frozen=True)
class Value:
    """One entry: its text, and the number it is sorted by where it is one."""

    text: str
    sort: Optional[float] = None
    numeric: bool = False
    wrong: bool = False


@dataclass(frozen=True)
class Column:
    """A heading and how a row's entry is made."""

    title: str
    value: Callable[[Any], Value]


@dataclass(frozen=True)
class Table:
    """Headings and entries."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def build(rows: Iterable[Any], columns: Sequence[Column]) -> Table:
    return Table(
        [column.title for column in columns],
        [[column.value(row) for column in columns] for row in rows],
    )


def word(text: str) -> Value:
    return Value(text)


def number(sort: Optional[float], show: Callable[[Optional[float]], str]) -> Value:
    return Value(show(sort), sort, numeric=True)


def backend_name(backend: Backend, wrong: bool) -> Value:
    """The name, to be struck through where its results are wrong."""
    return Value(backend.name, wrong=wrong)


def state(cell: Cell) -> str:
    """Whether the result can be relied on, in words."""
    if cell.broken:
        return "PROMISE BROKEN"
    if cell.backend.reference:
        return "no work: measures the harness"
    if cell.backend.lossy:
        return control_words(cell)
    return "correct" if cell.valid else "not verified: no valid trial"


def in_order(run: Run, cells: Iterable[Cell]) -> list[Cell]:
    """By workload and size as in the file, then processes, then the order of the backends."""
    groups, places = places_of(run)
    return sorted(cells, key=lambda c: (groups[c.group], c.procs, places[c.backend.name]))


def by_backend(run: Run, cells: Iterable[Cell]) -> list[Cell]:
    """By workload and size, then backend, then processes: for charts whose rows are cells."""
    groups, places = places_of(run)
    return sorted(cells, key=lambda c: (groups[c.group], places[c.backend.name], c.procs))


def places_of(run: Run) -> tuple[dict[Group, int], dict[str, int]]:
    """The place of each group and of each backend in the file."""
    groups = dict.fromkeys(cell.group for cell in run.cells)
    return (
        {group: place for place, group in enumerate(groups)},
        {backend.name: place for place, backend in enumerate(run.backends)},
    )


# What every table of cells begins with, and the speed that never stands without its CPU time.
WHERE = (
    Column("workload", lambda c: word(c.workload)),
    Column(
        "size", lambda c: Value(units.size_words(c.size) or units.NOTHING, c.size.elements or 0)
    ),
    Column("processes", lambda c: number(c.procs, units.count)),
    Column("backend", lambda c: backend_name(c.backend, c.wrong)),
)
SPEED = (
    Column("wall time / op", lambda c: number(c.ns and c.ns.median, units.time)),
    Column("interval", lambda c: Value(units.interval(c.ns), c.ns and c.ns.low, numeric=True)),
    Column("CPU time / op", lambda c: number(c.cpu_ns, units.time)),
)
VALID = Column("valid trials", lambda c: Value(f"{c.valid} of {c.trials}", c.valid, numeric=True))
RESULT = Column("result", lambda c: word(state(c)))
