"""The control area (docs/control-area.md) as a Python worker sees it.

Words are read and written through memoryviews, one aligned access each. CPython has no fences: on
x86 loads and stores keep their order by themselves, elsewhere the system call that follows each
report (the eventfd) does what is needed in practice.
"""

import mmap
import os
import time

MAGIC = 0x314C525443424853
VERSION = 3
HEADER_BYTES = 1920
SLOT_BYTES = 10496
BUCKETS = 1152

ATTACH, PREPARE, RUN, VERIFY, COUNT_BEGIN, COUNT, COUNT_END, LEAVE = range(1, 9)
WARM_UP, WINDOW_OPEN, WINDOW_CLOSED, FLOOR_OPEN, FLOOR_CLOSED, STOP = range(6)
SAMPLES = 4
LATENCY = 1
MADV_POPULATE_WRITE = 23  # Linux 5.14


class ControlArea:
    """The mapped area. Offsets are in bytes; `u32` and `u64` are indexed in words."""

    def __init__(self, descriptor):
        self.memory = mmap.mmap(descriptor, 0)
        self.populate()
        view = memoryview(self.memory)
        self.bytes = view
        self.u32 = view.cast("I")
        self.u64 = view.cast("Q")
        self.i32 = view.cast("i")
        if (self.u64[0], self.u32[2], self.u32[3], self.u32[4]) != (MAGIC, VERSION, HEADER_BYTES,
                                                                     SLOT_BYTES):
            raise RuntimeError("the control area has another layout than this worker")
        self.workers = self.u32[5]
        self.measure = self.u32[6]
        self.think_units = self.u32[7]
        self.elements = self.u64[4]
        self.slice = self.u64[5]
        self.batch_limit_ns = self.u64[6]
        self.counting_passes = self.u64[7]
        self.seed = self.u64[8]
        self.report_descriptor = self.i32[18]
        self.critical_units = self.u32[19]
        self.in_flight = self.u64[1856 // 8]
        self.workload = self._text(80, 64)
        self.backend = self._text(144, 64)

    def populate(self):
        """Maps every page now: a page fault in the window would be the worker's own doing."""
        try:
            self.memory.madvise(MADV_POPULATE_WRITE)
        except OSError:
            for at in range(0, len(self.memory), mmap.PAGESIZE):  # a kernel before 5.14
                self.memory[at]

    def _text(self, offset, size):
        return bytes(self.bytes[offset:offset + size]).split(b"\0", 1)[0].decode()

    def phase(self):
        return self.u32[1536 // 4]

    def count_start_ns(self):
        return self.u64[1792 // 8]

    def arrival_ns(self):
        return self.u64[1840 // 8]

    def idle_ns(self):
        return self.u64[1848 // 8]

    def applied_calls(self, worker):
        return self.u64[(HEADER_BYTES + worker * SLOT_BYTES + 960) // 8]

    def notify(self):
        os.write(self.report_descriptor, (1).to_bytes(8, "little"))


class Slot:
    """What worker `number` writes; field offsets as in the documentation."""

    def __init__(self, area, number):
        self.area = area
        self.base = HEADER_BYTES + number * SLOT_BYTES

    def put32(self, offset, value):
        self.area.u32[(self.base + offset) // 4] = value

    def put64(self, offset, value):
        self.area.u64[(self.base + offset) // 8] = value

    def get64(self, offset):
        return self.area.u64[(self.base + offset) // 8]

    def begin(self):
        self.put32(8, os.getpid())

    def report(self, phase):
        self.put32(0, phase)
        self.area.notify()

    def fail(self, reason):
        text = reason.encode()[:367] + b"\0"
        self.area.bytes[self.base + 16:self.base + 16 + len(text)] = text
        self.put32(4, 1)
        self.area.notify()

    def note_sample(self, number, values):
        at = (self.base + 640 + (number - 1) * 80) // 8
        for i, value in enumerate(values):
            self.area.u64[at + i] = value
        self.put32(512, number)
        self.area.notify()

    def add_latency(self, nanoseconds):
        if nanoseconds < 32:
            bucket = nanoseconds
        else:
            shift = nanoseconds.bit_length() - 6
            bucket = min((shift + 1) * 32 + (nanoseconds >> shift) - 32, BUCKETS - 1)
        at = (self.base + 1152) // 8
        words = self.area.u64
        words[at] += 1
        if nanoseconds > words[at + 1]:
            words[at + 1] = nanoseconds
        words[at + 2 + bucket] += 1


def raw_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
