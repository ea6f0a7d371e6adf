"""What the program answers: listings, plans, and every kind of wrong input."""

import unittest

from tests.end_to_end.program import ProgramTest, increment, square, sweep

BACKENDS = ["null", "raw", "atomic", "sharded", "mutex.robust", "mutex.pthread", "mutex.boost", "mutex.futex",
            "mutex.futex.robust", "mutex.semaphore", "mutex.spin", "mutex.ticket", "mutex.mcs", "mutex.flock", "mutex.getset", "manager.ipc", "manager.tcp", "manager.shm", "manager.shm.spin", "manager.shm.block", "manager.getset"]


class CommandLine(ProgramTest):
    def test_list_tells_promises_and_availability(self):
        done = self.call("list")
        self.assertEqual(done.returncode, 0)
        for backend in BACKENDS:
            self.assertIn(f"  {backend} ", done.stdout)
        self.assertIn("exact", done.stdout)
        self.assertRegex(done.stdout, r"mutex\.boost .*Boost \d+\.\d+ interprocess_mutex, (not robust|robust)")
        for word in ("increment", "square", "smoke", "quick", "locks", "full"):
            self.assertIn(word, done.stdout)

    def test_plan_runs_nothing_and_tells_everything(self):
        done = self.call("plan", "--profile", "quick", "--seed", 7)
        self.assertEqual(done.returncode, 0)
        for word in ("seed 7", "increment/mutex.robust/procs:2/manual_time", "largest segment", "total:",
                     "about"):
            self.assertIn(word, done.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_plan_order_follows_the_seed(self):
        first = self.call("plan", "--seed", 1).stdout
        self.assertEqual(first, self.call("plan", "--seed", 1).stdout)
        self.assertNotEqual(first, self.call("plan", "--seed", 2).stdout)

    def test_names_are_the_same_in_list_filter_and_plan(self):
        listed = self.call("run", "--benchmark_list_tests", "--filter", "square/atomic").stdout.split()
        self.assertTrue(listed)
        plan = self.call("plan", "--filter", "square/atomic").stdout
        for name in listed:
            self.assertRegex(name, r"^square/atomic/procs:\d+/elements:\d+/slice:\d+/manual_time$")
            self.assertIn(name, plan)

    def refused(self, *arguments, status=2, says=()):
        done = self.call(*arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        for word in says:
            self.assertIn(word, done.stderr)
        self.assertNotIn("terminate called", done.stderr)
        self.assertFalse((self.folder / "results").exists())

    def test_wrong_flags(self):
        self.refused()
        self.refused("run", "--nonsense", says=["--nonsense"])
        self.refused("run", "--profile", "fast", says=["fast", "smoke, quick, locks, ci, full"])
        self.refused("run", "--procs", "0", says=["--procs", "0"])
        self.refused("run", "--backend", "mutexx", says=["--backend", "mutexx", "list"])
        self.refused("run", "--workload", "cube", says=["--workload", "cube"])
        self.refused("run", "--filter", "(", says=["--filter", "("])
        self.refused("run", "--benchmark_min_time=1", says=["--benchmark_min_time", "refused"])
        self.refused("run", "--sweep", "missing.json", says=["missing.json", "No such file"])

    def test_wrong_sweep_files_name_file_key_value_and_what_is_allowed(self):
        wrong = sweep(increment(["atomic"]))
        wrong["stages"][0]["cells"][0]["backends"] = ["atomicc"]
        path = self.write_sweep(wrong)
        self.refused("run", "--sweep", path, says=[path, "backends[0]", "atomicc", "mutex.robust"])
        path = self.write_sweep("{ this is no JSON")
        self.refused("run", "--sweep", path, says=[path, "JSON"])

    def test_a_filter_that_matches_nothing(self):
        self.refused("run", "--filter", "no such cell", status=5, says=["nothing"])
        self.assertEqual(self.call("plan", "--filter", "no such cell").returncode, 5)

    def test_a_sweep_that_does_not_fit_the_memory_is_refused_before_it_starts(self):
        path = self.write_sweep(sweep(square(["raw"], elements=[1 << 38], slices=[4])))
        self.refused("run", "--sweep", path, says=["not enough memory", "elements:"])

    def test_the_processes_of_a_trial_are_not_for_users(self):
        for role in ("worker", "manager-server", "floor-server"):
            done = self.call(role)
            self.assertEqual(done.returncode, 1)
            self.assertIn("sharebench:", done.stderr)

    def test_primitives_is_plain_google_benchmark(self):
        done = self.call("primitives", "--benchmark_filter=add/atomic", "--benchmark_min_time=0.01",
                         "--benchmark_format=json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"name": "add/atomic"', done.stdout)
        self.assertEqual(self.call("primitives", "--nonsense").returncode, 2)
        self.assertEqual(self.call("primitives", "--benchmark_filter=nothing").returncode, 5)


if __name__ == "__main__":
    unittest.main()
