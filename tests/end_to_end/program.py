"""Runs the built program in a folder of its own and looks at what it leaves."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

SHAREBENCH = os.environ["SHAREBENCH"]
PATIENCE = 120  # seconds; only a failing test waits so long

#: Short times: these tests are about what comes out, not about precision.
TIMING = {
    "warmup_min_ms": 10,
    "warmup_max_ms": 20,
    "window_ms": 40,
    "oversubscribed_window_ms": 60,
    "floor_window_ms": 50,
    "latency_window_ms": 40,
    "remote_min_calls": 50,
}


def sweep(*cells, blocks=1, name="test", floors=False, measure="throughput", timing=None):
    """A sweep of one stage. Nothing is repeated: a busy machine would make every test four times as long,
    and what is repeated is tested with blocks that take no time."""
    stage = {"name": "stage", "blocks": blocks, "floors": floors, "measure": measure,
             "cells": list(cells)}
    return {"schema": 1, "name": name, "repeats": 0, "timing": {**TIMING, **(timing or {})}, "stages": [stage]}


def increment(backends, procs=(1,)):
    return {"workload": "increment", "backends": backends, "procs": list(procs)}


def square(backends, procs=(1,), elements=(4096,), slices=(64,)):
    return {"workload": "square", "backends": backends, "procs": list(procs),
            "elements": list(elements), "slices": list(slices)}


def children_of(pid):
    """Process ids and command lines of the children of a process."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended while we looked
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append((int(stat.parent.name), command))
    return found


def shared_memory():
    # But for the objects that other tests, at this moment, have named.
    return sorted(name for name in os.listdir("/dev/shm") if not name.startswith("share.object.test."))


MARK = "SHAREBENCH_TEST_MARK"


def marked_processes(mark):
    """Living processes that were started, by however many steps, with this mark in the environment."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for environ in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in environ.read_bytes().split(b"\0"):
                found.append((int(environ.parent.name), (environ.parent / "comm").read_text().strip()))
        except OSError:
            continue  # it ended while we looked, or is a zombie
    return found


class ProgramTest(unittest.TestCase):
    """A temporary folder for results, and a check that nothing is left behind: no process, no file in
    the folder for temporary files, nothing in /dev/shm."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sharebench-test-")
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)
        scratch = tempfile.TemporaryDirectory(prefix="sharebench-scratch-")
        self.addCleanup(scratch.cleanup)
        self._scratch = scratch.name
        os.environ[MARK] = self._folder.name
        os.environ["TMPDIR"] = self._scratch
        self.addCleanup(os.environ.pop, MARK)
        self.addCleanup(os.environ.pop, "TMPDIR")
        self._shared = shared_memory()

    def tearDown(self):
        self.assertEqual(self.left(), [], "processes are left")
        self.assertEqual(os.listdir(self._scratch), [], "something is left in TMPDIR")
        self.assertEqual(shared_memory(), self._shared, "something is left in /dev/shm")

    def left(self):
        """Living processes that this test has started, by however many steps."""
        return [p for p in marked_processes(self._folder.name) if p[0] != os.getpid()]

    def write_sweep(self, content, name="sweep.json"):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def call(self, *arguments, program=SHAREBENCH, timeout=PATIENCE, **options):
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, cwd=self.folder, **options)

    def run_sweep(self, content, *arguments, expect=0, program=SHAREBENCH):
        """Runs a sweep; returns its folder and what the program said."""
        done = self.call("run", "--sweep", self.write_sweep(content), "--out", "results", *arguments,
                         program=program)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return self.latest(), done

    def latest(self):
        return (self.folder / "results" / "latest").resolve()

    def start(self, content, *arguments):
        process = subprocess.Popen([SHAREBENCH, "run", "--sweep", self.write_sweep(content), "--out",
                                    "results", *arguments], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self._end, process)
        return process

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def wait_for(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not (found := condition()):
            self.assertLess(time.monotonic(), deadline, f"never saw {what}")
            time.sleep(0.002)
        return found

    def wait_for_child(self, process, word):
        """The first child of the program whose command line has the word."""
        return self.wait_for(
            lambda: next((pid for pid, line in children_of(process.pid) if word in line), None),
            f"a child '{word}'")


def results_of(folder, name="results.json"):
    return json.loads((folder / name).read_text(), parse_constant=_refuse)


def trials_of(folder):
    """The journal's trials, in the order in which they were measured."""
    lines = map(json.loads, (folder / "trials.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == "trial"]


def _refuse(constant):
    raise ValueError(f"{constant} in the results")
