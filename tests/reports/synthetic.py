"""Makes results shaped exactly as docs/results-format.md says.

`python3 -m tests.reports.synthetic FOLDER` writes one, to look at a report without measuring.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any, Optional, Sequence

from tests.reports.synthetic_cells import (
    BACKENDS,
    CORES,
    NINE_BLOCKS,
    backend_rows,
    cell,
    default_cells,
    promise,
)


def rows_of(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Iteration and aggregate rows of the cells that have a time."""
    rows = []
    for family, made in enumerate(cells):
        if made["ns_per_op"] is None:
            continue
        median = made["ns_per_op"]["median"]
        base = {
            "run_name": made["name"],
            "family_index": family,
            "per_family_instance_index": 0,
            "repetitions": made["trials"],
            "threads": 1,
            "time_unit": "ns",
            "cpu_time": made["cpu_ns_per_op"] or median,
        }
        for block in range(made["trials"]):
            rows.append(
                {
                    "name": made["name"],
                    "run_type": "iteration",
                    "repetition_index": block,
                    "iterations": 1000,
                    "real_time": median,
                    "procs": made["procs"],
                    **base,
                }
            )
        for name in ("mean", "median", "stddev", "cv"):
            rows.append(
                {
                    "name": f"{made['name']}_{name}",
                    "run_type": "aggregate",
                    "iterations": 9,
                    "aggregate_name": name,
                    "real_time": median,
                    "aggregate_unit": "percentage" if name == "cv" else "time",
                    **base,
                }
            )
    return rows


GROUP_KEYS = ("workload", "procs", "elements", "slice", "payload_bytes", "circumstances")


def comparisons_of(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for made in cells:
        if made["ns_per_op"] is not None:
            groups.setdefault(tuple(made.get(key) for key in GROUP_KEYS), []).append(made)
    return [
        {**dict(zip(GROUP_KEYS, values)), "rows": standings_of(members)}
        for values, members in groups.items()
    ]


def standings_of(members: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    def correct(made: dict[str, Any]) -> bool:
        return promise(made["backend"])[1] == "exact" and made["promise_kept"]

    right = sorted((m for m in members if correct(m)), key=lambda m: m["ns_per_op"]["median"])
    best = right[0]["ns_per_op"]["median"] if right else None
    rows = []
    for made in members:
        rank = right.index(made) + 1 if made in right and made["valid"] >= 6 else None
        if promise(made["backend"])[1] == "none":
            verdict = "no work: measures the harness"
        elif promise(made["backend"])[3]:
            verdict = "control: loses updates"
        elif not made["promise_kept"]:
            verdict = "promise broken"
        else:
            verdict = (
                "too few blocks" if rank is None else "fastest correct" if rank == 1 else "slower"
            )
        rows.append(
            {
                "backend": made["backend"],
                "rank": rank,
                "verdict": verdict,
                "slowdown": made["ns_per_op"]["median"] / best if best else None,
            }
        )
    return rows


def histograms_of(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A latency for each increment with at most as many processes as cores."""
    found = {}
    for made in cells:
        if made["workload"] == "increment" and made["procs"] <= CORES and made["ns_per_op"]:
            ns = made["ns_per_op"]["median"] * made["procs"]
            below = [name for name, factor in (("p50", 1.0), ("p99", 2.1)) if ns * factor < 240]
            found[made["name"].removesuffix("/manual_time")] = {
                **{key: made.get(key) for key in ("backend", *GROUP_KEYS)},
                "promise_kept": made["promise_kept"],
                "unit": "ns",
                "closed_loop": True,
                "samples": 120000,
                "clock_ns": 24,
                "percentiles": {
                    "p50": max(1, round(ns)),
                    "p99": max(1, round(2.1 * ns)),
                    "p99.9": round(9 * ns + 300),
                    "max": round(40 * ns + 2.1e6),
                },
                "below_resolution": below,
                "buckets": [[256, 100000], [512, 20000]],
            }
    return found


def results(cells: Optional[list[dict[str, Any]]] = None, seed: int = 1) -> dict[str, Any]:
    """A whole results.json; without cells, those of the default sweep."""
    cells = default_cells(random.Random(seed)) if cells is None else cells
    return {
        "context": {
            "date": "2026-03-01T10:20:30+00:00",
            "host_name": "bench",
            "executable": "sharebench",
            "num_cpus": CORES,
            "mhz_per_cpu": 2445,
            "cpu_scaling_enabled": False,
            "caches": [{"type": "Data", "level": 1, "size": 49152, "num_sharing": 1}],
            "load_avg": [0.2, 0.1, 0.1],
            "library_build_type": "release",
            "json_schema_version": 1,
        },
        "benchmarks": rows_of(cells),
        "sharebench": {
            "schema": 1,
            "verdict": "ok",
            "partial": False,
            "git": {"sha": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
            "build": {
                "type": "Release",
                "compiler": "g++ 12.2.0",
                "flags": "-O3",
                "versions": {"boost": "1.74", "zeromq": "4.3.4", "glibc": "2.36"},
            },
            "machine": {
                "cpu": "AMD EPYC Processor",
                "cores": CORES,
                "smt": 1,
                "numa": 1,
                "l1d": 49152,
                "l2": 2097152,
                "l3": 503316480,
                "memory_bytes": 8 << 30,
                "kernel": "6.18.0",
                "virtualised": "kvm",
                "clock_source": "tsc",
                "governor": "none",
            },
            "fingerprint": "00112233aabbccdd",
            "plan": {
                "profile": "quick",
                "seed": seed,
                "cells": len(cells),
                "trials": sum(made["trials"] for made in cells),
                "budget_seconds": 240,
                "started": "2026-03-01T10:20:30Z",
                "seconds": 201.5,
                "not_measured": [],
            },
            "backends": backend_rows(),
            "cells": cells,
            "failures": [],
            "histograms": histograms_of(cells),
            "comparison": comparisons_of(cells),
        },
    }


def large(cell_count: int = 1000, row_count: int = 10000) -> dict[str, Any]:
    """About as many cells over many sizes, and exactly as many rows."""
    random_ = random.Random(2)
    cells = [
        cell(random_, "increment", name, procs, times[0], blocks=NINE_BLOCKS)
        for name, _, _, _, times, _ in BACKENDS
        for procs in (1, 2, 4, 8)
    ]
    sizes = ((4 << power, slice_) for power in range(2, 27) for slice_ in (4, 16, 4096))
    while len(cells) < cell_count:
        elements, slice_ = next(sizes)
        cells += [
            cell(
                random_,
                "square",
                entry[0],
                procs,
                0.1 * (1 + index),
                elements,
                slice_,
                blocks=NINE_BLOCKS,
            )
            for index, entry in enumerate(BACKENDS)
            for procs in (1, 2, 4)
        ]
    made = results(cells)
    made["benchmarks"] = (made["benchmarks"] * 2)[:row_count]
    return made


def write(folder: Path, document: Any) -> Path:
    """Writes a run folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]), results())
