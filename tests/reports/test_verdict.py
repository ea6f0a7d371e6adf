"""The words of the report: only a correct backend is ever called the fastest."""

from __future__ import annotations

import re
import unittest

from reports import distrust, tables, units, verdict
from tests.reports import synthetic, variants
from tests.reports.reading import run_of


class Verdict(unittest.TestCase):
    def test_headline(self) -> None:
        first = verdict.sentences(run_of(synthetic.results()))[0]
        self.assertIn(
            "On this machine, for increment with 2 processes, the fastest correct way is atomic "
            "(7.4 ns an operation, 96.1 % interval",
            first,
        )
        self.assertIn("mutex.robust costs ×5.95", first)
        self.assertRegex(first, r"raw looks 6\.17 times faster but lost 48 % of its updates")
        self.assertIn("of CPU time", first)

    def test_wrong_backends_are_never_the_fastest(self) -> None:
        for make in variants.ALL:
            run = run_of(make())
            for comparison in run.comparisons:
                for standing in comparison.ranked:
                    self.assertFalse(standing.wrong or standing.backend.reference, standing)
            for sentence in verdict.sentences(run):
                found = re.search(r"fastest correct way is (\S+)", sentence)
                if found:
                    self.assertNotIn(
                        found.group(1), ("raw", "null", "mutex.getset", "manager.getset")
                    )

    def test_broken_promise(self) -> None:
        run = run_of(variants.broken_promise())
        first = verdict.sentences(run)[0]
        self.assertIn("fastest correct way is mutex.robust", first)
        self.assertIn(
            "atomic promised exact updates and broke the promise (12 lost, 1 extra)", first
        )
        self.assertIn("Promise broken: atomic", verdict.opening(run))
        self.assertTrue(any(doubt.serious for doubt in distrust.doubts(run)))

    def test_too_few_blocks_rank_nothing(self) -> None:
        document = synthetic.results()
        for comparison in document["sharebench"]["comparison"]:
            for row in comparison["rows"]:
                row.update(rank=None, verdict="too few blocks")
        for sentence in verdict.sentences(run_of(document)):
            self.assertNotIn("fastest", sentence)
            self.assertIn("nothing is ranked", sentence)

    def test_none_lost_by_a_lossy_backend_is_no_guarantee(self) -> None:
        run = run_of(synthetic.results())
        raw = next(c for c in run.cells if c.backend.name == "raw" and c.procs == 1)
        atomic = next(c for c in run.cells if c.backend.name == "atomic")
        self.assertEqual(units.lost_words(raw), "0 lost (not guaranteed)")
        self.assertEqual(units.lost_words(atomic), "0 lost")

    def test_a_control_that_loses_nothing_is_a_doubt(self) -> None:
        document = synthetic.results()
        document["sharebench"]["remarks"] = ["raw: the control lost nothing, the check is too weak"]
        found = distrust.doubts(run_of(document))
        self.assertTrue(any("check is too weak" in d.text and d.serious for d in found))

    def test_a_control_says_what_it_did(self) -> None:
        cells = [c for c in run_of(synthetic.results()).cells if c.backend.control]
        said = {bool(c.lost or c.wrong_elements): tables.state(c) for c in cells}
        self.assertEqual(
            said, {False: "control: not guaranteed", True: "control: loses updates"}
        )

    def test_doubts_of_an_incomplete_run(self) -> None:
        texts = " ".join(
            d.text for d in distrust.doubts(run_of(variants.failures_only_for_a_cell()))
        )
        for words in (
            "3 trials gave no time",
            "stopped early",
            "no time left of 240 s",
            "have no time",
            "more processes than cores",
        ):
            self.assertIn(words, texts)


class Units(unittest.TestCase):
    def test_times(self) -> None:
        for ns, text in (
            (0.31, "0.31 ns"),
            (7.4, "7.4 ns"),
            (999.6, "1 µs"),
            (53000, "53 µs"),
            (2.1e6, "2.1 ms"),
            (3e9, "3 s"),
            (0, "0 ns"),
            (None, "–"),
        ):
            self.assertEqual(units.time(ns), text)

    def test_shares_never_round_to_nothing_or_all(self) -> None:
        for part, whole, text in (
            (0, 5, "0 %"),
            (1, 10**9, "< 0.001 %"),
            (48, 100, "48 %"),
            (9999, 10000, "> 99.9 %"),
            (1, 0, "–"),
        ):
            self.assertEqual(units.share(part, whole), text)


if __name__ == "__main__":
    unittest.main()
