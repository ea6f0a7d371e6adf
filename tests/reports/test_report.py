"""The whole command: files written, a page that needs nothing else, a summary that stays small."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional

from reports.__main__ import main
from tests.reports import synthetic, variants
from tests.reports.reading import folder_with

VOID = {"meta", "input", "br", "link", "img"}
SUMMARY_LIMIT = 64_000


class Page(HTMLParser):
    """Collects what the tests ask of a page, and checks that tags are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.references: list[str] = []
        self.drawings: list[dict[str, Optional[str]]] = []
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        named = dict(attributes)
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        if "id" in named:
            self.ids[named["id"]] += 1
        if tag == "svg":
            self.drawings.append(named)
        for key in ("href", "src", "xlink:href"):
            if named.get(key):
                self.references.append(named[key])
        for value in named.values():
            self.references += [f"#{name}" for name in re.findall(r"url\(#([^)]+)\)", value or "")]

    def handle_startendtag(self, tag: str, attributes: Any) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        if closed != tag:
            raise AssertionError(f"<{closed}> is closed by </{tag}>")


def report(document: Any) -> dict[str, str]:
    """Runs the command; the page, the summary and the names of the charts."""
    with folder_with(document) as folder, contextlib.redirect_stdout(io.StringIO()):
        code = main([str(folder)])
        assert code == 0, code
        pictures = sorted(path.name for path in (folder / "charts").iterdir())
        return {
            "page": (folder / "index.html").read_text(encoding="utf-8"),
            "summary": (folder / "summary.md").read_text(encoding="utf-8"),
            "pictures": " ".join(pictures),
        }


class Reports(unittest.TestCase):
    def test_every_variant(self) -> None:
        for make in variants.ALL:
            with self.subTest(variant=make.__name__):
                written = report(make())
                nothing = make is variants.stopped_before_the_first_trial
                self.check_page(written["page"], drawings=not nothing)
                self.check_summary(written["summary"])

    def check_page(self, text: str, drawings: bool = True) -> None:
        page = Page(text)
        self.assertEqual(page.open, [])
        self.assertEqual([name for name, count in page.ids.items() if count > 1], [])
        self.assertNotRegex(text, r"https?://|src=|@import|<link")
        for reference in page.references:
            if reference.startswith("#"):
                self.assertIn(reference[1:], page.ids)
            else:
                self.assertRegex(reference, r"^charts/[\w-]+\.(png|svg)$")
        self.assertEqual(bool(page.drawings), drawings)
        for drawing in page.drawings:
            self.assertEqual(drawing["role"], "img")
            for name in drawing["aria-labelledby"].split():
                self.assertIn(name, page.ids)
        self.assertEqual(page.tags["desc"], len(page.drawings))
        self.assertEqual(page.tags["script"], 1)
        self.assertNotIn("alert(1)</script>", text)

    def check_summary(self, text: str) -> None:
        self.assertLess(len(text.encode("utf-8")), SUMMARY_LIMIT)
        for heading in (
            "## Machine",
            "## Rankings",
            "## Lost updates",
            "## Cost over the floor",
            "## What to doubt",
            "## Failures",
        ):
            self.assertIn(f"\n{heading}\n", text)
        self.assertNotIn("<script", text.replace("\\<script", ""))

    def test_texts_of_the_files_are_escaped(self) -> None:
        document = synthetic.results()
        attack = "<img src=x onerror=alert(1)>&\"'"
        block = document["sharebench"]
        block["machine"]["cpu"] = block["build"]["compiler"] = attack
        block["plan"]["not_measured"] = [attack]
        block["failures"] = [{"name": attack, "block": 1, "stage": attack, "reason": attack}]
        block["backends"][1]["details"] = attack
        written = report(document)
        self.assertNotIn("<img", written["page"])
        self.assertNotIn("<img", written["summary"].replace("\\<img", ""))
        self.assertIn("&lt;img", written["page"])

    def test_both_kinds_of_picture_for_every_chart(self) -> None:
        names = report(synthetic.results())["pictures"]
        for chart in (
            "throughput-increment",
            "ns-per-op-increment",
            "slowdown-increment",
            "heat-map",
            "lost-updates",
            "latency-increment",
            "cpu-cost-increment",
            "of-floor",
            "bandwidth",
        ):
            self.assertIn(f"{chart}.png", names)
            self.assertIn(f"{chart}.svg", names)

    def test_ten_thousand_rows(self) -> None:
        written = report(synthetic.large())
        self.assertIn("Shortened here to stay under 64 KB", written["summary"])
        self.check_summary(written["summary"])
        self.check_page(written["page"])

    def test_a_summary_of_very_long_texts_stays_small(self) -> None:
        document = synthetic.results()
        document["sharebench"]["plan"]["not_measured"] = ["é|" * 3000] * 500
        document["sharebench"]["failures"] = [
            {"name": "n" * 500, "block": 1, "stage": "ranked", "reason": "*" * 5000}
        ] * 500
        self.assertLess(len(report(document)["summary"].encode("utf-8")), SUMMARY_LIMIT)


class Command(unittest.TestCase):
    def run_command(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "reports", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test_help(self) -> None:
        done = self.run_command("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("--out", done.stdout)

    def test_wrong_input_is_one_line_and_exit_2(self) -> None:
        done = self.run_command("/nowhere")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_out_is_another_folder(self) -> None:
        with folder_with(variants.one_backend()) as folder, tempfile.TemporaryDirectory() as other:
            done = self.run_command(str(folder / "results.json"), "--out", f"{other}/new")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(Path(other, "new", "index.html").is_file())
            self.assertFalse((folder / "index.html").exists())

    def test_a_folder_that_cannot_be_written(self) -> None:
        with folder_with(variants.one_backend()) as folder:
            done = self.run_command(str(folder), "--out", str(folder / "results.json"))
            self.assertEqual(done.returncode, 2)
            self.assertIn("cannot be written", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_missing_matplotlib(self) -> None:
        with folder_with(variants.one_backend()) as folder, tempfile.TemporaryDirectory() as shadow:
            Path(shadow, "matplotlib.py").write_text(
                "raise ImportError('not here')\n", encoding="utf-8"
            )
            done = subprocess.run(
                [sys.executable, "-m", "reports", str(folder)],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
                env={"PYTHONPATH": shadow},
            )
            self.assertEqual(done.returncode, 2)
            self.assertIn("python3-matplotlib", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
