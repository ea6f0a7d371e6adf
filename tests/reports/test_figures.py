"""The figures: nothing overlaps or leaves the paper, no zero on a log axis, the same every time."""

from __future__ import annotations

import logging
import tempfile
import unittest
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

from reports import charts
from reports.axes import log_ticks
from reports.charts import heat_map
from reports.drawing import draw_sheet
from reports.labels import spread_out
from reports.model import Run
from reports.sheet import render
from reports.style import Looks
from reports.units import group_words
from tests.reports import layout, synthetic, variants
from tests.reports.reading import run_of


def setUpModule() -> None:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Glyph .* missing from current font")


def sheets_of(run: Run) -> list:
    return [sheet for section in charts.sections(run) for sheet in section.sheets]


class Figures(unittest.TestCase):
    def test_layout_of_every_figure_of_every_variant(self) -> None:
        for make in variants.ALL:
            run = run_of(make())
            for sheet in sheets_of(run):
                with self.subTest(variant=make.__name__, sheet=sheet.slug):
                    figure = render(sheet, Looks(run.backends))
                    self.assertEqual(layout.problems(figure), [])
                    self.check_axes(figure)

    def check_axes(self, figure) -> None:
        """No empty panel, and only positive values on a log axis."""
        for axes in figure.axes:
            self.assertTrue(axes.lines or axes.patches or axes.texts, "an empty panel")
            for axis, column in ((axes.xaxis, 0), (axes.yaxis, 1)):
                if axis.get_scale() == "log":
                    self.assertGreater(min(axis.get_view_interval()), 0)
                    self.assertTrue(len(axis.get_majorticklocs()))
                    for line in axes.lines:
                        if line.get_transform() == axes.transData:
                            self.assertGreater(np.nanmin(line.get_xydata()[:, column]), 0)

    def test_no_row_of_a_heat_map_is_empty(self) -> None:
        run = run_of(synthetic.results())
        for backend in run.backends:
            for line in heat_map.lines_of(run.measured, [backend]):
                if line.cells:
                    self.assertIsNotNone(line.cells[0], f"{backend.name}: {line.title}")

    def test_at_most_seven_lines_a_panel(self) -> None:
        for sheet in sheets_of(run_of(variants.many_odd_backends())):
            if sheet.slug.startswith(("throughput", "ns-per-op")):
                for panel in sheet.panels:
                    self.assertLessEqual(len(panel.rows), 7)

    def test_cells_of_other_axes_are_other_groups(self) -> None:
        run = run_of(variants.unusual_axes())
        titles = [sheet.title for sheet in sheets_of(run)]
        self.assertEqual(len(titles), len(set(titles)), "one chart for all axes")
        words = {group_words(comparison.group) for comparison in run.comparisons}
        self.assertEqual(len(words), 3)
        self.assertIn("record of 65,536 bytes", words)
        self.assertTrue(all(standing.cell for c in run.comparisons for standing in c.standings))

    def test_sections_without_data_say_why(self) -> None:
        for section in charts.sections(run_of(variants.no_square_no_latency())):
            if section.anchor in ("bandwidth", "latency"):
                self.assertFalse(section.sheets)
                self.assertIn("Nothing to draw", section.remark)

    def test_speed_never_stands_without_cpu_time(self) -> None:
        for section in charts.sections(run_of(synthetic.results())):
            if "wall time / op" in section.table.headings:
                self.assertIn("CPU time / op", section.table.headings)

    def test_looks_are_distinct_and_stable(self) -> None:
        backends = run_of(variants.many_odd_backends()).backends
        looks = [Looks(backends).of(backend) for backend in backends]
        self.assertEqual(len(set(map(repr, looks))), len(looks))
        self.assertEqual(Looks(backends[:9]).of(backends[3]), looks[3])

    def test_files(self) -> None:
        run = run_of(synthetic.results())
        sheet = sheets_of(run)[0]
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            for folder in (one, two):
                draw_sheet(sheet, Looks(run.backends), Path(folder), "name")
            for suffix in ("svg", "png"):
                first, second = (Path(f, f"name.{suffix}").read_bytes() for f in (one, two))
                self.assertEqual(first, second, "a date or a random id")
            root = ElementTree.fromstring(
                first := Path(one, "name.svg").read_text(encoding="utf-8")
            )
        self.assertEqual(root.get("role"), "img")
        self.assertEqual([child.tag.split("}")[1] for child in root][:2], ["title", "desc"])
        self.assertIn("<text", first)


class Placement(unittest.TestCase):
    def test_labels_keep_their_distance(self) -> None:
        for wanted in ([5, 5, 5], [0, 100, 50, 51], [99, 98, 97, 3], [50]):
            placed = spread_out(wanted, 12, 0, 100)
            ordered = sorted(placed)
            self.assertTrue(all(b - a >= 12 - 1e-9 for a, b in zip(ordered, ordered[1:])), placed)
            self.assertTrue(all(-1e-9 <= place <= 100 + 1e-9 for place in placed), placed)
            self.assertEqual(
                sorted(range(len(wanted)), key=lambda i: (wanted[i], placed[i])),
                sorted(range(len(wanted)), key=lambda i: placed[i]),
            )

    def test_log_ticks_are_round_and_inside(self) -> None:
        for low, high in ((0.16, 90.0), (7.0, 8.5), (1e-6, 1e14), (90, 250)):
            ticks = log_ticks(low, high, lambda values: 0.3)
            self.assertTrue(ticks)
            self.assertTrue(all(low <= tick <= high for tick in ticks))
            self.assertTrue(all(f"{tick:.0e}"[0] in "12357" for tick in ticks), ticks)


if __name__ == "__main__":
    unittest.main()
