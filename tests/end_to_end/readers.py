"""Strict re-readings of what the known readers of Google-Benchmark JSON take from a file: they fail where
those readers would fail, or would go wrong silently."""

import math


def number(value, what):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{what} is {value!r}, not a finite number")
    return value


def github_action_benchmark(data):
    """tool: googlecpp. One entry a row; the first of a name counts."""
    entries = {}
    for row in data["benchmarks"]:
        extra = (number(row["iterations"], "iterations"), number(row["cpu_time"], "cpu_time"),
                 number(row["threads"], "threads"))
        entries.setdefault(row["name"], (number(row["real_time"], "real_time"),
                                         row["time_unit"] + "/iter", extra))
    if len(entries) != len(data["benchmarks"]):
        raise ValueError("a name occurs twice: history would mix rows")
    return entries


def bencher(data):
    """adapter cpp_google: every field of its structures must be there with its type; the last of a name
    counts; BigO and RMS rows make it refuse the whole file."""
    context = data["context"]
    for key, kind in {"date": str, "host_name": str, "executable": str, "num_cpus": int,
                      "mhz_per_cpu": int, "cpu_scaling_enabled": bool, "caches": list,
                      "load_avg": list, "library_build_type": str}.items():
        if not isinstance(context[key], kind):
            raise ValueError(f"context.{key} is no {kind.__name__}")
    for cache in context["caches"]:
        for key, kind in {"type": str, "level": int, "size": int, "num_sharing": int}.items():
            if not isinstance(cache[key], kind):
                raise ValueError(f"caches.{key} is no {kind.__name__}")
    latencies = {}
    for row in data["benchmarks"]:
        for key in ("run_name", "run_type", "repetitions", "iterations"):
            row[key]  # noqa: B018 - must exist
        if row["run_type"] == "aggregate" and row["aggregate_name"] in ("BigO", "RMS"):
            raise ValueError("a complexity row")
        if row["time_unit"] not in ("ns", "us", "ms", "s"):
            raise ValueError("time_unit")
        latencies[row["name"]] = number(row["real_time"], "real_time")
    return latencies


def conbench(data):
    """adapter of Google Benchmark: groups iteration rows by run_name and reads wall time when the name
    has real_time or manual_time; items_per_second where present."""
    cases = {}
    for row in data["benchmarks"]:
        if row["run_type"] != "iteration":
            continue
        if not row["name"].endswith("/manual_time"):
            raise ValueError(f"{row['name']}: the CPU time of the coordinator would be read")
        number(row["repetition_index"], "repetition_index")
        cases.setdefault(row["run_name"], []).append(
            (number(row["real_time"], "real_time"), number(row["items_per_second"], "items_per_second")))
    return cases
