"""A run that was killed goes on where it stopped."""

import json
import os
import signal
import unittest

from tests.end_to_end.program import ProgramTest, increment, results_of, sweep, trials_of

CELLS = increment(["atomic", "raw", "mutex.robust", "null"], [1, 2])
FIXED = ("--blocks", "3", "--no-repeat", "--seed", "11")


def order_of(folder):
    return [(t["stage"], t["block"], t["attempt"], t["name"]) for t in trials_of(folder)]


class Resume(ProgramTest):
    def kill_in_the_middle(self, after):
        """Starts the sweep and kills it when its journal has so many lines; the run's folder."""
        before = set(self.folder.glob("results/2*"))
        process = self.start(sweep(CELLS), *FIXED)

        def enough():
            found = [j for j in self.folder.glob("results/2*/trials.jsonl") if j.parent not in before]
            return found[0] if found and found[0].read_text().count("\n") >= after else None
        journal = self.wait_for(enough, f"{after} lines of the journal")
        process.kill()
        process.wait()
        return journal.parent

    def resume(self, *arguments, expect=0):
        done = self.call("run", "--resume", *arguments, "--out", "results")
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def test_the_resumed_run_is_that_of_an_undisturbed_one(self):
        whole, _ = self.run_sweep(sweep(CELLS), *FIXED)
        for after in (1, 9, 20):
            with self.subTest(after=after):
                run = self.kill_in_the_middle(after)
                before = order_of(run)
                self.assertLess(len(before), len(order_of(whole)))
                self.resume(str(run))
                self.assertEqual(order_of(run)[:len(before)], before, "nothing measured is lost")
                self.assertEqual(order_of(run), order_of(whole), "same cells, same order, none twice")
                # On a busy machine a trial may be invalid, and then has no row, in either run.
                rows = [(r["name"], r["block"]) for r in results_of(run)["benchmarks"]
                        if r["run_type"] == "iteration"]
                valid = [(t["name"], t["block"]) for t in trials_of(run)
                         if t.get("valid")]
                self.assertEqual(sorted(rows), sorted(valid))
                self.assertFalse(results_of(run)["sharebench"]["partial"])
                self.assertEqual(self.latest(), run)

    def test_a_torn_last_line_costs_that_trial_only(self):
        run = self.kill_in_the_middle(5)
        with open(run / "trials.jsonl", "a") as journal:
            journal.write('{"kind":"trial","name":"incre')
        self.resume()  # without a name: the newest one that was not finished
        self.assertEqual(len(order_of(run)), 24)
        self.assertEqual(len(set(order_of(run))), 24)

    def test_an_interrupted_run_goes_on_too(self):
        process = self.start(sweep(CELLS), *FIXED)
        self.wait_for_child(process, " worker ")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertTrue(results_of(self.latest())["sharebench"]["partial"])
        self.resume()
        self.assertEqual(len(set(order_of(self.latest()))), 24)
        self.assertFalse(results_of(self.latest())["sharebench"]["partial"])
        done = self.resume(expect=2)
        self.assertIn("no run that was not finished", done.stderr)

    def test_a_run_that_is_still_measured_is_refused(self):
        process = self.start(sweep(CELLS), *FIXED)
        self.wait_for_child(process, " worker ")
        self.assertIn("another sharebench is measuring", self.resume(expect=2).stderr)
        process.kill()
        process.wait()
        self.resume()
        self.assertEqual(len(set(order_of(self.latest()))), 24)

    def test_another_program_or_machine_is_refused(self):
        run = self.kill_in_the_middle(3)
        identity = json.loads((run / "run.json").read_text())
        for key, word in (("binary", "program"), ("fingerprint", "machine")):
            (run / "run.json").write_text(json.dumps({**identity, key: "0123456789abcdef"}))
            done = self.resume(str(run), expect=2)
            self.assertIn(f"the {word} changed", done.stderr)
        (run / "run.json").write_text("{")
        self.assertIn("run.json", self.resume(str(run), expect=2).stderr)
        os.remove(run / "run.json")
        self.assertIn("no such file", self.resume(str(run), expect=2).stderr)


if __name__ == "__main__":
    unittest.main()
