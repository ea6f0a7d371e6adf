"""Makes results shaped exactly as docs/results-format.md says, with magnitudes of a small virtual machine.

`python3 -m tests.reports.synthetic FOLDER` writes one, to look at a report without measuring.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any, Optional, Sequence

CORES = 2
NINE_BLOCKS, THREE_BLOCKS = 9, 3

# name, promise, on_death, control; wall ns an increment at 1, 2 and 4 processes; cores busy workers, server
BACKENDS = (
    ("null", "none", "stateless", False, (0.31, 0.16, 0.16), (1.0, 0.0)),
    ("raw", "lossy", "stateless", True, (0.6, 1.2, 1.3), (1.0, 0.0)),
    ("atomic", "exact", "stateless", False, (2.1, 7.4, 7.9), (1.0, 0.0)),
    ("mutex.robust", "exact", "recovers", False, (9.2, 44.0, 41.0), (0.93, 0.0)),
    ("mutex.boost", "exact", "hangs", False, (13.0, 46.0, 43.0), (0.92, 0.0)),
    ("mutex.getset", "lossy", "recovers", True, (18.0, 71.0, 69.0), (0.92, 0.0)),
    ("manager.ipc", "exact", "recovers", False, (112e3, 53e3, 37e3), (0.21, 0.62)),
    ("manager.tcp", "exact", "recovers", False, (141e3, 68e3, 44e3), (0.22, 0.66)),
    ("manager.getset", "lossy", "recovers", True, (223e3, 108e3, 79e3), (0.22, 0.63)),
)
LOST_SHARE = {"raw": (0.0, 0.48, 0.71), "mutex.getset": (0.0, 0.37, 0.52),
              "manager.getset": (0.0, 0.42, 0.66)}
# elements, slice, ns an element of raw at 1, 2, 4 processes, and factors of the others
SQUARES = (
    (65536, 4, (0.6, 0.31, 0.32), {"raw": 1, "atomic": 14, "mutex.robust": 6, "mutex.boost": 7.5,
                                   "mutex.getset": 13}),
    (65536, 4096, (0.11, 0.055, 0.056), {"raw": 1, "atomic": 66, "mutex.robust": 1.03}),
    (80000000, 4096, (0.42, 0.30, None), {"raw": 1, "atomic": 13, "mutex.robust": 1.06}),
    (16384, 4096, (None, 29.0, None), {"manager.ipc": 1, "manager.tcp": 1.4}),
)
PROCS = (1, 2, 4)


def promise(name: str) -> tuple[Any, ...]:
    return next(entry for entry in BACKENDS if entry[0] == name)


def backend_rows() -> list[dict[str, Any]]:
    return [{"name": name, "family": name.split(".")[0], "updates": updates, "on_death": death,
             "transform": "element" if name == "atomic" else "slice", "control": control,
             "available": True, "details": f"as built for {name}"}
            for name, updates, death, control, _, _ in BACKENDS]


def estimate(random_: random.Random, median: float, blocks: int) -> dict[str, Any]:
    values = sorted(median * random_.lognormvariate(0, 0.05) for _ in range(blocks))
    values[blocks // 2] = median
    values.sort()
    inner = 1 if blocks >= 9 else 0
    return {"median": median, "low": values[inner], "high": values[-1 - inner], "min": values[0],
            "max": values[-1], "cv": 0.05, "coverage": 0.961 if blocks >= 9 else 0.75}


def cell(random_: random.Random, workload: str, backend: str, procs: int, ns: float,
         elements: Optional[int] = None, slice_: Optional[int] = None,
         blocks: Optional[int] = None) -> dict[str, Any]:
    """One cell of `sharebench.cells`, correct unless the backend is a control."""
    _, _, _, control, _, (workers, server) = promise(backend)
    blocks = blocks or (NINE_BLOCKS if procs <= CORES else THREE_BLOCKS)
    size = f"/elements:{elements}/slice:{slice_}" if elements else ""
    operations = int(blocks * 2e8 / ns)
    busy = min(procs, CORES)
    lost = 0
    if control and backend in LOST_SHARE:
        lost = int(operations * LOST_SHARE[backend][min(2, procs.bit_length() - 1)])
    made = {
        "name": f"{workload}/{backend}/procs:{procs}{size}/manual_time", "workload": workload,
        "backend": backend, "procs": procs, "elements": elements, "slice": slice_, "stage": "ranked",
        "ranked": procs <= CORES, "oversubscribed": procs > CORES, "trials": blocks, "valid": blocks,
        "invalid": {"overlap": 0}, "ns_per_op": estimate(random_, ns, blocks),
        "of_floor": None, "cpu_ns_per_op": ns * (workers * busy + server),
        "cpu_workers_ns": ns * workers * busy, "cpu_server_ns": ns * server,
        "overlap": {"median": 0.999, "min": 0.998}, "fairness": {"median": 0.99, "min": 0.9},
        "ctx_switches_per_op": 2.0 if server else 0.0,
        "bytes_per_second": 16e9 / ns if elements else None, "lost_updates": lost,
        "extra_updates": 0, "wrong_elements": 0, "corrupted": 0, "operations": operations,
        "promise_kept": True, "steady": blocks}
    if elements and control:
        made["counted_updates"] = operations
    if not control and backend != "null" and procs <= CORES:
        middle = 1.01 + 0.03 * random_.random()
        made["of_floor"] = {"median": middle, "low": middle - 0.02, "high": middle + 0.025, "n": 9,
                            "how": "alternating" if procs == 1 else "neighbour"}
    return made


def default_cells(random_: random.Random) -> list[dict[str, Any]]:
    cells = [cell(random_, "increment", name, procs, times[index])
             for name, _, _, _, times, _ in BACKENDS for index, procs in enumerate(PROCS)]
    for elements, slice_, base, factors in SQUARES:
        cells += [cell(random_, "square", name, procs, base[index] * factor, elements, slice_)
                  for name, factor in factors.items() for index, procs in enumerate(PROCS)
                  if base[index] is not None]
    return cells


def rows_of(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Iteration and aggregate rows of the cells that have a time."""
    rows = []
    for family, made in enumerate(cells):
        if made["ns_per_op"] is None:
            continue
        median = made["ns_per_op"]["median"]
        base = {"run_name": made["name"], "family_index": family, "per_family_instance_index": 0,
                "repetitions": made["trials"], "threads": 1, "time_unit": "ns",
                "cpu_time": made["cpu_ns_per_op"] or median}
        for block in range(made["trials"]):
            rows.append({"name": made["name"], "run_type": "iteration", "repetition_index": block,
                         "iterations": 1000, "real_time": median, "procs": made["procs"], **base})
        for name in ("mean", "median", "stddev", "cv"):
            rows.append({"name": f"{made['name']}_{name}", "run_type": "aggregate", "iterations": 9,
                         "aggregate_name": name, "real_time": median,
                         "aggregate_unit": "percentage" if name == "cv" else "time", **base})
    return rows


def comparisons_of(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for made in cells:
        if made["ns_per_op"] is not None:
            key = (made["workload"], made["procs"], made["elements"], made["slice"])
            groups.setdefault(key, []).append(made)
    found = []
    for (workload, procs, elements, slice_), members in groups.items():
        found.append({"workload": workload, "procs": procs, "elements": elements, "slice": slice_,
                      "rows": standings_of(members)})
    return found


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
            verdict = "too few blocks" if rank is None else "fastest correct" if rank == 1 else "slower"
        rows.append({"backend": made["backend"], "rank": rank, "verdict": verdict,
                     "slowdown": made["ns_per_op"]["median"] / best if best else None})
    return rows


def histograms_of(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A latency for each increment with at most as many processes as cores."""
    found = {}
    for made in cells:
        if made["workload"] == "increment" and made["procs"] <= CORES and made["ns_per_op"]:
            ns = made["ns_per_op"]["median"] * made["procs"]
            below = [name for name, factor in (("p50", 1.0), ("p99", 2.1)) if ns * factor < 240]
            found[made["name"].removesuffix("/manual_time")] = {
                "unit": "ns", "closed_loop": True, "samples": 120000, "clock_ns": 24,
                "percentiles": {"p50": max(1, round(ns)), "p99": max(1, round(2.1 * ns)),
                                "p99.9": round(9 * ns + 300), "max": round(40 * ns + 2.1e6)},
                "below_resolution": below, "buckets": [[256, 100000], [512, 20000]]}
    return found


def results(cells: Optional[list[dict[str, Any]]] = None, seed: int = 1) -> dict[str, Any]:
    """A whole results.json; without cells, those of the default sweep."""
    cells = default_cells(random.Random(seed)) if cells is None else cells
    return {
        "context": {
            "date": "2026-03-01T10:20:30+00:00", "host_name": "bench", "executable": "sharebench",
            "num_cpus": CORES, "mhz_per_cpu": 2445, "cpu_scaling_enabled": False,
            "caches": [{"type": "Data", "level": 1, "size": 49152, "num_sharing": 1}],
            "load_avg": [0.2, 0.1, 0.1], "library_build_type": "release", "json_schema_version": 1},
        "benchmarks": rows_of(cells),
        "sharebench": {
            "schema": 1, "verdict": "ok", "partial": False,
            "git": {"sha": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
            "build": {"type": "Release", "compiler": "g++ 12.2.0", "flags": "-O3",
                      "versions": {"boost": "1.74", "zeromq": "4.3.4", "glibc": "2.36"}},
            "machine": {"cpu": "AMD EPYC Processor", "cores": CORES, "smt": 1, "numa": 1, "l1d": 49152,
                        "l2": 2097152, "l3": 503316480, "memory_bytes": 8 << 30, "kernel": "6.18.0",
                        "virtualised": "kvm", "clock_source": "tsc", "governor": "none"},
            "fingerprint": "00112233aabbccdd",
            "plan": {"profile": "quick", "seed": seed, "cells": len(cells),
                     "trials": sum(made["trials"] for made in cells), "budget_seconds": 240,
                     "started": "2026-03-01T10:20:30Z", "seconds": 201.5, "not_measured": []},
            "backends": backend_rows(), "cells": cells, "failures": [],
            "histograms": histograms_of(cells), "comparison": comparisons_of(cells)}}


def large(cell_count: int = 1000, row_count: int = 10000) -> dict[str, Any]:
    """About as many cells over many sizes, and exactly as many rows."""
    random_ = random.Random(2)
    cells = [cell(random_, "increment", name, procs, times[0], blocks=NINE_BLOCKS)
             for name, _, _, _, times, _ in BACKENDS for procs in (1, 2, 4, 8)]
    sizes = ((4 << power, slice_) for power in range(2, 27) for slice_ in (4, 16, 4096))
    while len(cells) < cell_count:
        elements, slice_ = next(sizes)
        cells += [cell(random_, "square", entry[0], procs, 0.1 * (1 + index), elements, slice_,
                       blocks=NINE_BLOCKS)
                  for index, entry in enumerate(BACKENDS) for procs in (1, 2, 4)]
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
