"""The small print under a figure, so that a copied PNG still tells machine, date and interval."""

from __future__ import annotations

from typing import Sequence

from reports.model import Cell, Latency, Run
from reports.units import count, moment


def machine(run: Run) -> str:
    """CPU, cores, kind of machine, kernel, commit and date."""
    facts = run.machine
    parts = [str(facts.get("cpu") or run.context.get("host_name") or "machine unknown")]
    if run.cores:
        parts.append(f"{run.cores} core{'s' if run.cores != 1 else ''}")
    if facts.get("virtualised") not in (None, "", "none"):
        parts.append(f"virtual ({facts['virtualised']})")
    if facts.get("kernel"):
        parts.append(f"kernel {facts['kernel']}")
    parts.append(moment(str(run.context.get("date") or run.plan.get("started") or "date unknown")))
    if run.git.get("sha"):
        parts.append(
            f"commit {str(run.git['sha'])[:10]}{' with changes' if run.git.get('dirty') else ''}"
        )
    return ", ".join(parts)


def span(values: Sequence[float], show=count) -> str:
    """One value, or the least and the greatest."""
    least, most = show(min(values)), show(max(values))
    return least if least == most else f"{least} to {most}"


def measured(
    run: Run, cells: Sequence[Cell], point: str = "Point: median", whisker: bool = True
) -> str:
    """For cells with times: what a point (or what stands for it) and a whisker are."""
    blocks = [cell.valid for cell in cells if cell.valid] or [0]
    text = f"{machine(run)}. {point} of {span(blocks)} valid blocks"
    covered = [c.ns.coverage for c in cells if c.ns and c.ns.has_interval and c.ns.coverage]
    if covered and whisker:
        text += "; whisker: order-statistic interval, coverage " + span(
            covered, lambda share: f"{int(1000 * share) / 10:g} %"
        )
    return text + "."


def latency(run: Run, latencies: Sequence[Latency]) -> str:
    """For percentiles: how many samples, and that the loop was closed."""
    text = f"{machine(run)}. {span([item.samples for item in latencies])} samples a backend"
    if any(item.closed_loop for item in latencies):
        text += (
            "; closed loop: each worker starts its next operation when the last one ends, so "
            "these are times under full load"
        )
    else:
        text += "; open loop: calls arrive by the clock, and a latency counts from when it was due"
    return text + "."
