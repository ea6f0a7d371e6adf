"""gate, compare, baseline, doctor, exports: the commands that judge."""

import csv
import io
import json
import os
import pathlib
import subprocess
import unittest
import xml.etree.ElementTree as xml

from tests.end_to_end.program import SHAREBENCH, ProgramTest, increment, results_of, square, sweep

SLOWER = str(pathlib.Path(__file__).with_name("slower_program.py"))
BROKEN = os.environ["SHAREBENCH_BROKEN"]
GATE_PATIENCE = 400  # seconds: hundreds of trials, each in new processes
#: How a gate may end where nothing is slower: what it can decide depends on the machine it runs on.
NOT_SLOWER = (0, 7)


class Gate(ProgramTest):
    def gate(self, base, new, cells, *arguments, blocks=16):
        done = self.call("gate", base, new, "--sweep",
                         self.write_sweep(sweep(cells, timing={"window_ms": 30})),
                         "--blocks", blocks, "--no-repeat", "--save", "gate.json", *arguments,
                         timeout=GATE_PATIENCE)
        saved = self.folder / "gate.json"
        return done, json.loads(saved.read_text()) if saved.exists() else None

    def test_the_same_program_twice_is_no_regression(self):
        done, found = self.gate(SHAREBENCH, SHAREBENCH, increment(["mutex.robust"], [1]))
        self.assertIn(done.returncode, NOT_SLOWER, done.stdout + done.stderr)
        self.assertEqual([c["confirmed"] for c in found["cells"]], [False])
        self.assertEqual([c["class"] for c in found["classes"]], ["serial"])
        self.assertIn("What this machine could decide", done.stdout)

    def test_a_program_twice_as_slow_is_a_regression(self):
        os.environ["SLOWER"] = '{"extra_think_units": 400}'
        self.addCleanup(os.environ.pop, "SLOWER")
        done, found = self.gate(SHAREBENCH, SLOWER, increment(["mutex.robust"], [1]),
                                "--format", "markdown")
        cell, = found["cells"]
        if found["outcome"] in ("inconclusive", "insensitive"):
            self.skipTest("this machine is too busy to say")
        self.assertGreater(cell["change"]["percent"], 50)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertTrue(cell["confirmed"])
        self.assertIn("**SLOWER, confirmed**", done.stdout)

    def test_a_new_program_that_loses_updates_is_exit_4(self):
        # To the gate broken.promise is exact; the base program does not have it, so it is run twice.
        done = self.call("gate", BROKEN, BROKEN, "--sweep",
                         self.write_sweep(sweep(increment(["broken.promise"], [2]))), "--blocks", 16,
                         "--no-repeat", program=BROKEN, timeout=GATE_PATIENCE)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("broke the promise", done.stdout)

    def test_programs_that_are_none(self):
        done = self.call("gate", SHAREBENCH, "/no/such/program")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/no/such/program: no such program", done.stderr)
        done, found = self.gate(SHAREBENCH, "/bin/true", increment(["atomic"], [1]), blocks=1)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(found["outcome"], "failed")
        self.assertEqual(found["cells"][0]["failed_base"], 0)
        self.assertIn("new program", done.stdout)

    def test_nothing_to_gate(self):
        done, _ = self.gate(SHAREBENCH, SHAREBENCH, increment(["raw", "null"], [1]))
        self.assertEqual(done.returncode, 5, "controls are not gated")


class Compare(ProgramTest):
    measured = None  # the results that every test compares: measured once

    def setUp(self):
        super().setUp()
        self.run = self.folder / "results" / "once"
        if Compare.measured is None:
            folder, _ = self.run_sweep(sweep(increment(["atomic", "mutex.boost"], [1]), blocks=15,
                                             floors=True))
            Compare.measured = (folder / "results.json").read_text()
        self.run.mkdir(parents=True)
        (self.run / "results.json").write_text(Compare.measured)

    def changed(self, name, change):
        """A copy of the run's results with something changed."""
        results = results_of(self.run)
        change(results)
        path = self.folder / name
        path.write_text(json.dumps(results))
        return str(path)

    def slow(self, factor, floor_too):
        def change(results):
            for row in results["benchmarks"]:
                row["real_time"] *= factor
                if not floor_too and "of_floor" in row:
                    row["of_floor"] *= factor
        return change

    def compare(self, *arguments, expect):
        done = self.call("compare", *arguments)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def test_a_run_against_itself(self):
        done = self.compare(self.run, self.run, expect=0)
        self.assertIn("no regression", done.stdout)
        self.assertIn("one after the other", done.stdout)

    def test_a_slowdown_is_exit_3_unless_the_floor_slowed_down_alike(self):
        slow = self.changed("slow.json", self.slow(1.2, floor_too=False))
        found = json.loads(self.compare(self.run, slow, "--format", "json", expect=3).stdout)
        self.assertTrue(all(c["regression"] for c in found["cells"]))
        self.assertAlmostEqual(found["cells"][0]["change"]["percent"], 20, places=6)
        self.compare(self.run, slow, "--fail-on", "never", expect=0)
        self.compare(self.run, slow, "--threshold", "25%", expect=0)
        self.compare(slow, self.run, expect=0)
        machine = self.changed("machine.json", self.slow(1.2, floor_too=True))
        found = json.loads(self.compare(self.run, machine, "--format", "json", expect=3).stdout)
        verdicts = {c["name"].split("/")[1]: c["verdict"] for c in found["cells"]}
        self.assertIn("its floor", verdicts["atomic"])
        self.assertEqual(verdicts["mutex.boost"], "SLOWER", "it has no floor that would tell")

    def test_a_promise_that_broke_is_exit_4(self):
        def broke(results):
            results["sharebench"]["cells"][0]["promise_kept"] = False
        done = self.compare(self.run, self.changed("broke.json", broke), expect=4)
        self.assertIn("PROMISE BROKEN", done.stdout)

    def test_other_machines_are_refused_or_compared_by_their_floors(self):
        def moved(results):
            results["sharebench"]["fingerprint"] = "00112233aabbccdd"
            self.slow(3, floor_too=True)(results)
        other = self.changed("other.json", moved)
        self.assertIn("the machines differ", self.compare(self.run, other, expect=2).stderr)
        done = self.compare(self.run, other, "--allow-cross-machine", "--format", "markdown", expect=0)
        self.assertIn("ratio to its own floor", done.stdout)
        self.assertIn("no floor to compare with", done.stdout)

    def test_baselines(self):
        def call(*arguments, expect=0):
            done = self.call("baseline", *arguments)
            self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
            return done
        call("list", expect=5)
        latest = self.folder / "results" / "latest"
        latest.unlink(missing_ok=True)
        latest.symlink_to("once")
        call("save", "main")
        self.assertIn("exists already", call("save", "main", str(self.run), expect=2).stderr)
        call("save", "main", str(self.run), "--replace")
        self.assertIn("allowed: letters", call("save", "../x", str(self.run), expect=2).stderr)
        self.assertIn("main", call("list").stdout)
        self.assertIn("increment/atomic/procs:1", call("show", "main").stdout)
        call("show", "other", expect=2)
        self.compare("main", "results/latest", expect=0)
        self.assertIn("baseline", self.compare("mian", "results/latest", expect=2).stderr)

    def test_files_that_are_none(self):
        for text in ("{", "[]", '{"context": {}}'):
            (self.folder / "bad.json").write_text(text)
            self.assertIn("bad.json", self.compare(self.run, "bad.json", expect=2).stderr)


class Doctor(ProgramTest):
    def test_it_says_what_each_thing_means_and_changes_nothing(self):
        done = self.call("doctor")
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("governor", "clock source", "steal", "CPU quota", "/dev/shm", "mitigations"):
            self.assertIn(word, done.stdout)
        found = json.loads(self.call("doctor", "--format", "json").stdout)["findings"]
        self.assertTrue(all(f["meaning"] for f in found))
        self.assertEqual({f["health"] for f in found} - {"good", "note", "bad", "unknown"}, set())


class Exports(ProgramTest):
    FORMATS = ("csv", "junit", "openmetrics", "bencher", "github")

    def exported(self, content, expect=0, program=SHAREBENCH):
        arguments = [w for f in self.FORMATS for w in (f"--export-{f}", f"out.{f}")]
        folder, _ = self.run_sweep(content, *arguments, expect=expect, program=program)
        return results_of(folder), {f: (self.folder / f"out.{f}").read_text() for f in self.FORMATS}

    def test_every_format_says_what_the_results_say(self):
        results, texts = self.exported(sweep(increment(["atomic", "raw"], [1, 2]),
                                             square(["mutex.robust"], [1]), blocks=2))
        cells = {c["name"]: c for c in results["sharebench"]["cells"] if c["ns_per_op"]}
        rows = list(csv.DictReader(io.StringIO(texts["csv"])))
        self.assertEqual(len(rows), sum(c["trials"] for c in results["sharebench"]["cells"]))
        self.assertEqual(sum(int(r["valid"]) for r in rows), sum(c["valid"] for c in cells.values()))
        bencher, github = json.loads(texts["bencher"]), json.loads(texts["github"])
        self.assertEqual(set(bencher), set(cells))
        self.assertEqual({e["name"]: e["value"] for e in github},
                         {n: c["ns_per_op"]["median"] for n, c in cells.items()})
        for name, cell in cells.items():
            latency = bencher[name]["latency"]
            self.assertLessEqual(latency["lower_value"], latency["value"])
            self.assertEqual(latency["value"], cell["ns_per_op"]["median"])
        suite = xml.fromstring(texts["junit"]).find("testsuite")
        self.assertEqual(len(suite.findall("testcase")), int(suite.get("tests")))
        self.assertEqual(suite.get("failures"), "0")
        self.check_openmetrics(texts["openmetrics"], cells)

    def check_openmetrics(self, text, cells):
        lines = text.splitlines()
        self.assertEqual(lines[-1], "# EOF")
        seen, family = {}, None
        for line in lines[:-1]:
            if line.startswith("# TYPE "):
                family = line.split()[2]
            elif not line.startswith("#"):
                self.assertTrue(line.startswith(family + "{"), "samples of a family stand together")
                self.assertRegex(line, r'^[a-z_]+\{([a-z]+="[^"]*",?)+\} [0-9.e+-]+$')
                seen.setdefault(family, []).append(line)
        self.assertEqual(len(seen["sharebench_operation_time_seconds"]), len(cells))

    def test_latency_histograms_as_hgrm(self):
        self.run_sweep(sweep(increment(["atomic"]), measure="latency"), "--export-hgrm", "hgrm")
        text = (self.folder / "hgrm" / "increment-atomic-procs-1-latency.hgrm").read_text()
        shares = [float(line.split()[1]) for line in text.splitlines()[2:] if line[0] != "#"]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual(shares[-1], 1)

    def test_a_broken_promise_is_a_failed_test_case(self):
        _, texts = self.exported(sweep(increment(["broken.promise"], [2])), expect=4, program=BROKEN)
        suite = xml.fromstring(texts["junit"]).find("testsuite")
        self.assertEqual(suite.get("failures"), "1")
        self.assertIn("promise broken", suite.find("testcase/failure").get("message"))

    def test_a_minus_is_stdout_and_only_one_can_have_it(self):
        folder = self.write_sweep(sweep(increment(["atomic"])))
        done = self.call("run", "--sweep", folder, "--out", "results", "--export-csv", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("started,fingerprint"))
        self.assertIn("verdict:", done.stderr)
        done = self.call("run", "--sweep", folder, "--export-csv", "-", "--export-junit", "-")
        self.assertEqual(done.returncode, 2)


class Strict(ProgramTest):
    def test_a_busy_machine_is_told_and_with_strict_it_is_exit_6(self):
        busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count())]
        try:
            done = self.call("run", "--sweep", self.write_sweep(
                sweep(increment(["mutex.robust", "atomic"], [1, 2]), blocks=2,
                      timing={"window_ms": 300})), "--out", "results", "--strict", "--no-repeat")
        finally:
            for process in busy:
                process.kill()
                process.wait()
        self.assertIn(done.returncode, (1, 6), done.stdout)  # 1: not one trial was valid
        ours = results_of(self.latest())["sharebench"]
        self.assertIn(ours["trust"]["verdict"], ("suspect", "environment unfit"))
        self.assertTrue(ours["trust"]["reasons"])
        self.assertIn("trust: ", done.stdout)


if __name__ == "__main__":
    unittest.main()
