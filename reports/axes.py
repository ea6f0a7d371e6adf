"""Axes that a person can read: log scales with plain units, process counts, the shaded region beyond the cores."""

from __future__ import annotations

import math
from typing import Callable, Iterable, Optional, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter, NullLocator

from reports.model import Cell
from reports.style import SHADE

STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
INCHES_A_TICK = {"x": 0.62, "y": 0.4}
LEAST_SPAN = 4.0
PAD = 1.3


def log_axis(axis: Axis, values: Iterable[Optional[float]], show: Callable[[float], str],
             room: float = 0.0, pad: float = PAD) -> None:
    """Makes a log axis around positive values; `room` is the part left free at the upper end.

    Nothing at or below zero gets here: a value that can be zero is left out by the caller.
    """
    known = [value for value in values if value is not None and value > 0]
    low, high = spread(min(known), max(known), pad)
    if room:
        high = low * (high / low) ** (1 / (1 - room))
    if axis.axis_name == "x":
        axis.axes.set_xscale("log")
        axis.axes.set_xlim(low, high)
    else:
        axis.axes.set_yscale("log")
        axis.axes.set_ylim(low, high)
    ticks = ticks_that_fit(axis, low, high)
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([show(tick) for tick in ticks]))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    axis.grid(True)


def spread(low: float, high: float, pad: float) -> tuple[float, float]:
    """Limits around the data, wide enough that some tick falls inside."""
    low, high = low / pad, high * pad
    if high / low < LEAST_SPAN:
        middle = math.sqrt(low) * math.sqrt(high)
        low, high = middle / math.sqrt(LEAST_SPAN), middle * math.sqrt(LEAST_SPAN)
    return low, high


def ticks_that_fit(axis: Axis, low: float, high: float) -> list[float]:
    """Round values for an axis, as many as its length has room for."""
    box = axis.axes.get_window_extent()
    length = (box.width if axis.axis_name == "x" else box.height) / axis.axes.figure.dpi
    return log_ticks(low, high, INCHES_A_TICK[axis.axis_name] * math.log10(high / low) / length)


def log_ticks(low: float, high: float, gap: float) -> list[float]:
    """Round values between the limits at least `gap` decades apart, the finest such steps."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = range(first, last + 1)
    every = max(1, math.ceil(gap))
    chosen = within([10.0 ** power for power in powers if power % every == 0], low, high)
    for steps in STEPS:
        ticks = within([step * 10.0 ** power for power in powers for step in steps], low, high)
        close = any(math.log10(b / a) < gap for a, b in zip(ticks, ticks[1:]))
        if not chosen or (ticks and not close):
            chosen = ticks
    return chosen


def within(values: Iterable[float], low: float, high: float) -> list[float]:
    return [value for value in values if low <= value <= high]


def process_axis(axes: Axes, procs: Sequence[int]) -> None:
    """Numbers of processes at even distances for each doubling."""
    values = sorted(set(procs))
    axes.set_xscale("log", base=2)
    axes.set_xlim(values[0] / 2 ** 0.3, values[-1] * 2 ** 0.3)
    shown = [values[-1]]
    for value in reversed(values[:-1]):
        if shown[-1] / value >= (values[-1] / values[0]) ** 0.09:
            shown.append(value)
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter(FixedFormatter([str(value) for value in shown]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("processes")


def shade_oversubscribed(axes: Axes, cells: Sequence[Cell]) -> None:
    """Shades where there are more processes than cores, from half-way to the last point inside."""
    beyond = [cell.procs for cell in cells if cell.oversubscribed]
    if not beyond:
        return
    inside = [cell.procs for cell in cells if cell.procs < min(beyond)]
    left, right = axes.get_xlim()
    edge = math.sqrt(max(inside) * min(beyond)) if inside else left
    axes.axvspan(edge, right, color=SHADE, zorder=0, linewidth=0)
