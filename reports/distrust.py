"""What a reader should doubt: broken promises, failures, what was measured badly or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Iterator, Sequence

from reports import units
from reports.model import Cell, Run
from reports.verdict import opening

MOST_NAMES = 6
WIDE_HALF_WIDTH = 0.1
FULL_COVERAGE = 0.95


@dataclass(frozen=True)
class Doubt:
    """A reason for distrust; a serious one is about the result itself."""

    text: str
    serious: bool = False


def doubts(run: Run) -> list[Doubt]:
    """All reasons, the serious ones first."""
    found = [*about_promises(run), *about_the_run(run), *about_trials(run), *about_cells(run)]
    return sorted(found, key=lambda doubt: not doubt.serious)


def sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."


def names(items: Sequence[str]) -> str:
    """A few names, and how many more."""
    shown = ", ".join(items[:MOST_NAMES])
    return shown + (f" and {len(items) - MOST_NAMES} more" if len(items) > MOST_NAMES else "")


def cell_names(cells: Iterable[Cell]) -> str:
    return names([cell.name for cell in cells])


def about_promises(run: Run) -> Iterator[Doubt]:
    broken = [cell for cell in run.cells if cell.broken]
    if broken or run.verdict == "promise broken":
        yield Doubt(f"{opening(run)} Cells: {cell_names(broken) or 'not named'}.", serious=True)
    for remark in run.remarks[:MOST_NAMES]:
        yield Doubt(sentence(remark), serious=True)
    if len(run.remarks) > MOST_NAMES:
        yield Doubt(f"{len(run.remarks) - MOST_NAMES} remarks more, in results.json.", serious=True)


def about_the_run(run: Run) -> Iterator[Doubt]:
    for reason in run.trust_reasons:
        yield Doubt(f"{run.trust.capitalize()}: {sentence(reason)}", serious=True)
    if run.partial:
        yield Doubt(
            "The run was stopped early: what is here was measured, the rest is missing.",
            serious=True,
        )
    if run.failures:
        failed = list(dict.fromkeys(failure.name for failure in run.failures))
        lost = units.trials(len(run.failures))
        yield Doubt(f"{lost} gave no time, in {names(failed)}.", serious=True)
    if run.context.get("library_build_type") == "debug":
        yield Doubt("sharebench was a debug build: the times mean nothing.", serious=True)
    if run.git.get("dirty"):
        yield Doubt("The sources had changes that are in no commit.")
    if run.context.get("cpu_scaling_enabled") is True:
        yield Doubt("The CPU's clock was allowed to change during the run.")
    missing = [
        f"{b.name} ({b.details or 'no reason given'})" for b in run.backends if not b.available
    ]
    if missing:
        yield Doubt(f"Backends not built or not available: {names(missing)}.")
    for what, texts in (("Not measured", run.not_measured), ("Left out", run.left_out)):
        for text in texts[:MOST_NAMES]:
            yield Doubt(f"{what}: {text}.")
        if len(texts) > MOST_NAMES:
            yield Doubt(f"{what}: {len(texts) - MOST_NAMES} more, in results.json.")


def about_trials(run: Run) -> Iterator[Doubt]:
    reasons: Counter[str] = Counter()
    for cell in run.cells:
        reasons.update({reason: count for reason, count in cell.invalid.items() if count})
    invalid = sum(max(0, cell.trials - cell.valid) for cell in run.cells)
    if invalid:
        total = sum(cell.trials for cell in run.cells)
        why = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        yield Doubt(
            f"{invalid} of {total} trials were invalid and are left out"
            f"{f': {why}' if why else ''}."
        )
    unsteady = [c for c in run.cells if c.steady is not None and c.steady < c.valid]
    if unsteady:
        yield Doubt(
            f"No steady state was reached in some trials of {len(unsteady)} cells: "
            f"{cell_names(unsteady)}."
        )


def about_cells(run: Run) -> Iterator[Doubt]:
    timeless = [cell for cell in run.cells if cell.ns is None]
    if timeless:
        yield Doubt(f"{len(timeless)} cells have no time: {cell_names(timeless)}.")
    few = [c for c in run.measured if c.ns.coverage is not None and c.ns.coverage < FULL_COVERAGE]
    if few:
        yield Doubt(
            f"{len(few)} cells have too few blocks for a 95 % interval; theirs covers what is "
            "printed beside it."
        )
    wide = [
        c
        for c in run.measured
        if c.ns.has_interval and (c.ns.high - c.ns.low) / 2 > WIDE_HALF_WIDTH * c.ns.median
    ]
    if wide:
        yield Doubt(
            f"{len(wide)} cells have an interval wider than ±{units.percent(WIDE_HALF_WIDTH)}: "
            f"small differences mean nothing there. {cell_names(wide)}."
        )
    crowded = [cell for cell in run.cells if cell.oversubscribed]
    if crowded:
        unranked = sum(not cell.ranked for cell in crowded)
        yield Doubt(
            f"{len(crowded)} cells had more processes than cores: the scheduler is measured with "
            f"them. {unranked} of them are shown, not ranked."
        )
