"""Numbers as people read them, three digits and a unit, the same in charts, tables and prose."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Optional, Sequence

from reports.model import Cell, Estimate, Group, Latency, Size

TIMES = ((1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s"))
LARGE = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
BYTES = ((1, "B"), (1 << 10, "KiB"), (1 << 20, "MiB"), (1 << 30, "GiB"), (1 << 40, "TiB"))
NOTHING = "–"
BYTES_AN_ELEMENT = 8
MOST_IN_FULL = 1e6


def rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")


def digits(value: float) -> str:
    value = rounded(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def scaled(value: float, steps: Sequence[tuple[float, str]]) -> tuple[str, str]:
    """The number and the unit of the largest step that keeps it at 1 or more."""
    size, unit = steps[0]
    for next_size, next_unit in steps:
        if rounded(value) >= next_size:
            size, unit = next_size, next_unit
    return digits(value / size), unit


def time(ns: Optional[float]) -> str:
    """A duration given in nanoseconds."""
    if ns is None:
        return NOTHING
    return "0 ns" if ns == 0 else " ".join(scaled(ns, TIMES))


def rate(per_second: Optional[float]) -> str:
    if per_second is None:
        return NOTHING
    number, unit = scaled(per_second, LARGE)
    return f"{number} {unit}/s"


def bandwidth(bytes_per_second: Optional[float]) -> str:
    if bytes_per_second is None:
        return NOTHING
    number, unit = scaled(bytes_per_second, LARGE)
    return f"{number} {unit}B/s"


def factor(value: Optional[float]) -> str:
    """How many times as much."""
    if value is None:
        return NOTHING
    return f"×{digits(value)}" if value < MOST_IN_FULL else short_factor(value)


def short_factor(value: float) -> str:
    """A factor for the ticks of an axis: ×10 k."""
    number, unit = scaled(value, LARGE)
    return f"×{number} {unit}".rstrip()


def ratio(value: Optional[float]) -> str:
    """A factor near one, where the third decimal counts."""
    if value is None:
        return NOTHING
    return f"×{value:.3f}" if value < 10 else factor(value)


def share(part: float, whole: float) -> str:
    """A percentage that never rounds something to nothing or a part to the whole."""
    if whole <= 0:
        return NOTHING
    percent = 100 * part / whole
    if percent == 0:
        return "0 %"
    if percent < 0.001:
        return "< 0.001 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.3g} %"


def jain(value: Optional[float]) -> str:
    """A fairness index."""
    return NOTHING if value is None else f"{value:.2f}"


def percent(value: Optional[float]) -> str:
    return NOTHING if value is None else f"{100 * value:.3g} %"


def count(value: Optional[float]) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def memory(size: Optional[float]) -> str:
    if not size:
        return NOTHING
    number, unit = scaled(size, BYTES)
    return f"{number} {unit}"


def large(value: float) -> str:
    """A count in three digits: 1.5 G."""
    return " ".join(scaled(value, LARGE)).rstrip()


def moment(text: str) -> str:
    """An ISO 8601 time to the minute, or the text as it is."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = f" {when.tzname()}" if when.tzinfo else ""
    return f"{when:%Y-%m-%d %H:%M}{zone}"


def processes(number: int) -> str:
    return "1 process" if number == 1 else f"{number} processes"


def trials(number: int) -> str:
    return f"{number:,} trial{'' if number == 1 else 's'}"


def interval(estimate: Optional[Estimate], show=time) -> str:
    """Low and high end, or why there is none."""
    if estimate is None or not estimate.has_interval:
        return NOTHING
    return f"{show(estimate.low)} to {show(estimate.high)}"


def coverage(estimate: Optional[Estimate]) -> str:
    """`95 % interval`, with the exact coverage of the order statistics."""
    if estimate is None or estimate.coverage is None:
        return "interval"
    shown = f"{math.floor(1000 * estimate.coverage) / 10:g} %"
    return f"{shown} interval"


def size_words(size: Size) -> str:
    """`65,536 elements (512 KiB), slices of 4`; empty for a workload without a size, as it is."""
    words = []
    if size.elements is not None:
        of_bytes = memory(size.elements * BYTES_AN_ELEMENT)
        words.append(f"{size.elements:,} element{'s' if size.elements > 1 else ''} ({of_bytes})")
    if size.slice is not None:
        whole = size.slice == size.elements
        words.append("one slice" if whole else f"slices of {size.slice:,}")
    if size.payload_bytes is not None:
        words.append(f"{size.payload_bytes:,} bytes")
    if size.circumstances is not None:
        words.append(size.circumstances)
    return ", ".join(words)


def group_words(group: Group) -> str:
    """`increment`, `record of 256 bytes`, `square on 65,536 elements (512 KiB), slices of 4`."""
    size = size_words(group.size)
    if group.size.elements is not None:
        return f"{group.workload} on {size}"
    if group.size.payload_bytes is not None:
        return f"{group.workload} of {size}"
    return f"{group.workload}, {size}" if size else group.workload


def group_slug(group: Group) -> str:
    """The group as part of a file name."""
    size = group.size
    parts = [group.workload, size.elements, size.slice, size.payload_bytes, size.circumstances]
    text = "-".join(str(part) for part in parts if part is not None)
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in text)[:60]


def lost_words(cell: Cell) -> str:
    """Lost updates, with the remark that none lost is luck where nothing is promised."""
    if cell.backend.reference:
        return "none due"
    if cell.lost == 0 and cell.otherwise_wrong:
        return "wrong, losses not counted"
    if cell.lost == 0:
        return "0 lost (not guaranteed)" if cell.backend.lossy else "0 lost"
    return f"{count(cell.lost)} of {count(cell.due)} lost ({share(cell.lost, cell.due)})"


def percentile_words(latency: Latency, name: str) -> str:
    """A percentile; below ten clock reads only that much is known."""
    if name not in latency.percentiles:
        return NOTHING
    if name in latency.below_resolution:
        return f"< {time(latency.resolution_ns)}"
    return time(latency.percentiles[name])
