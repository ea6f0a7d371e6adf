"""The harness against a small program that shares no code with it: their intervals must meet."""

import os
import subprocess
import unittest

from tests.end_to_end.program import ProgramTest, increment, results_of, sweep

BLOCKS = 9
ROUNDS = 3


def interval(values):
    """The second smallest and the second largest: of 9 values they cover 96.1 %, of 7 87.5 %."""
    ordered = sorted(values)
    return ordered[1], ordered[-2]


class Independent(ProgramTest):
    def once(self, backend, procs):
        done = subprocess.run([os.environ["INDEPENDENT"], backend, str(procs)], capture_output=True,
                              text=True, timeout=60, check=True)
        return float(done.stdout)

    def test_the_harness_agrees(self):
        """In turns, a block of the one and a launch of the other, since launches have modes and the
        machine drifts. Nine of ten pairs of such intervals meet if nothing is wrong; in three rounds one
        meeting is enough."""
        timing = {"warmup_min_ms": 50, "warmup_max_ms": 150, "window_ms": 100}
        for backend in ("atomic", "mutex.robust"):
            for procs in (1, 2):
                with self.subTest(backend=backend, procs=procs):
                    said = []
                    for _ in range(ROUNDS):
                        theirs, ours = [], []
                        for _ in range(BLOCKS):
                            theirs.append(self.once(backend, procs))
                            folder, _ = self.run_sweep(sweep(increment([backend], [procs]),
                                                             timing=timing))
                            ours += [r["real_time"] for r in results_of(folder)["benchmarks"]
                                     if r["run_type"] == "iteration"]
                        (a, b), (c, d) = interval(theirs), interval(ours)
                        said.append(f"independent {a:.4g} .. {b:.4g} ns, harness {c:.4g} .. {d:.4g} ns")
                        print(backend, procs, said[-1], flush=True)
                        if a <= d and c <= b:
                            break
                    else:
                        self.fail("; ".join(said))


if __name__ == "__main__":
    unittest.main()
