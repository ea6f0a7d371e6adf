"""Made-up cells of a sweep, with the magnitudes of a small virtual machine."""

from __future__ import annotations

import random
from typing import Any, Optional

CORES = 2
NINE_BLOCKS, THREE_BLOCKS = 9, 3

# name, promise, on_death, control; ns an increment at 1, 2 and 4 processes; cores busy: workers,
# server
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
LOST_SHARE = {
    "raw": (0.0, 0.48, 0.71),
    "mutex.getset": (0.0, 0.37, 0.52),
    "manager.getset": (0.0, 0.42, 0.66),
}
# elements, slice, ns an element of raw at 1, 2, 4 processes, and factors of the others
SQUARES = (
    (
        65536,
        4,
        (0.6, 0.31, 0.32),
        {"raw": 1, "atomic": 14, "mutex.robust": 6, "mutex.boost": 7.5, "mutex.getset": 13},
    ),
    (65536, 4096, (0.11, 0.055, 0.056), {"raw": 1, "atomic": 66, "mutex.robust": 1.03}),
    (80000000, 4096, (0.42, 0.30, None), {"raw": 1, "atomic": 13, "mutex.robust": 1.06}),
    (16384, 4096, (None, 29.0, None), {"manager.ipc": 1, "manager.tcp": 1.4}),
)
PROCS = (1, 2, 4)


def promise(name: str) -> tuple[Any, ...]:
    return next(entry for entry in BACKENDS if entry[0] == name)


def backend_rows() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "family": name.split(".")[0],
            "updates": updates,
            "on_death": death,
            "transform": "element" if name == "atomic" else "slice",
            "control": control,
            "available": True,
            "details": f"as built for {name}",
        }
        for name, updates, death, control, _, _ in BACKENDS
    ]


def estimate(random_: random.Random, median: float, blocks: int) -> dict[str, Any]:
    values = sorted(median * random_.lognormvariate(0, 0.05) for _ in range(blocks))
    values[blocks // 2] = median
    values.sort()
    inner = 1 if blocks >= 9 else 0
    return {
        "median": median,
        "low": values[inner],
        "high": values[-1 - inner],
        "min": values[0],
        "max": values[-1],
        "cv": 0.05,
        "coverage": 0.961 if blocks >= 9 else 0.75,
    }


def cell(
    random_: random.Random,
    workload: str,
    backend: str,
    procs: int,
    ns: float,
    elements: Optional[int] = None,
    slice_: Optional[int] = None,
    blocks: Optional[int] = None,
) -> dict[str, Any]:
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
        "name": f"{workload}/{backend}/procs:{procs}{size}/manual_time",
        "workload": workload,
        "backend": backend,
        "procs": procs,
        "elements": elements,
        "slice": slice_,
        "stage": "ranked",
        "ranked": procs <= CORES,
        "oversubscribed": procs > CORES,
        "trials": blocks,
        "valid": blocks,
        "invalid": {"overlap": 0},
        "ns_per_op": estimate(random_, ns, blocks),
        "of_floor": None,
        "cpu_ns_per_op": ns * (workers * busy + server),
        "cpu_workers_ns": ns * workers * busy,
        "cpu_server_ns": ns * server,
        "overlap": {"median": 0.999, "min": 0.998},
        "fairness": {"median": 0.99, "min": 0.9},
        "ctx_switches_per_op": 2.0 if server else 0.0,
        "bytes_per_second": 16e9 / ns if elements else None,
        "lost_updates": lost,
        "extra_updates": 0,
        "wrong_elements": 0,
        "corrupted": 0,
        "operations": operations,
        "promise_kept": True,
        "steady": blocks,
    }
    if elements and control:
        made["counted_updates"] = operations
    if not control and backend != "null" and procs <= CORES:
        middle = 1.01 + 0.03 * random_.random()
        made["of_floor"] = {
            "median": middle,
            "low": middle - 0.02,
            "high": middle + 0.025,
            "n": 9,
            "how": "alternating" if procs == 1 else "neighbour",
        }
    return made


def default_cells(random_: random.Random) -> list[dict[str, Any]]:
    cells = [
        cell(random_, "increment", name, procs, times[index])
        for name, _, _, _, times, _ in BACKENDS
        for index, procs in enumerate(PROCS)
    ]
    for elements, slice_, base, factors in SQUARES:
        cells += [
            cell(random_, "square", name, procs, base[index] * factor, elements, slice_)
            for name, factor in factors.items()
            for index, procs in enumerate(PROCS)
            if base[index] is not None
        ]
    return cells
