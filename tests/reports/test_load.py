"""Wrong input: one line that names file, key, value and what is allowed."""

from __future__ import annotations

import copy
import tempfile
import unittest
from pathlib import Path

from reports.checked import InputError
from reports.load import read_run
from tests.reports import synthetic, variants
from tests.reports.reading import folder_with, run_of


class LoadErrors(unittest.TestCase):
    def complaint(self, document: object) -> str:
        with folder_with(document) as folder, self.assertRaises(InputError) as caught:
            read_run(folder)
        text = str(caught.exception)
        self.assertNotIn("\n", text)
        self.assertIn("results.json", text)
        self.assertIn("allowed:", text)
        return text

    def changed(self, *path: object, value: object) -> dict:
        document = copy.deepcopy(synthetic.results())
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return document

    def test_missing_folder(self) -> None:
        with self.assertRaisesRegex(InputError, "no such file or folder"):
            read_run(Path("/nowhere/at/all"))

    def test_folder_without_results(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(
            InputError, "no results.json"
        ):
            read_run(Path(folder))

    def test_unreadable_json(self) -> None:
        for content in (b"{", b"\xff\xfe", b"", b'{"a": NaN}', b"[" * 100000):
            with tempfile.TemporaryDirectory() as folder, self.subTest(content=content[:10]):
                (Path(folder) / "results.json").write_bytes(content)
                with self.assertRaisesRegex(InputError, "allowed:"):
                    read_run(Path(folder))

    def test_wrong_schema(self) -> None:
        for value in (2, "1", True, None):
            text = self.complaint(self.changed("sharebench", "schema", value=value))
            self.assertIn("sharebench.schema", text)
            self.assertIn("allowed: the number 1", text)

    def test_no_block_of_ours(self) -> None:
        document = synthetic.results()
        del document["sharebench"]
        self.assertIn("sharebench is nothing", self.complaint(document))

    def test_wrong_values_name_their_key(self) -> None:
        cell = ("sharebench", "cells", 3)
        for path, value, key in (
            ((*cell, "ns_per_op", "median"), 0, "sharebench.cells[3].ns_per_op.median is 0"),
            ((*cell, "procs"), "two", 'sharebench.cells[3].procs is "two"'),
            ((*cell, "procs"), None, "sharebench.cells[3].procs is nothing"),
            ((*cell, "backend"), 7, "sharebench.cells[3].backend is 7"),
            ((*cell, "lost_updates"), -1, "sharebench.cells[3].lost_updates is -1"),
            ((*cell, "ns_per_op"), [], "sharebench.cells[3].ns_per_op is []"),
            (("sharebench", "cells"), {}, "sharebench.cells is {}"),
            (("sharebench", "verdict"), "fine", 'sharebench.verdict is "fine"'),
            (("benchmarks", 0, "real_time"), 10**400, "benchmarks[0].real_time is 1000"),
            ((), [], ""),
        ):
            with self.subTest(key=key):
                document = self.changed(*path, value=value) if path else value
                self.assertIn(key, self.complaint(document))

    def test_a_results_file_may_be_given(self) -> None:
        with folder_with(synthetic.results()) as folder:
            self.assertEqual(
                len(read_run(folder / "results.json").cells), len(read_run(folder).cells)
            )

    def test_variants_load(self) -> None:
        for make in variants.ALL:
            with self.subTest(make=make.__name__):
                self.assertTrue(run_of(make()).backends)

    def test_control_characters_are_replaced(self) -> None:
        document = self.changed("sharebench", "backends", 0, "details", value="a\x00b\nc\x1b[31m")
        self.assertTrue(run_of(document).backends[0].details.isprintable())


if __name__ == "__main__":
    unittest.main()
