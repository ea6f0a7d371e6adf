"""Reads the entries of the block `sharebench`: backends, cells, comparisons, failures, latencies."""

from __future__ import annotations

from typing import Optional

from reports.checked import Node
from reports.model import (
    Backend,
    Cell,
    Comparison,
    Estimate,
    Failure,
    Group,
    Latency,
    Size,
    Standing,
)


def read_backend(node: Node) -> Backend:
    name = node.text("name")
    return Backend(
        name=name,
        family=node.text("family", name.split(".")[0]),
        updates=node.text("updates", "unknown"),
        on_death=node.text("on_death", "unknown"),
        transform=node.text("transform", ""),
        control=node.flag("control", False),
        available=node.flag("available", True),
        details=node.text("details", ""),
    )


def named_backend(name: str, backends: dict[str, Backend]) -> Backend:
    """The backend of that name; one that the list forgot is added without promises."""
    return backends.setdefault(name, Backend(name=name, family=name.split(".")[0]))


def read_estimate(node: Optional[Node]) -> Optional[Estimate]:
    if node is None or not node.has("median"):
        return None
    return Estimate(
        median=node.number("median", above=0),
        low=node.number("low", above=0),
        high=node.number("high", above=0),
        lowest=node.number("min", above=0),
        highest=node.number("max", above=0),
        cv=node.number("cv"),
        coverage=node.number("coverage", least=0),
        count=node.whole("n"),
        how=node.text("how", ""),
    )


def read_share(node: Optional[Node]) -> Optional[Estimate]:
    """Overlap or fairness: a median and the least one; it may be zero or, for overlap, less."""
    if node is None or not node.has("median"):
        return None
    return Estimate(median=node.number("median"), lowest=node.number("min"))


def read_size(node: Node) -> Size:
    return Size(
        node.whole("elements", 1),
        node.whole("slice", 1),
        node.whole("payload_bytes", 1),
        node.text("circumstances", "") or None,
    )


def required_procs(node: Node) -> int:
    procs = node.whole("procs", 1)
    if procs is None:
        raise node.fail("procs", "a whole number, 1 or more")
    return procs


def read_cell(node: Node, backends: dict[str, Backend]) -> Cell:
    invalid = node.optional_node("invalid")
    valid = node.whole("valid") or 0
    return Cell(
        name=node.text("name"),
        workload=node.text("workload"),
        backend=named_backend(node.text("backend"), backends),
        procs=required_procs(node),
        size=read_size(node),
        ranked=node.flag("ranked", True),
        oversubscribed=node.flag("oversubscribed", False),
        trials=node.whole("trials") or valid,
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
        lost=node.whole("lost_updates") or 0,
        extra=node.whole("extra_updates") or 0,
        wrong_elements=node.whole("wrong_elements") or 0,
        corrupted=node.whole("corrupted") or 0,
        operations=node.whole("operations") or 0,
        counted_updates=node.whole("counted_updates"),
        promise_kept=node.flag("promise_kept", True),
        steady=node.whole("steady"),
    )


def read_failure(node: Node) -> Failure:
    return Failure(
        name=node.text("name"),
        block=node.whole("block"),
        stage=node.text("stage", ""),
        reason=node.text("reason", "no reason given"),
    )


def read_comparison(node: Node, cells: list[Cell], backends: dict[str, Backend]) -> Comparison:
    group = Group(node.text("workload"), read_size(node))
    procs = required_procs(node)
    here = {c.backend.name: c for c in cells if c.procs == procs and c.group == group}
    return Comparison(
        group, procs, [read_standing(row, here, backends) for row in node.nodes("rows")]
    )


def read_standing(node: Node, here: dict[str, Cell], backends: dict[str, Backend]) -> Standing:
    """A place in a comparison; whatever the file says, a wrong or unranked cell has no rank."""
    backend = named_backend(node.text("backend"), backends)
    cell = here.get(backend.name)
    rank, verdict, reason = node.whole("rank", 1), node.text("verdict", ""), barred(backend, cell)
    return Standing(
        backend=backend,
        rank=None if reason else rank,
        slowdown=node.number("slowdown", above=0),
        low=node.number("low", above=0),
        high=node.number("high", above=0),
        verdict=reason if reason and (rank is not None or not verdict) else verdict,
        cell=cell,
    )


def control_words(cell: Optional[Cell]) -> str:
    found = cell is not None and (cell.lost or cell.wrong_elements or cell.corrupted)
    return "control: loses updates" if found else "control: not guaranteed"


def barred(backend: Backend, cell: Optional[Cell]) -> str:
    """Why a backend cannot have a rank; empty when it can."""
    if backend.reference:
        return "no work: measures the harness"
    if backend.lossy:
        return control_words(cell)
    if cell is not None and cell.broken:
        return "promise broken"
    return "shown, not ranked" if cell is not None and not cell.ranked else ""


def read_latencies(block: Node, backends: dict[str, Backend]) -> list[Latency]:
    histograms = block.optional_node("histograms")
    if histograms is None:
        return []
    return [read_latency(name, histograms.node(name), backends) for name in histograms.value]


def read_latency(name: str, node: Node, backends: dict[str, Backend]) -> Latency:
    if node.text("unit", "ns") != "ns":
        raise node.fail("unit", "ns")
    percentiles = node.node("percentiles")
    values = {name: percentiles.number(name, least=0) for name in percentiles.value}
    return Latency(
        name=name,
        workload=node.text("workload"),
        backend=named_backend(node.text("backend"), backends),
        procs=required_procs(node),
        size=read_size(node),
        closed_loop=node.flag("closed_loop", True),
        load_percent=node.whole("load_percent", 1),
        idle_us=node.whole("idle_us", 1),
        samples=node.whole("samples") or 0,
        clock_ns=node.number("clock_ns", least=0) or 0.0,
        percentiles={name: value for name, value in values.items() if value is not None},
        below_resolution=frozenset(str(item) for item in node.items("below_resolution")),
    )
