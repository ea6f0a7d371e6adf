"""Things that die: workers, servers, the program itself. The sweep goes on or ends in order, and nothing
is left behind."""

import json
import os
import resource
import signal
import subprocess
import unittest

from tests.end_to_end.program import (PATIENCE, SHAREBENCH, ProgramTest, children_of, increment,
                                      marked_processes, results_of, square, sweep, trials_of)

LONG = {"window_ms": 1500}


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


class Faults(ProgramTest):
    def finish(self, process, expect):
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, expect, err + out)
        return out, err

    def sweep_went_on(self, process, blocks):
        """The one failure. On a busy machine other trials may be invalid; they ran all the same, and the
        exit status says whether any was valid."""
        out, err = process.communicate(timeout=PATIENCE)
        journal = trials_of(self.latest())
        self.assertEqual(len(journal), blocks, err)
        failed = [trial["failure"] for trial in journal if "failure" in trial]
        self.assertEqual(len(failed), 1, err)
        valid = sum(trial.get("valid", False) for trial in journal)
        self.assertEqual(process.returncode, 0 if valid else 1, err + out)
        results = results_of(self.latest())
        rows = [r for r in results["benchmarks"] if r["run_type"] == "iteration"]
        self.assertEqual(len(rows), valid)
        self.assertEqual(results["sharebench"]["verdict"], "incomplete")
        self.assertIn(failed[0], [f["reason"] for f in results["sharebench"]["failures"]])
        return failed[0]

    def test_a_killed_worker_is_a_failed_trial_and_the_sweep_goes_on(self):
        process = self.start(sweep(increment(["atomic"], [2]), blocks=3, timing=LONG), "--no-repeat")
        os.kill(self.wait_for_child(process, " worker "), signal.SIGKILL)
        self.assertRegex(self.sweep_went_on(process, 3), r"worker \d ended .*killed by signal 9")

    def test_a_killed_server_is_a_failed_trial_and_the_sweep_goes_on(self):
        process = self.start(sweep(increment(["manager.ipc"], [2]), blocks=3, timing=LONG), "--no-repeat")
        self.wait_for_child(process, " worker ")
        os.kill(self.wait_for_child(process, " manager-server"), signal.SIGKILL)
        self.assertIn("server", self.sweep_went_on(process, 3))

    def test_a_stopped_worker_is_found_by_the_watchdog(self):
        process = self.start(sweep(increment(["atomic"], [2]), timing=LONG))
        os.kill(self.wait_for_child(process, " worker "), signal.SIGSTOP)
        self.finish(process, 1)  # nothing at all was measured
        failures = results_of(self.latest())["sharebench"]["failures"]
        self.assertIn("timed out", failures[0]["reason"])

    def test_the_first_interrupt_finishes_the_trial_and_saves(self):
        process = self.start(sweep(increment(["atomic", "raw", "mutex.robust"], [2]), blocks=20, timing=LONG))
        self.wait_for_child(process, " worker ")
        process.send_signal(signal.SIGINT)
        out, _ = self.finish(process, 130)
        results = results_of(self.latest())
        self.assertTrue(results["sharebench"]["partial"])
        self.assertEqual(sum(c["trials"] for c in results["sharebench"]["cells"]), 1)
        self.assertIn("interrupted", out)

    def test_the_second_interrupt_kills_the_workers(self):
        process = self.start(sweep(increment(["manager.ipc"], [2]), blocks=20, timing={"window_ms": 60000}))
        self.wait_for_child(process, " worker ")
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        # Two pending signals would be one: the second goes out when the first has been seen.
        while "interrupt again" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.finish(process, 130)
        for pid, _ in children:
            self.wait_for(lambda p=pid: gone(p), f"the end of {pid}")
        self.assertTrue(results_of(self.latest())["sharebench"]["partial"])

    def test_an_interrupt_of_the_whole_group_finishes_the_trial(self):
        for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C; timeout(1)
            with self.subTest(number):
                self.interrupt_group(number)

    def interrupt_group(self, number):
        process = subprocess.Popen(
            [SHAREBENCH, "run", "--sweep",
             self.write_sweep(sweep(increment(["manager.ipc"], [2]), blocks=9, timing=LONG)), "--out",
             "results"], cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        self.addCleanup(self._end, process)
        self.wait_for_child(process, " worker ")
        os.killpg(process.pid, number)
        self.finish(process, 130)
        reasons = [f["reason"] for f in results_of(self.latest())["sharebench"]["failures"]]
        self.assertFalse(any("killed" in reason for reason in reasons), reasons)

    def test_kill_9_of_the_program_leaves_no_process_and_a_whole_journal(self):
        process = self.start(sweep(increment(["manager.ipc", "atomic"], [2]), blocks=30))
        journal = None

        def two_trials():
            nonlocal journal
            journal = next(iter(self.folder.glob("results/*/trials.jsonl")), None)
            return journal and journal.read_text().count("\n") >= 2
        self.wait_for(two_trials, "two finished trials")
        self.wait_for_child(process, " worker ")
        children = children_of(process.pid)
        process.kill()
        process.wait(timeout=PATIENCE)
        for pid, line in children:
            self.wait_for(lambda p=pid: gone(p), f"the end of {line}")
        self.wait_for(lambda: not marked_processes(str(self.folder)), "the end of every process")
        for line in journal.read_text().splitlines():
            json.loads(line)

    def test_a_file_size_limit_is_told_before_measuring(self):
        limit = 1 << 20
        done = self.call("run", "--sweep",
                         self.write_sweep(sweep(square(["raw"], elements=[1 << 20], slices=[4]))),
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("RLIMIT_FSIZE", done.stderr)

    def test_results_that_cannot_be_written_are_an_error(self):
        (self.folder / "results").write_text("a file, not a folder")
        done = self.call("run", "--sweep", self.write_sweep(sweep(increment(["atomic"]))), "--out",
                         "results")
        self.assertEqual(done.returncode, 1)
        self.assertIn("results", done.stderr)


if __name__ == "__main__":
    unittest.main()
