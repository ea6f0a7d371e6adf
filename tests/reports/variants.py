"""Results that are unusual in one way each: every one of them must give a report."""

from __future__ import annotations

import copy
import random
from typing import Any, Callable

from tests.reports import synthetic, synthetic_cells

ODD_NAMES = (
    "spin.backoff",
    "spin.ticket",
    "semaphore.posix_with_quite_a_long_variant_name",
    "file.flock",
    "lmdb",
    "odd.<script>alert(1)</script>$x$&\"'",
    "manager.shm",
    "日本語.名",
    "a/b c|d`e",
)


def fresh_cells() -> list[dict[str, Any]]:
    return synthetic_cells.default_cells(random.Random(3))


def one_backend() -> dict[str, Any]:
    random_ = random.Random(4)
    return synthetic.results(
        [
            synthetic_cells.cell(random_, "increment", "atomic", procs, ns)
            for procs, ns in ((1, 2.1), (2, 7.4), (4, 7.9))
        ]
    )


def one_process_count() -> dict[str, Any]:
    return synthetic.results([made for made in fresh_cells() if made["procs"] == 2])


def no_square_no_latency() -> dict[str, Any]:
    made = synthetic.results([cell for cell in fresh_cells() if cell["workload"] == "increment"])
    made["sharebench"]["histograms"] = {}
    return made


def no_intervals() -> dict[str, Any]:
    cells = fresh_cells()
    for made in cells:
        made["ns_per_op"].update(low=None, high=None, coverage=None)
        if made["of_floor"]:
            made["of_floor"].update(low=None, high=None)
    return synthetic.results(cells)


def unusual_axes() -> dict[str, Any]:
    """Cells of one workload that differ in an axis beside size and processes."""
    around = "lock and data on 64 bytes each, 100 ns between calls, not pinned, windows of 50 ms"
    cells = [made for made in fresh_cells() if made["workload"] == "increment"]
    for more in ({"circumstances": around}, {"workload": "record", "payload_bytes": 65536}):
        made_again = [m for m in fresh_cells() if m["workload"] == "increment"]
        cells += [{**made, **more, "name": f"{made['name']}/{more}"} for made in made_again]
    return synthetic.results(cells)


def failures_only_for_a_cell() -> dict[str, Any]:
    cells = fresh_cells()
    for made in cells:
        if made["backend"] == "manager.tcp" and made["procs"] == 4:
            made.update(
                ns_per_op=None,
                valid=0,
                cpu_ns_per_op=None,
                cpu_workers_ns=None,
                cpu_server_ns=None,
                overlap=None,
                fairness=None,
                ctx_switches_per_op=None,
            )
    made = synthetic.results(cells)
    made["sharebench"].update(
        verdict="incomplete",
        partial=True,
        failures=[
            {
                "name": "increment/manager.tcp/procs:4/manual_time",
                "block": block,
                "stage": "shown",
                "reason": "worker 1 was killed by signal 9",
            }
            for block in range(3)
        ],
    )
    made["sharebench"]["plan"]["not_measured"] = [
        "square/manager.tcp/procs:4: no time left of 240 s"
    ]
    return made


def missing_in_the_middle() -> dict[str, Any]:
    """No valid trial with 2 processes for two backends, a single block for another."""
    cells = fresh_cells()
    for made in cells:
        if made["procs"] == 2 and made["backend"] in ("atomic", "raw"):
            made.update(ns_per_op=None, valid=0, wrong_elements=7, lost_updates=0)
        if made["procs"] == 4 and made["backend"] == "mutex.boost":
            median = made["ns_per_op"]["median"]
            made["ns_per_op"].update(low=median, high=median, coverage=0)
    document = synthetic.results(cells)
    for comparison in document["sharebench"]["comparison"]:
        if comparison["procs"] == 2:
            comparison["rows"].append(
                {"backend": "atomic", "rank": None, "slowdown": None, "verdict": "no valid trial"}
            )
    return document


def broken_promise() -> dict[str, Any]:
    """atomic lost updates with 2 processes, and the file still gives it the first rank."""
    cells = fresh_cells()
    for made in cells:
        if made["backend"] == "atomic" and made["procs"] == 2 and made["workload"] == "increment":
            made.update(promise_kept=False, lost_updates=12, extra_updates=1)
    made = synthetic.results(cells)
    made["sharebench"]["verdict"] = "promise broken"
    for comparison in made["sharebench"]["comparison"]:
        for row in comparison["rows"]:
            if row["backend"] in ("atomic", "raw", "null"):
                row.update(rank=1, verdict="fastest correct")
    return made


def many_odd_backends() -> dict[str, Any]:
    """More backends than colours, with names nobody should choose."""
    cells = [made for made in fresh_cells() if made["workload"] == "increment"]
    pattern = [made for made in cells if made["backend"] == "mutex.robust"]
    listed = synthetic_cells.backend_rows()
    for index, name in enumerate(ODD_NAMES):
        listed.append({**listed[3], "name": name, "family": name.split(".")[0]})
        for base in pattern:
            made = copy.deepcopy(base)
            made.update(backend=name, name=f"increment/{name}/procs:{made['procs']}/manual_time")
            for key in ("median", "low", "high", "min", "max"):
                made["ns_per_op"][key] *= 1.02 + (2.4**index if index % 3 else 0)
            cells.append(made)
    plain = [made for made in cells if made["backend"] not in ODD_NAMES]
    document = synthetic.results(plain)
    document["benchmarks"] = synthetic.rows_of(cells)
    document["sharebench"].update(cells=cells, backends=listed)
    for comparison in document["sharebench"]["comparison"]:
        comparison["rows"] += [
            {"backend": name, "rank": 9 + index, "slowdown": 6.0 + index, "verdict": "slower"}
            for index, name in enumerate(ODD_NAMES)
        ]
    return document


def huge_spans() -> dict[str, Any]:
    cells = fresh_cells()
    for made in cells:
        for backend, factor in (("null", 1e-6), ("manager.getset", 1e9)):
            if made["backend"] == backend:
                for key in ("median", "low", "high", "min", "max"):
                    made["ns_per_op"][key] *= factor
    return synthetic.results(cells)


def every_trial_failed() -> dict[str, Any]:
    cells = fresh_cells()
    for made in cells:
        made.update(
            ns_per_op=None,
            of_floor=None,
            valid=0,
            failed=made["trials"],
            cpu_ns_per_op=0,
            cpu_workers_ns=0,
            cpu_server_ns=0,
            overlap={"median": 0, "min": 0},
            fairness={"median": 0, "min": 0},
            bytes_per_second=None,
        )
    made = synthetic.results(cells)
    made["benchmarks"] = []
    made["sharebench"].update(
        verdict="incomplete",
        histograms={},
        failures=[
            {"name": cell["name"], "block": 0, "stage": "ranked", "reason": "worker 0 was killed"}
            for cell in cells
        ],
    )
    return made


def nothing_but_latency() -> dict[str, Any]:
    made = synthetic.results()
    made["benchmarks"] = []
    made["sharebench"].update(cells=[], comparison=[])
    return made


def stopped_before_the_first_trial() -> dict[str, Any]:
    made = nothing_but_latency()
    made["sharebench"].update(histograms={}, partial=True, verdict="incomplete")
    return made


ALL: tuple[Callable[[], dict[str, Any]], ...] = (
    synthetic.results,
    one_backend,
    one_process_count,
    no_square_no_latency,
    no_intervals,
    unusual_axes,
    failures_only_for_a_cell,
    missing_in_the_middle,
    broken_promise,
    many_odd_backends,
    huge_spans,
    every_trial_failed,
    nothing_but_latency,
    stopped_before_the_first_trial,
)
