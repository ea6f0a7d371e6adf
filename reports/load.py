"""Reads results.json into a `Run`: every value is checked once, here, and nowhere later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Optional

from reports.checked import InputError, Node, printable, wrong
from reports.model import (Backend, Cell, Comparison, Estimate, Failure, Group, Latency, Run, Size,
                           Standing)

SCHEMA = 1
VERDICTS = ("ok", "promise broken", "incomplete")
NAME_SUFFIX = "/manual_time"


def find_results(path: Path) -> Path:
    """The results.json meant by a run folder or a file; complains in one line if there is none."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; allowed: a run folder or its results.json")
    file = path / "results.json" if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"{path}: holds no results.json; allowed: a folder that `sharebench run` wrote")
    return file


def read_run(path: Path) -> Run:
    """Loads a run folder or a results.json; raises `InputError` with a text for the user."""
    file = find_results(path)
    document = Node(str(file), "", parse(file))
    if not document.has("sharebench"):
        raise document.fail("sharebench", "the block written by `sharebench run`")
    block = document.node("sharebench")
    schema = block.value.get("schema")
    if isinstance(schema, bool) or schema != SCHEMA:
        raise block.fail("schema", f"the number {SCHEMA}")
    row_count = count_rows(document)
    return read_block(file, document, block, row_count)


def parse(file: Path) -> Any:
    def refuse(constant: str) -> Any:
        raise InputError(f"{file}: holds the value {constant}; allowed: finite numbers only")

    try:
        return json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{file}: is not readable JSON ({error}); allowed: JSON as in "
                         "docs/results-format.md") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); allowed: a readable file") from error


def count_rows(document: Node) -> int:
    rows = document.items("benchmarks")
    if not rows:
        raise wrong(document.file, "benchmarks", document.value.get("benchmarks"), "at least one row")
    for row in document.nodes("benchmarks"):
        row.text("name")
        if row.number("real_time", above=0) is None:
            raise row.fail("real_time", "a finite number above 0")
    return len(rows)


def read_block(file: Path, document: Node, block: Node, row_count: int) -> Run:
    verdict = block.text("verdict", "ok")
    if verdict not in VERDICTS:
        raise block.fail("verdict", " | ".join(VERDICTS))
    plan = block.plain("plan")
    not_measured = block.node("plan").items("not_measured") if plan else []
    remarks: list[str] = []
    backends = {b.name: b for b in map(read_backend, block.nodes("backends"))}
    cells = [read_cell(node, backends) for node in block.nodes("cells")]
    if not cells:
        raise block.fail("cells", "at least one cell")
    by_name = {cell.name: cell for cell in cells}
    return Run(
        path=file, context=document.plain("context"), row_count=row_count, verdict=verdict,
        partial=block.flag("partial", False), git=block.plain("git"), build=block.plain("build"),
        machine=block.plain("machine"), fingerprint=block.text("fingerprint", ""), plan=plan,
        not_measured=[printable(str(item)) for item in not_measured],
        cells=cells,
        failures=[read_failure(node) for node in block.nodes("failures")],
        latencies=read_latencies(block, by_name, remarks),
        comparisons=[read_comparison(node, cells, backends) for node in block.nodes("comparison")],
        backends=list(backends.values()), remarks=remarks)


def read_backend(node: Node) -> Backend:
    name = node.text("name")
    return Backend(name=name, family=node.text("family", name.split(".")[0]),
                   updates=node.text("updates", "unknown"), on_death=node.text("on_death", "unknown"),
                   transform=node.text("transform", ""), control=node.flag("control", False),
                   available=node.flag("available", True), details=node.text("details", ""))


def named_backend(name: str, backends: dict[str, Backend]) -> Backend:
    """The backend of that name; one that the list forgot is added without promises."""
    return backends.setdefault(name, Backend(name=name, family=name.split(".")[0]))


def read_estimate(node: Optional[Node]) -> Optional[Estimate]:
    if node is None or not node.has("median"):
        return None
    return Estimate(median=node.number("median", above=0), low=node.number("low", above=0),
                    high=node.number("high", above=0), lowest=node.number("min", above=0),
                    highest=node.number("max", above=0), cv=node.number("cv"),
                    coverage=node.number("coverage", least=0), count=node.whole("n"),
                    how=node.text("how", ""))


def read_share(node: Optional[Node]) -> Optional[Estimate]:
    """Overlap or fairness: a median and the least one; it may be zero or, for overlap, less."""
    if node is None or not node.has("median"):
        return None
    return Estimate(median=node.number("median"), lowest=node.number("min"))


def read_size(node: Node) -> Size:
    return Size(node.whole("elements", 1), node.whole("slice", 1))


def required_procs(node: Node) -> int:
    procs = node.whole("procs", 1)
    if procs is None:
        raise node.fail("procs", "a whole number, 1 or more")
    return procs


def read_cell(node: Node, backends: dict[str, Backend]) -> Cell:
    invalid = node.optional_node("invalid")
    valid = node.whole("valid") or 0
    return Cell(
        name=node.text("name"), workload=node.text("workload"),
        backend=named_backend(node.text("backend"), backends), procs=required_procs(node),
        size=read_size(node), ranked=node.flag("ranked", True),
        oversubscribed=node.flag("oversubscribed", False), trials=node.whole("trials") or valid,
        valid=valid,
        invalid={k: invalid.whole(k) or 0 for k in invalid.value} if invalid else {},
        ns=read_estimate(node.optional_node("ns_per_op")),
        floor=read_estimate(node.optional_node("of_floor")),
        cpu_ns=node.number("cpu_ns_per_op", least=0),
        cpu_workers_ns=node.number("cpu_workers_ns", least=0),
        cpu_server_ns=node.number("cpu_server_ns", least=0),
        overlap=read_share(node.optional_node("overlap")),
        fairness=read_share(node.optional_node("fairness")),
        switches=node.number("ctx_switches_per_op", least=0),
        bytes_per_second=node.number("bytes_per_second", above=0),
        lost=node.whole("lost_updates") or 0, extra=node.whole("extra_updates") or 0,
        wrong_elements=node.whole("wrong_elements") or 0, corrupted=node.whole("corrupted") or 0,
        operations=node.whole("operations") or 0, counted_updates=node.whole("counted_updates"),
        promise_kept=node.flag("promise_kept", True), steady=node.whole("steady"))


def read_failure(node: Node) -> Failure:
    return Failure(name=node.text("name"), block=node.whole("block"), stage=node.text("stage", ""),
                   reason=node.text("reason", "no reason given"))


def read_comparison(node: Node, cells: list[Cell], backends: dict[str, Backend]) -> Comparison:
    group = Group(node.text("workload"), read_size(node))
    procs = required_procs(node)
    here = {c.backend.name: c for c in cells if c.procs == procs and c.group == group}
    return Comparison(group, procs, [read_standing(row, here, backends) for row in node.nodes("rows")])


def read_standing(node: Node, here: dict[str, Cell], backends: dict[str, Backend]) -> Standing:
    """A place in a comparison; whatever the file says, a wrong result or the null backend has none."""
    backend = named_backend(node.text("backend"), backends)
    cell = here.get(backend.name)
    barred = backend.lossy or backend.reference or (cell is not None and cell.broken)
    return Standing(backend=backend, rank=None if barred else node.whole("rank", 1),
                    slowdown=node.number("slowdown", above=0), low=node.number("low", above=0),
                    high=node.number("high", above=0), verdict=node.text("verdict", ""), cell=cell)


def read_latencies(block: Node, cells: dict[str, Cell], remarks: list[str]) -> list[Latency]:
    histograms = block.optional_node("histograms")
    if histograms is None:
        return []
    found = []
    for name in histograms.value:
        cell = cells.get(name) or cells.get(name + NAME_SUFFIX)
        if cell is None:
            remarks.append(f"the latency of {name} belongs to no cell and is left out")
        else:
            found.append(read_latency(histograms.node(name), cell))
    return found


def read_latency(node: Node, cell: Cell) -> Latency:
    if node.text("unit", "ns") != "ns":
        raise node.fail("unit", "ns")
    percentiles = node.node("percentiles")
    values = {name: percentiles.number(name, least=0) for name in percentiles.value}
    return Latency(
        name=cell.name, workload=cell.workload, backend=cell.backend, procs=cell.procs, size=cell.size,
        closed_loop=node.flag("closed_loop", True), samples=node.whole("samples") or 0,
        clock_ns=node.number("clock_ns", least=0) or 0.0,
        percentiles={name: value for name, value in values.items() if value is not None},
        below_resolution=frozenset(str(item) for item in node.items("below_resolution")))
