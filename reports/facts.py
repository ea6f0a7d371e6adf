"""Facts about machine, build and plan, as pairs of words to be listed."""

from __future__ import annotations

from typing import Any, Iterator

from reports import units
from reports.model import Run

FACTS_WITHOUT_UNIT = (
    ("cpu", "CPU"),
    ("cores", "cores"),
    ("smt", "threads a core"),
    ("numa", "NUMA nodes"),
    ("kernel", "kernel"),
    ("virtualised", "virtualised"),
    ("clock_source", "clock source"),
    ("governor", "governor"),
)
MEMORY_FACTS = (
    ("l1d", "L1 data cache"),
    ("l2", "L2 cache"),
    ("l3", "L3 cache"),
    ("memory_bytes", "memory"),
)


def machine_facts(run: Run) -> list[tuple[str, str]]:
    """What the figures depend on; an unknown fact is left out."""
    return [(name, text) for name, text in all_facts(run) if text]


def all_facts(run: Run) -> Iterator[tuple[str, str]]:
    for key, name in FACTS_WITHOUT_UNIT:
        yield name, plain(run.machine.get(key))
    for key, name in MEMORY_FACTS:
        size = run.machine.get(key)
        if isinstance(size, (int, float)) and not isinstance(size, bool) and size > 0:
            yield name, units.memory(size)
    yield "host", plain(run.context.get("host_name"))
    yield "load at the start", " ".join(map(load, run.context.get("load_avg") or []))
    yield "measured", units.moment(plain(run.context.get("date") or run.plan.get("started")))
    seconds = run.plan.get("seconds")
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
        yield "duration", f"{seconds:,.0f} s"
    yield "trust", run.trust
    yield "profile", plain(run.plan.get("profile"))
    yield "seed", plain(run.plan.get("seed"))
    yield "cells, trials", f"{len(run.cells):,}, {sum(cell.trials for cell in run.cells):,}"
    sha = plain(run.git.get("sha"))
    yield "commit", sha + (" with changes" if run.git.get("dirty") else "") if sha else ""
    yield "build", plain(run.build.get("type"))
    yield "compiler", plain(run.build.get("compiler"))
    yield "flags", plain(run.build.get("flags"))
    versions = run.build.get("versions")
    if isinstance(versions, dict):
        yield "libraries", ", ".join(
            f"{name} {plain(version)}" for name, version in versions.items()
        )
    yield "fingerprint", run.fingerprint


def load(value: Any) -> str:
    """A load average in two decimals."""
    return f"{value:.2f}" if isinstance(value, (int, float)) else plain(value)


def plain(value: Any) -> str:
    """A fact as text; nothing for an absent one."""
    return "" if value is None else str(value)
