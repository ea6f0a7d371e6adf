"""A worker: the phases and, in phase run, the epochs of docs/control-area.md."""

import os
import resource
import time

from control_area import (ATTACH, COUNT, COUNT_BEGIN, COUNT_END, LATENCY, LEAVE, PREPARE, RUN, SAMPLES,
                          STOP, VERIFY, WARM_UP, WINDOW_CLOSED, WINDOW_OPEN, Slot, raw_ns)
from tasks import TASKS

SLICE_NS = 10_000_000
OVERSHOOT_NS = 60_000
PHASE_LIMIT_S = 600
MASK = (1 << 64) - 1


def sleep_until(time_ns):
    """Sleeps, and spins through the last stretch, which a sleep would overshoot."""
    left = time_ns - raw_ns()
    if left > OVERSHOOT_NS:
        time.sleep((left - OVERSHOOT_NS) / 1e9)
    while raw_ns() < time_ns:
        pass


class Loop:
    """Phase run."""

    def __init__(self, area, slot, task, number):
        self.area, self.slot, self.task = area, slot, task
        self.schedstat = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self.clock_cost = self._clock_cost()
        slot.put64(992, self.clock_cost)
        self.random = ((area.seed ^ (number + 1) * 0x9E3779B97F4A7C15) & MASK) | 1
        self.paced = False  # whether calls come at times of their own; known when the window opens
        self.seen, self.calls, self.batch = WARM_UP, 0, 1
        self.last_begin, self.last_batch = 0, 0
        self.arrival, self.window_begin, self.last_slice = 0, 0, 0
        self.rehearse()

    def rehearse(self):
        """What comes first in the window would touch pages that are shared with the parent yet."""
        for _ in range(3):
            self.sample()
            self.note_cpu(1064)
            sleep_until(raw_ns() + 2 * OVERSHOOT_NS)

    @staticmethod
    def _clock_cost():
        begin = raw_ns()
        for _ in range(1000):
            raw_ns()
        return (raw_ns() - begin) // 1000

    def run(self):
        area, limit = self.area, self.area.batch_limit_ns
        epochs, epoch_at = area.u32, 1664 // 4
        before = raw_ns()
        while True:
            epoch = epochs[epoch_at]
            if epoch != self.seen:
                self.enter(epoch)
            if epoch == STOP:
                os.close(self.schedstat)
                return
            single = epoch == WINDOW_OPEN and area.measure == LATENCY and self.paced
            self.last_begin, self.last_batch = before, 1 if single else self.batch
            if epoch == WINDOW_OPEN and area.measure == LATENCY:
                self.timed_calls()
            else:
                self.task.run(self.batch)
                self.done(self.batch)
            now = raw_ns()
            if epoch == WINDOW_OPEN:
                self.note_slice(now)
            took, before = now - before, now
            if single:
                continue
            if took > limit:
                self.batch = max(1, self.batch // 2)
            elif took < limit // 2:  # longer than those of our own workers, whose loop costs less
                self.batch *= 2

    def draw(self):
        """0 to 127, by a xorshift generator as that of our own workers."""
        x = self.random
        x ^= (x << 13) & MASK
        x ^= x >> 7
        x ^= (x << 17) & MASK
        self.random = x
        return x % 128

    def timed_calls(self):
        if self.area.arrival_ns():
            self.call_on_arrival(self.area.arrival_ns())
            return
        idle = self.area.idle_ns()
        if idle:
            sleep_until(raw_ns() + idle)
        calls = 1 if idle else self.batch
        call, cost = self.task.call, self.clock_cost
        for _ in range(calls):
            begin = raw_ns()
            call()
            took = raw_ns() - begin
            self.slot.add_latency(max(took - cost, 0))
        self.task.applied += calls
        self.done(calls)

    def call_on_arrival(self, interval):
        if not self.arrival:
            self.arrival = raw_ns() + self.draw() * interval // 128
        sleep_until(self.arrival)
        self.task.run(1)
        self.slot.add_latency(raw_ns() - self.arrival)
        self.arrival += interval
        self.done(1)

    def done(self, calls):
        self.calls += calls
        self.slot.put64(384, self.calls * self.task.operations_per_call)

    def enter(self, epoch):
        for number in range(self.seen + 1, min(epoch, SAMPLES) + 1):
            self.slot.note_sample(number, self.sample())
        if epoch == WINDOW_OPEN:
            self.window_begin = raw_ns()
            self.paced = bool(self.area.arrival_ns() or self.area.idle_ns())
            self.note_cpu(1064)
            self.note_cpu(1068)
        if epoch == WINDOW_CLOSED:
            self.note_cpu(1068)
        self.seen = epoch

    def note_cpu(self, offset):
        # Field 39 of /proc/thread-self/stat: Python has no sched_getcpu().
        with open("/proc/thread-self/stat", "rb") as stat:
            self.slot.put32(offset, int(stat.read().rsplit(b")", 1)[1].split()[36]))

    def sample(self):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        text = os.pread(self.schedstat, 96, 0).split()
        operations = self.task.operations_per_call
        single = self.last_batch == 1
        return (self.calls * operations, raw_ns(), time.process_time_ns(), int(text[1]) if text else 0,
                usage.ru_nvcsw, usage.ru_nivcsw, usage.ru_minflt, usage.ru_majflt,
                self.last_begin if single else 0, (self.calls - 1) * operations if single else 0)

    def note_slice(self, now):
        number = (now - self.window_begin) // SLICE_NS + 1
        if number != self.last_slice:
            self.slot.put64(968, self.slot.get64(968) + 1)
        self.last_slice = number


class Worker:
    def __init__(self, area, number, shared):
        self.area, self.number, self.shared = area, number, shared
        self.slot = Slot(area, number)
        self.state = 0

    def run(self):
        self.slot.begin()
        self.area.populate()  # a fork does not inherit the mapped pages
        if self.area.think_units or self.area.critical_units:
            raise RuntimeError("a Python worker does no work beside its calls")
        if self.area.in_flight:
            raise RuntimeError("a Python worker has one call in flight")
        self.task = TASKS[self.area.workload](self.shared, self.area, self.number)
        self.report(ATTACH)
        while self.state != LEAVE:
            phase = self.next_phase()
            self.perform(phase)
            self.report(phase)

    def next_phase(self):
        limit = time.monotonic() + PHASE_LIMIT_S
        while self.area.phase() <= self.state:
            if time.monotonic() > limit:
                raise TimeoutError("the next phase of the trial did not come")
            time.sleep(0.0005)
        return self.area.phase()

    def report(self, phase):
        self.state = phase
        self.slot.report(phase)

    def perform(self, phase):
        area, task, first = self.area, self.task, self.number == 0
        if phase in (PREPARE, COUNT_BEGIN) and first:
            task.prepare()
        elif phase == RUN:
            Loop(area, self.slot, task, self.number).run()
            self.slot.put64(960, task.applied)
        elif phase == VERIFY and first:
            self.store(1000, task.verify([area.applied_calls(w) for w in range(area.workers)]))
        elif phase == COUNT:
            while time.monotonic_ns() < area.count_start_ns():
                pass
            task.count(area.counting_passes)
        elif phase == COUNT_END and first:
            found = task.verify_counting(area.counting_passes)
            self.slot.put64(1032, area.counting_passes * area.workers * area.elements)
            self.slot.put64(1040, found.lost)
            self.slot.put64(1048, found.extra)
            self.slot.put64(1056, found.corrupted)

    def store(self, offset, found):
        for i, value in enumerate((found.lost, found.extra, found.wrong_elements, found.corrupted)):
            self.slot.put64(offset + 8 * i, value)
