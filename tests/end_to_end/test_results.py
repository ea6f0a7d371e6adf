"""What a run writes: every rule of docs/results-format.md, on real runs."""

import json
import math
import os
import pathlib
import subprocess
import sys
import unittest

from tests.end_to_end import readers
from tests.end_to_end.test_command_line import BACKENDS
from tests.end_to_end.program import ProgramTest, increment, results_of, square, sweep, trials_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPARE = "/usr/share/benchmark/compare.py"
#: Every kind of backend, few trials.
BOTH = sweep(increment(["null", "raw", "atomic", "mutex.robust", "mutex.getset", "manager.ipc"], [1, 2]),
             square(["raw", "atomic", "mutex.robust"], [2]), square(["manager.ipc"], [1]),
             blocks=2, floors=True)


def numbers_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, float):
        yield value


class Results(ProgramTest):
    def rows(self, results, kind="iteration"):
        return [row for row in results["benchmarks"] if row["run_type"] == kind]

    def test_a_run_keeps_every_rule(self):
        folder, done = self.run_sweep(BOTH)
        results, tracked = results_of(folder), results_of(folder, "results.ci.json")
        with self.subTest("no number that a reader cannot take"):
            for value in numbers_in(results):
                self.assertTrue(math.isfinite(value))
            for row in results["benchmarks"] + tracked["benchmarks"]:
                self.assertGreater(row["real_time"], 0, row["name"])
                self.assertGreater(row["cpu_time"], 0, row["name"])
        with self.subTest("schema"):
            self.check_schema(results)
        with self.subTest("names"):
            for row in results["benchmarks"]:
                self.assertRegex(row["run_name"],
                                 r"^(increment|square)/[a-z0-9.]+/procs:\d+"
                                 r"(/elements:\d+/slice:\d+)?/manual_time$")
        with self.subTest("journal has every trial"):
            journal = [trial for trial in trials_of(folder) if trial["attempt"] == 0]
            self.assertEqual(len(journal), results["sharebench"]["plan"]["trials"])
            self.assertEqual({(t["name"], t["block"]) for t in journal},
                             {(c["name"], b) for c in results["sharebench"]["cells"] for b in (0, 1)})
        with self.subTest("trackers' file has one row a cell that has a time"):
            names = [row["name"] for row in tracked["benchmarks"]]
            timed = [c["name"] for c in results["sharebench"]["cells"] if c["ns_per_op"]]
            self.assertEqual(sorted(names), sorted(timed))
            medians = {c["name"]: c["ns_per_op"]["median"] for c in results["sharebench"]["cells"]
                       if c["ns_per_op"]}
            for row in tracked["benchmarks"]:
                self.assertEqual(row["real_time"], medians[row["name"]])
        with self.subTest("known readers"):
            self.assertEqual(len(readers.github_action_benchmark(tracked)), len(tracked["benchmarks"]))
            self.assertEqual(set(readers.bencher(tracked)), set(names))
            readers.bencher(results)
            self.assertTrue(readers.conbench(results))
        with self.subTest("the table is what stdout holds, progress goes to stderr"):
            self.assertIn("verdict:", done.stdout)
            self.assertIn(f"results: results/{folder.name}", done.stdout)
            self.assertNotIn("trials done", done.stdout)
            self.assertIn("trials done", done.stderr)

    def check_schema(self, results):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("no jsonschema")
        schema = json.loads((ROOT / "docs/results.schema.json").read_text())
        jsonschema.validate(results, schema)
        broken = json.loads(json.dumps(results))
        del broken["sharebench"]["trust"]
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)

    def test_updates_are_counted_and_promises_checked(self):
        folder, _ = self.run_sweep(sweep(increment(["raw", "atomic", "mutex.robust", "mutex.boost",
                                                    "mutex.getset", "manager.ipc", "manager.tcp",
                                                    "manager.getset"], [2]),
                                         square(["atomic", "mutex.robust", "mutex.boost"], [2]),
                                         square(["manager.ipc", "manager.tcp"], [2]), blocks=2,
                                         timing={"window_ms": 100}))
        promises = {b["name"]: b["updates"] for b in results_of(folder)["sharebench"]["backends"]}
        for cell in results_of(folder)["sharebench"]["cells"]:
            with self.subTest(cell["name"]):
                self.assertIn("overlap", cell)
                if promises[cell["backend"]] == "exact":
                    self.assertTrue(cell["promise_kept"])
                    for count in ("lost_updates", "extra_updates", "wrong_elements", "corrupted"):
                        self.assertEqual(cell[count], 0)
                else:
                    self.assertGreater(cell["lost_updates"], 0)
                    self.assertEqual(cell["extra_updates"], 0)

    def test_an_exact_backend_that_loses_updates_is_exit_4_and_never_ranked(self):
        folder, done = self.run_sweep(sweep(increment(["broken.promise", "atomic"], [2]), blocks=9,
                                            timing={"window_ms": 60}), expect=4,
                                      program=os.environ["SHAREBENCH_BROKEN"])
        ours = results_of(folder)["sharebench"]
        self.assertEqual(ours["verdict"], "promise broken")
        cell = next(c for c in ours["cells"] if c["backend"] == "broken.promise")
        self.assertFalse(cell["promise_kept"])
        self.assertGreater(cell["lost_updates"], 0)
        row = next(r for r in ours["comparison"][0]["rows"] if r["backend"] == "broken.promise")
        self.assertIsNone(row["rank"])
        self.assertEqual(row["verdict"], "promise broken")
        self.assertIn("promise broken", done.stdout)

    def test_a_lock_that_starves_a_worker_is_unfair_and_not_a_failure(self):
        self.call("run", "--sweep", self.write_sweep(sweep(increment(["broken.starving"], [2]), blocks=2)),
                  "--out", "results", program=os.environ["SHAREBENCH_BROKEN"])
        cell, = results_of(self.latest())["sharebench"]["cells"]
        self.assertEqual(cell["failed"], 0)
        self.assertEqual((cell["lost_updates"], cell["extra_updates"]), (0, 0))
        if cell["valid"] == 0:  # on a busy machine the starved one has no CPU either, and is absent
            self.skipTest("this machine is too busy")
        self.assertLess(cell["fairness"]["median"], 0.7)
        self.assertGreater(cell["overlap"]["min"], 0.95)

    def test_two_runs_never_share_a_folder_and_latest_is_the_newest(self):
        small = sweep(increment(["atomic"]))
        first, _ = self.run_sweep(small)
        second, _ = self.run_sweep(small)
        self.assertNotEqual(first, second)
        self.assertEqual(len(list(self.folder.glob("results/*/results.json"))), 3)  # latest is a link

    def test_debians_compare_reads_two_runs(self):
        if not os.path.exists(COMPARE):
            self.skipTest("no libbenchmark-tools")
        files = []
        for _ in range(2):
            folder, _ = self.run_sweep(sweep(increment(["atomic", "raw"], [1]), blocks=9))
            files.append(folder / "results.json")
        done = subprocess.run([sys.executable, COMPARE, "benchmarks", *map(str, files)],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("increment/atomic/procs:1/manual_time_pvalue", done.stdout)
        self.assertIn("OVERALL_GEOMEAN", done.stdout)
        self.assertNotIn("nan", done.stdout.lower())

    def test_options_reach_the_results(self):
        folder, done = self.run_sweep(sweep(increment(["atomic", "raw"], [1, 2])), "--seed", 77,
                                      "--blocks", 2, "--procs", "1", "--backend", "atomic",
                                      "--benchmark_out", "copy.json", "--benchmark_format", "json",
                                      "--benchmark_context", "branch=main")
        results = results_of(folder)
        self.assertEqual(json.loads(done.stdout), results)
        self.assertEqual(json.loads((self.folder / "copy.json").read_text()), results)
        self.assertEqual(results["sharebench"]["plan"]["seed"], 77)
        self.assertEqual(results["context"]["branch"], "main")
        self.assertEqual([c["name"] for c in results["sharebench"]["cells"]],
                         ["increment/atomic/procs:1/manual_time"])
        self.assertEqual(json.loads((folder / "sweep.json").read_text())["stages"][0]["blocks"], 2)

    def test_a_device_is_written_through_and_a_late_error_costs_nothing(self):
        link = self.folder / "link"
        link.symlink_to(self.folder / "target.json")
        self.run_sweep(sweep(increment(["atomic"])), "--benchmark_out", "link")
        self.assertTrue(link.is_symlink())
        self.assertIn("benchmarks", json.loads((self.folder / "target.json").read_text()))
        done = self.call("run", "--sweep", self.write_sweep(sweep(increment(["atomic"]))), "--out",
                         "results", "--benchmark_out", "/no/such/folder/x.json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("verdict: ok", done.stdout)
        self.assertIn("/no/such/folder/x.json", done.stderr)
        self.assertTrue((self.latest() / "results.json").exists())

    def test_a_run_can_be_repeated_from_its_sweep_file(self):
        first, _ = self.run_sweep(sweep(increment(["atomic", "raw"], [1])), "--seed", 5, "--no-repeat")
        again, _ = self.run_sweep((first / "sweep.json").read_text())
        self.assertEqual(*([t["name"] for t in trials_of(folder)] for folder in (first, again)))

    def test_every_backend_keeps_a_record_and_every_lock_a_layout(self):
        record = {"workload": "record", "backends": "all", "procs": [2], "payload_bytes": [4096]}
        packed = {**increment(["mutex.robust", "mutex.boost"], [2]), "layout": ["packed", 64, 128]}
        folder, _ = self.run_sweep(sweep(record, packed))
        results = results_of(folder)
        self.check_schema(results)
        cells = {c["name"]: c for c in results["sharebench"]["cells"]}
        self.assertEqual(len(cells), len(BACKENDS) - 1 + 2 * 3)
        self.assertNotIn("record/sharded/procs:2/payload:4096/manual_time", cells, "it has no arrays")
        self.assertIn("increment/mutex.boost/procs:2/manual_time", cells, "128 is the usual layout")
        for name, cell in cells.items():
            self.assertEqual(cell["failed"], 0, name)
            self.assertTrue(cell["promise_kept"], name)
            self.assertEqual(cell["circumstances"] is None, "layout:" not in name, name)
        self.assertGreater(cells["record/raw/procs:2/payload:4096/manual_time"]["lost_updates"], 0)
        groups = {(g["workload"], g["procs"], g["payload_bytes"], g["circumstances"])
                  for g in results["sharebench"]["comparison"]}
        self.assertEqual(len(groups), 4, "cells of different axes are not compared")

    def test_containers_of_managers(self):
        folder, _ = self.run_sweep(sweep(
            {"workload": "append", "backends": "all", "procs": [2], "payload_bytes": [8, 65536]},
            {"workload": "dict-update", "backends": "all", "procs": [2]},
            {"workload": "namespace-increment", "backends": "all", "procs": [2]},
            {"workload": "custom-increment", "backends": "all", "procs": [2]}))
        results = results_of(folder)
        self.check_schema(results)
        cells = {c["name"]: c for c in results["sharebench"]["cells"]}
        self.assertEqual(len(cells), 2 * 6 + 6 + 6 + 6)
        # A sanitizer keeps what is freed for a while, and so takes new memory for every long item.
        steady = "sanitize" not in json.dumps(results["sharebench"]["build"])
        for name, cell in cells.items():
            self.assertEqual(cell["failed"], 0, name)
            self.assertGreater(cell["operations"], 0, name)
            self.assertTrue(cell["promise_kept"], name)
            self.assertEqual(steady and cell["invalid"].get("V6 faults", 0), 0, name)
            lost = cell["lost_updates"] > 0
            self.assertEqual(lost, "getset" in name, name)

    def test_calls_in_flight_are_all_counted(self):
        folder, done = self.run_sweep(sweep(
            {**increment(["manager.ipc", "manager.tcp", "manager.shm", "atomic"], [2]), "in_flight": [1, 100]},
            {"workload": "append", "backends": ["manager.shm"], "procs": [2], "payload_bytes": [64],
             "in_flight": [100]}, floors=True))
        results = results_of(folder)
        self.check_schema(results)
        cells = {c["name"]: c for c in results["sharebench"]["cells"]}
        self.assertEqual(len(cells), 4 + 3 + 1)
        for name, cell in cells.items():
            self.assertEqual((cell["failed"], cell["lost_updates"], cell["extra_updates"]), (0, 0, 0), name)
            self.assertEqual(cell["circumstances"], "100 calls in flight" if "in_flight" in name else None)
        self.assertIn("increment/atomic/procs:2/in_flight:100/manual_time: atomic has one call in flight",
                      "\n".join(results["sharebench"]["remarks"]) + done.stdout + done.stderr)
        of_floor = {t["cell"]["backend"]: t["of_floor"] for t in trials_of(folder)
                    if t["cell"]["in_flight"] == 100 and t["cell"]["workload"] == "increment"}
        self.assertGreater(of_floor["manager.ipc"], 0)
        self.assertFalse(of_floor["manager.shm"], "its floor has one call in flight")

    def test_latency_has_percentiles_only_with_enough_samples(self):
        folder, _ = self.run_sweep(sweep(increment(["atomic", "manager.ipc"], [1]), measure="latency"))
        histograms = results_of(folder)["sharebench"]["histograms"]
        fast = histograms["increment/atomic/procs:1"]
        self.assertTrue(fast["closed_loop"])
        self.assertEqual(sum(n for _, n in fast["buckets"]), fast["samples"])
        self.assertIn("p50", fast["below_resolution"], "a nanosecond cannot be read from this clock")
        for h in histograms.values():
            for name, quantile in {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}.items():
                self.assertEqual(name in h["percentiles"], h["samples"] * (1 - quantile) >= 10 - 1e-6)
            ordered = [h["percentiles"][p] for p in ("p50", "p90", "p99", "p99.9", "max")
                       if p in h["percentiles"]]
            self.assertEqual(ordered, sorted(ordered))

    def test_open_loops_are_for_calls_that_are_long_enough(self):
        axes = {"load_percent": [50, 90]}
        folder, done = self.run_sweep(sweep({**increment(["manager.ipc"], [1]), **axes},
                                            {**increment(["atomic"], [1]), "load_percent": [50]},
                                            {**increment(["atomic"], [1]), "idle_us": [200]},
                                            measure="latency", timing={"latency_window_ms": 200}))
        ours = results_of(folder)["sharebench"]
        loops = {name: h["closed_loop"] for name, h in ours["histograms"].items()}
        self.assertEqual(loops, {"increment/manager.ipc/procs:1/load:50": False,
                                 "increment/manager.ipc/procs:1/load:90": False,
                                 "increment/atomic/procs:1/load:50": True,
                                 "increment/atomic/procs:1/idle:200": True})
        self.assertTrue(any("the loop is closed" in remark for remark in ours["remarks"]))
        rested = ours["histograms"]["increment/atomic/procs:1/idle:200"]
        # A pause before each call, so no more calls than pauses fit; one more at either edge.
        trial = next(t for t in trials_of(folder) if t["cell"]["idle_us"] == 200)
        self.assertLessEqual(rested["samples"], trial["workers"][0]["seconds"] / 200e-6 + 2)
        self.assertGreater(trial["half_ratio"], 0.3, "the warm-up's last batch is not in the first half")
        half, most = (ours["histograms"][f"increment/manager.ipc/procs:1/load:{load}"]["samples"]
                      for load in (50, 90))
        self.assertGreater(half, 0)
        self.assertGreater(most, 0)
        self.check_schema(results_of(folder))

    def test_floors_are_measured_in_the_same_launch(self):
        folder, _ = self.run_sweep(sweep(increment(["atomic", "mutex.robust", "manager.ipc", "raw"], [1, 2]),
                                         blocks=2, floors=True))
        for cell in results_of(folder)["sharebench"]["cells"]:
            if cell["ns_per_op"]:
                self.assertEqual(cell["of_floor"] is None, cell["backend"] == "raw", cell["name"])


if __name__ == "__main__":
    unittest.main()
