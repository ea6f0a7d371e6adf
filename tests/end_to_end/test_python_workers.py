"""Workers in Python: the same trials and the same verification as all others, nothing left behind."""

import json
import os
import signal
import time
import unittest

from tests.end_to_end.program import ProgramTest, children_of, increment, results_of, square, sweep, trials_of

BACKENDS = ["python.raw", "python.value", "python.manager"]
#: An interpreter needs longer than our own workers to come to its pace.
TIMING = {"warmup_min_ms": 30, "warmup_max_ms": 60, "window_ms": 60}


class PythonWorkers(ProgramTest):
    def workers_of(self, run):
        """The processes of Python's parent, once there are as many as the trial starts."""
        parent = self.wait_for_child(run, "/proc/self/fd/")
        return self.wait_for(lambda: [pid for pid, _ in children_of(parent)][1:], "workers")

    def test_what_is_exact_loses_nothing_and_the_control_does(self):
        folder, _ = self.run_sweep(sweep(
            increment(BACKENDS, [2]), square(BACKENDS, [2], [4096], [64]),
            {"workload": "append", "backends": ["python.manager"], "procs": [2], "payload_bytes": [64]},
            timing=TIMING))
        trials = trials_of(folder)  # also those that a busy machine made too noisy to be a row
        self.assertEqual(len(trials), 7)
        for trial in trials:
            name = trial["name"]
            self.assertGreater(trial["operations"], 0, name)
            self.assertEqual(trial["extra"], 0, name)
            if "python.raw" in name:  # a short counting pass of square may lose nothing
                self.assertTrue(trial["lost"] > 0 or name.startswith("square"), name)
            else:
                self.assertEqual(trial["lost"], 0, name)

    def test_the_interpreter_and_its_version_are_in_the_results(self):
        folder, _ = self.run_sweep(sweep(increment(["python.raw"]), timing=TIMING))
        self.assertRegex(json.dumps(results_of(folder)), r"CPython \d+\.\d+\.\d+, /")

    def test_latency_with_pauses_and_with_arrivals(self):
        folder, _ = self.run_sweep(sweep(
            increment(["python.value"]), dict(increment(["python.value"]), idle_us=[500]),
            dict(increment(["python.manager"]), load_percent=[50]), measure="latency",
            timing=dict(TIMING, latency_window_ms=100)))
        histograms = results_of(folder)["sharebench"]["histograms"]
        self.assertEqual(len(histograms), 3)
        for histogram in histograms.values():
            self.assertGreater(histogram["samples"], 10, histogram)

    def test_work_between_calls_is_refused_by_name(self):
        cells = dict(increment(["python.value", "atomic"]), think_ns=[100])
        done = self.call("plan", "--sweep", self.write_sweep(sweep(cells)))
        self.assertIn("workers of python.value do nothing between calls", done.stdout + done.stderr)

    def test_without_python_a_line_says_so(self):
        done = self.call("list", env=dict(os.environ, PATH="/nonexistent"))
        self.assertRegex(done.stdout, r"python\.manager +unavailable: .*no python3")

    def test_nothing_is_left_of_a_killed_run(self):
        run = self.start(sweep(increment(["python.manager"], [2]), timing={"window_ms": 20_000}))
        self.workers_of(run)
        run.kill()
        run.wait()
        self.wait_for(lambda: not self.left(), "the end of all")

    def test_a_killed_worker_is_the_reason_of_its_trial(self):
        run = self.start(sweep(increment(["python.value"], [2]), timing={"window_ms": 20_000}))
        victim = self.workers_of(run)[0]
        time.sleep(0.3)
        os.kill(victim, signal.SIGKILL)
        said = "".join(run.communicate(timeout=60))
        self.assertEqual(run.returncode, 1, said)
        self.assertRegex(said, r"worker \d ended in the middle of the trial: Python's parent: exit 137")

    def test_a_killed_parent_takes_its_workers_along(self):
        run = self.start(sweep(increment(["python.manager"], [2]), timing={"window_ms": 20_000}))
        self.workers_of(run)
        os.kill(self.wait_for_child(run, "/proc/self/fd/"), signal.SIGKILL)
        said = "".join(run.communicate(timeout=60))
        self.assertEqual(run.returncode, 1, said)


if __name__ == "__main__":
    unittest.main()
