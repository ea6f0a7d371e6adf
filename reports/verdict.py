"""The answer in plain words: which way is the fastest correct one, and what the others cost."""

from __future__ import annotations

from typing import Optional, Sequence

from reports import units
from reports.model import Cell, Comparison, Run, Standing
from reports.words import DEATH_SENTENCES

RUNNERS_UP = 3


def headline(run: Run) -> Optional[Comparison]:
    """The comparison told first: of the run's first workload, ranked or at least rankable, with
    the most processes."""
    rankable = [c for c in run.comparisons if any(s.cell and s.cell.ranked for s in c.standings)]
    for candidates in ([c for c in run.comparisons if c.ranked], rankable, run.comparisons):
        if candidates:
            group = candidates[0].group
            return max((c for c in candidates if c.group == group), key=lambda c: c.procs)
    return None


def sentences(run: Run) -> list[str]:
    """One paragraph a comparison, the headline first."""
    first = headline(run)
    rest = [c for c in run.comparisons if c is not first]
    told_first = [f"On this machine, {paragraph(first, with_death=True)}"] if first else []
    return told_first + [sentence_case(paragraph(c)) for c in rest if c.standings]


def sentence_case(text: str) -> str:
    return text[0].upper() + text[1:]


def death_words(ranked: Sequence[Standing]) -> str:
    """What the death of a user does to the fastest way."""
    best = [s for s in ranked if s.rank == ranked[0].rank]
    return DEATH_SENTENCES.get(best[0].backend.on_death, "") if len(best) == 1 else ""


def opening(run: Run) -> str:
    """The state of the whole run, in one sentence."""
    broken = [cell for cell in run.cells if cell.broken]
    if broken or run.verdict == "promise broken":
        names = ", ".join(dict.fromkeys(cell.backend.name for cell in broken)) or "a backend"
        return f"Promise broken: {names} promised exact updates and did not keep it."
    exact = {
        cell.backend.name for cell in run.cells if cell.backend.updates == "exact" and cell.valid
    }
    kept = "Every exact backend kept its promise." if exact else "No exact backend was measured."
    if run.verdict == "incomplete" or run.partial:
        return f"Incomplete: not everything was measured. {kept}"
    if run.failures:
        return f"{kept} {units.trials(len(run.failures))} gave no time."
    return kept


def paragraph(comparison: Comparison, with_death: bool = False) -> str:
    """What one comparison says."""
    where = f"for {units.group_words(comparison.group)} with {units.processes(comparison.procs)}"
    ranked = comparison.ranked
    parts = [best_words(where, ranked) if ranked else unranked_words(where, comparison)]
    if with_death and ranked:
        parts.append(death_words(ranked))
    others = [s for s in ranked if s.rank != ranked[0].rank] if ranked else []
    if others:
        parts.append(others_words(others))
    parts += [wrong_words(s) for s in comparison.standings if s.wrong and told(s)]
    return " ".join(part for part in parts if part)


def best_words(where: str, ranked: Sequence[Standing]) -> str:
    best = [s for s in ranked if s.rank == ranked[0].rank]
    if len(best) == 1:
        return f"{where}, the fastest correct way is {best[0].backend.name}{speed(best[0].cell)}."
    names = " and ".join(s.backend.name + speed(s.cell) for s in best)
    return f"{where}, the fastest correct ways, which cannot be told apart, are {names}."


def unranked_words(where: str, comparison: Comparison) -> str:
    """Nothing has a rank: says why, and which median was the lowest, without calling it fastest."""
    right = [
        s
        for s in comparison.standings
        if not s.wrong and not s.backend.reference and s.cell and s.cell.ns
    ]
    reasons = list(dict.fromkeys(s.verdict for s in right if s.verdict))
    why = f": {', '.join(reasons)}" if reasons else ""
    text = f"{where}, nothing is ranked{why}."
    if right:
        least = min(right, key=lambda s: s.cell.ns.median)
        name = least.backend.name + speed(least.cell)
        text += f" The lowest median among correct ways is that of {name}."
    return text


def speed(cell: Optional[Cell]) -> str:
    """Median, interval and CPU time, in brackets."""
    if cell is None or cell.ns is None:
        return ""
    parts = [f"{units.time(cell.ns.median)} an operation"]
    if cell.ns.has_interval:
        parts.append(f"{units.coverage(cell.ns)} {units.interval(cell.ns)}")
    if cell.cpu_ns is not None:
        parts.append(f"{units.time(cell.cpu_ns)} of CPU time")
    return f" ({', '.join(parts)})"


def others_words(others: Sequence[Standing]) -> str:
    shown = list(others[:RUNNERS_UP])
    words = [
        f"{s.backend.name}{' costs' if s is shown[0] else ''} {units.factor(s.slowdown)}"
        for s in shown
    ]
    if len(others) > RUNNERS_UP:
        words.append(
            f"and the slowest, {others[-1].backend.name}, {units.factor(others[-1].slowdown)}"
        )
    return f"{', '.join(words)}."


def told(standing: Standing) -> bool:
    """Wrong ways worth a sentence: a broken promise always, a control when it looks faster."""
    broken = standing.cell is not None and standing.cell.broken
    return broken or (standing.slowdown is not None and standing.slowdown < 1)


def wrong_words(standing: Standing) -> str:
    name, cell = standing.backend.name, standing.cell
    if cell is not None and cell.broken:
        counts = ", ".join(
            f"{units.count(number)} {what}"
            for what, number in (
                ("lost", cell.lost),
                ("extra", cell.extra),
                ("wrong elements", cell.wrong_elements),
                ("corrupted", cell.corrupted),
            )
            if number
        )
        return f"{name} promised exact updates and broke the promise ({counts or 'not verified'})."
    faster = f"{name} looks {units.digits(1 / standing.slowdown)} times faster but "
    if cell is not None and cell.lost == 0 and cell.otherwise_wrong:
        return faster + "its results are wrong."
    if cell is None or cell.lost == 0:
        return faster + "promises nothing: 0 lost (not guaranteed)."
    return faster + f"lost {units.share(cell.lost, cell.due)} of its updates."
