"""What a run holds, as plain values: the only thing charts, tables and pages ever see.

Statistics (medians, intervals, ranks, ratios) come from the harness and are never computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

FLOOR_GOAL = 1.05


@dataclass(frozen=True)
class Size:
    """What cells of a workload can differ in besides backend and processes; None: not in this.

    `circumstances` are the harness's words for unusual settings (think time, placement, ...).
    """

    elements: Optional[int] = None
    slice: Optional[int] = None
    payload_bytes: Optional[int] = None
    circumstances: Optional[str] = None


@dataclass(frozen=True)
class Estimate:
    """A median with its interval; `coverage` is the exact coverage of that interval."""

    median: float
    low: Optional[float] = None
    high: Optional[float] = None
    lowest: Optional[float] = None
    highest: Optional[float] = None
    cv: Optional[float] = None
    coverage: Optional[float] = None
    count: Optional[int] = None
    how: str = ""

    @property
    def has_interval(self) -> bool:
        """A single block gives both ends, but they cover nothing."""
        return self.low is not None and self.high is not None and self.coverage != 0


@dataclass(frozen=True)
class Backend:
    """One way of sharing, with what it promises."""

    name: str
    family: str
    updates: str = "unknown"
    on_death: str = "unknown"
    transform: str = ""
    control: bool = False
    available: bool = True
    details: str = ""

    @property
    def reference(self) -> bool:
        """Does no work: drawn to show what the harness itself costs, never ranked."""
        return self.updates == "none"

    @property
    def lossy(self) -> bool:
        return self.control or self.updates == "lossy"


@dataclass(frozen=True)
class Cell:
    """One point of the plan with all that was measured there."""

    name: str
    workload: str
    backend: Backend
    procs: int
    size: Size
    ranked: bool
    oversubscribed: bool
    trials: int
    valid: int
    invalid: dict[str, int]
    ns: Optional[Estimate]
    floor: Optional[Estimate]
    cpu_ns: Optional[float]
    cpu_workers_ns: Optional[float]
    cpu_server_ns: Optional[float]
    overlap: Optional[Estimate]
    fairness: Optional[Estimate]
    switches: Optional[float]
    bytes_per_second: Optional[float]
    lost: int
    extra: int
    wrong_elements: int
    corrupted: int
    operations: int
    counted_updates: Optional[int]
    promise_kept: bool
    steady: Optional[int]

    @property
    def group(self) -> "Group":
        return Group(self.workload, self.size)

    @property
    def broken(self) -> bool:
        """An exact backend that lost, doubled or corrupted an update."""
        return not self.promise_kept

    @property
    def wrong(self) -> bool:
        """Its result cannot be relied on: a control, or a promise that did not hold."""
        return self.broken or self.backend.lossy

    @property
    def otherwise_wrong(self) -> int:
        """What was found wrong besides lost updates."""
        return self.extra + self.wrong_elements + self.corrupted

    @property
    def due(self) -> int:
        """The updates among which lost ones were counted."""
        return self.counted_updates or self.operations


@dataclass(frozen=True, order=False)
class Group:
    """Cells that may be set side by side: the same workload on the same size."""

    workload: str
    size: Size


@dataclass(frozen=True)
class Standing:
    """A backend's place among the others of one comparison; no rank means it says why."""

    backend: Backend
    rank: Optional[int]
    slowdown: Optional[float]
    low: Optional[float]
    high: Optional[float]
    verdict: str
    cell: Optional[Cell]

    @property
    def wrong(self) -> bool:
        return self.backend.lossy or (self.cell is not None and self.cell.broken)


@dataclass(frozen=True)
class Comparison:
    """All backends of one workload, process count and size."""

    group: Group
    procs: int
    standings: list[Standing]

    @property
    def ranked(self) -> list[Standing]:
        return sorted((s for s in self.standings if s.rank is not None), key=lambda s: s.rank)


@dataclass(frozen=True)
class Latency:
    """Percentiles of single operations, in nanoseconds."""

    name: str
    workload: str
    backend: Backend
    procs: int
    size: Size
    closed_loop: bool
    load_percent: Optional[int]
    idle_us: Optional[int]
    samples: int
    clock_ns: float
    percentiles: dict[str, float]
    below_resolution: frozenset[str]

    @property
    def group(self) -> Group:
        return Group(self.workload, self.size)

    @property
    def loop(self) -> str:
        """How the calls came: one of the words of every chart and table."""
        if not self.closed_loop:
            return f"open loop at {self.load_percent} % load"
        return f"after {self.idle_us:,} µs of rest" if self.idle_us else "closed loop"

    @property
    def resolution_ns(self) -> float:
        """Ten reads of the clock: what is below is known only to be below."""
        return 10 * self.clock_ns


@dataclass(frozen=True)
class Failure:
    """A trial that gave no time."""

    name: str
    block: Optional[int]
    stage: str
    reason: str


@dataclass(frozen=True)
class Run:
    """One results.json."""

    path: Path
    context: dict[str, Any]
    verdict: str
    trust: str
    trust_reasons: list[str]
    partial: bool
    git: dict[str, Any]
    build: dict[str, Any]
    machine: dict[str, Any]
    fingerprint: str
    plan: dict[str, Any]
    not_measured: list[str]
    left_out: list[str]
    backends: list[Backend]
    cells: list[Cell]
    failures: list[Failure]
    latencies: list[Latency]
    comparisons: list[Comparison]
    remarks: list[str]

    @property
    def measured(self) -> list[Cell]:
        """The cells that have a time."""
        return [cell for cell in self.cells if cell.ns is not None]

    @property
    def cores(self) -> Optional[int]:
        return self.machine.get("cores") or self.context.get("num_cpus")

    def order(self, backend: Backend) -> int:
        """The place of a backend in the one list that orders every chart and table."""
        return self.backends.index(backend)
