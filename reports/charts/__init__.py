"""The charts of the report, one a file, in the order of the page."""

from __future__ import annotations

from reports.charts import (
    bandwidth,
    cpu_cost,
    heat_map,
    latency,
    lost_updates,
    ns_per_op,
    of_floor,
    slowdown,
    throughput,
)
from reports.model import Run
from reports.section import Section

ALL = (
    slowdown,
    ns_per_op,
    throughput,
    heat_map,
    lost_updates,
    latency,
    cpu_cost,
    of_floor,
    bandwidth,
)


def sections(run: Run) -> list[Section]:
    """What every chart has to show of a run; nothing is drawn yet."""
    return [chart.section(run) for chart in ALL]
