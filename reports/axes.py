"""Axes a person can read: log scales with plain units, process counts, the shaded region."""

from __future__ import annotations

import math
from typing import Callable, Iterable, Optional, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter, NullLocator

from reports.model import Cell
from reports.style import SHADE

STEPS = ((1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
DECADES = (6, 5, 4, 3, 2, 1)
Y_LABEL_INCHES, CHARACTER_INCHES, X_GAP_INCHES = 0.4, 0.077, 0.09
LEAST_SPAN = 4.0
PAD = 1.3


def log_axis(
    axis: Axis,
    values: Iterable[Optional[float]],
    show: Callable[[float], str],
    room: float = 0.0,
    pad: float = PAD,
) -> None:
    """Makes a log axis around positive values; `room` is the part left free at the upper end.

    Nothing at or below zero gets here: a value that can be zero is left out by the caller.
    """
    known = [value for value in values if value is not None and value > 0]
    low, top = spread(min(known), max(known), pad)
    high = low * (top / low) ** (1 / (1 - room))
    if axis.axis_name == "x":
        axis.axes.set_xscale("log")
        axis.axes.set_xlim(low, high)
    else:
        axis.axes.set_yscale("log")
        axis.axes.set_ylim(low, high)
    decades_an_inch = math.log10(high / low) / axis_inches(axis)
    ticks = log_ticks(
        low, top, lambda values: decades_an_inch * label_inches(axis, map(show, values))
    )
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


def label_inches(axis: Axis, labels: Iterable[str]) -> float:
    """What the widest (or, upright, any) of the labels takes along the axis."""
    if axis.axis_name == "y":
        return Y_LABEL_INCHES
    return CHARACTER_INCHES * max(len(label) for label in labels) + X_GAP_INCHES


def axis_inches(axis: Axis) -> float:
    box = axis.axes.get_window_extent()
    return (box.width if axis.axis_name == "x" else box.height) / axis.axes.figure.dpi


def log_ticks(low: float, high: float, gap: Callable[[Sequence[float]], float]) -> list[float]:
    """The finest round values between the limits that are `gap(values)` decades apart."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    candidates = [[10.0**power for power in powers if power % every == 0] for every in DECADES]
    candidates += [[step * 10.0**power for power in powers for step in steps] for steps in STEPS]
    chosen: list[float] = []
    for values in candidates:
        ticks = [value for value in values if low <= value <= high]
        if ticks and (
            not chosen or all(math.log10(b / a) >= gap(ticks) for a, b in zip(ticks, ticks[1:]))
        ):
            chosen = ticks
    return chosen


def process_axis(axes: Axes, procs: Sequence[int]) -> None:
    """Numbers of processes at even distances for each doubling."""
    values = sorted(set(procs))
    axes.set_xscale("log", base=2)
    axes.set_xlim(values[0] / 2**0.3, values[-1] * 2**0.3)
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
