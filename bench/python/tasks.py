"""The workloads over what Python's multiprocessing offers, each as its documentation teaches it.

`make_shared` runs in the parent, before it forks: what locks there are exist only by inheritance.
A task is made from that in each worker. A call is what is asked for (one addition, one slice, one
item), an operation is what is counted.
"""

import array
import ctypes
import os

RING_START = float.fromhex("0x1.0000000000001p0")
RING_TURN = float.fromhex("0x1p350")
RING_SIZE = 61


def ring():
    values = [RING_START]
    while len(values) < RING_SIZE:
        values.append(values[-1] * values[-1])
    return values


class Found:
    """How a final state differs from what was due."""

    def __init__(self):
        self.lost = self.extra = self.wrong_elements = self.corrupted = 0


class Task:
    operations_per_call = 1

    def __init__(self, shared, area, number):
        self.shared = shared
        self.area = area
        self.number = number
        self.applied = 0
        self.call = self.make_call()

    def run(self, calls):
        call = self.call
        for _ in range(calls):
            call()
        self.applied += calls


class Increment(Task):
    def make_call(self):
        counter = self.shared["counter"]
        lock = self.shared.get("lock")
        if lock is None:
            def call():
                counter.value += 1
        else:
            def call():
                with lock:
                    counter.value += 1
        return call

    def prepare(self):
        self.shared["counter"].value = 0

    def verify(self, applied):
        found = Found()
        due, value = sum(applied), self.shared["counter"].value
        found.lost, found.extra = max(due - value, 0), max(value - due, 0)
        return found


class Square(Task):
    """In memory an element at a time; in a manager a slice is fetched, squared and put back."""

    def __init__(self, shared, area, number):
        self.elements, self.operations_per_call = area.elements, area.slice
        self.slices = area.elements // area.slice
        self.first = self.at = number * self.slices // area.workers
        if not shared["remote"]:
            for i in range(0, area.elements, 512):  # a page each: a fork does not inherit the mapping
                shared["array"][i]
        super().__init__(shared, area, number)

    def make_call(self):
        values, length = self.shared["array"], self.operations_per_call
        lock, remote = self.shared.get("lock"), self.shared["remote"]

        def square_in_place():
            first = self.at * length
            for i in range(first, first + length):
                x = values[i]
                values[i] = RING_START if x > RING_TURN else x * x

        def square_copy():
            part = slice(self.at * length, (self.at + 1) * length)
            values[part] = array.array("d", [RING_START if x > RING_TURN else x * x
                                             for x in values[part]])

        square = square_copy if remote else square_in_place

        def call():
            if lock is None:
                square()
            else:
                with lock:
                    square()
            self.at = self.at + 1 if self.at + 1 < self.slices else 0
        return call

    def prepare(self):
        self.shared["array"][:] = array.array("d", [RING_START]) * self.elements

    def each_element(self):
        length = self.operations_per_call
        for number in range(self.slices):
            for x in self.shared["array"][number * length:(number + 1) * length]:
                yield number, x

    def due(self, number, applied):
        visits = 0
        for worker, calls in enumerate(applied):
            distance = (number + self.slices - worker * self.slices // len(applied)) % self.slices
            visits += calls // self.slices + (distance < calls % self.slices)
        return visits

    def verify(self, applied):
        found, values = Found(), ring()
        on_ring = set(values)
        due = [values[self.due(number, applied) % RING_SIZE] for number in range(self.slices)]
        for number, x in self.each_element():
            if x != due[number]:
                if x in on_ring:
                    found.wrong_elements += 1
                else:
                    found.corrupted += 1
        return found

    def count(self, passes):
        self.at = self.first
        for _ in range(passes * self.slices):
            self.call()

    def verify_counting(self, passes):
        found, index = Found(), {x: i for i, x in enumerate(ring())}
        due = passes * self.area.workers
        for _, x in self.each_element():
            place = index.get(x)
            if place is None:
                found.corrupted += 1
            else:
                found.lost += max(due - place, 0)
                found.extra += max(place - due, 0)
        return found


class Append(Task):
    NUMBER_BITS = 48

    def item(self, worker, number):
        head = (worker << self.NUMBER_BITS | number).to_bytes(8, "little")
        return head + bytes([(number + 97 * worker) % 251]) * (self.length - 8)

    def make_call(self):
        self.length = max(self.area.elements * 8, 8)
        self.sent = 0
        append = self.shared["list"].append

        def call():
            append(self.item(self.number, self.sent))
            self.sent += 1
        return call

    def prepare(self):
        del self.shared["list"][:]

    def verify(self, applied):
        found, following = Found(), [0] * len(applied)
        at, chunk = 0, max((1 << 20) // self.length, 1)
        while items := self.shared["list"][at:at + chunk]:
            at += len(items)
            for item in items:
                head = int.from_bytes(item[:8], "little")
                worker, number = head >> self.NUMBER_BITS, head & ((1 << self.NUMBER_BITS) - 1)
                if worker >= len(applied) or item != self.item(worker, number):
                    found.corrupted += 1
                elif number < following[worker] or number >= applied[worker]:
                    found.extra += 1
                else:
                    found.lost += number - following[worker]
                    following[worker] = number + 1
        found.lost += sum(max(due - done, 0) for due, done in zip(applied, following))
        return found


TASKS = {"increment": Increment, "square": Square, "append": Append}


def make_shared(context, area, initializer):
    """The shared objects of `area.backend`, and the process ids of servers that hold them."""
    if area.backend == "python.manager":
        return make_remote(context, area, initializer)
    locked = area.backend == "python.value"
    if area.workload == "increment":
        counter = (context.Value if locked else context.RawValue)(ctypes.c_int64, 0)
        shared = {"counter": counter}
    else:
        require_room(8 * area.elements)
        values = (context.Array if locked else context.RawArray)(ctypes.c_double, area.elements)
        shared = {"array": values}
    if locked:
        shared["lock"] = next(iter(shared.values())).get_lock()
    return {"remote": False, **shared}, []


def require_room(needed):
    """Where /dev/shm is full, multiprocessing takes a file on a disk, which a kill leaves behind."""
    status = os.statvfs("/dev/shm")
    free = status.f_bavail * status.f_frsize
    if free < needed:
        raise RuntimeError(f"/dev/shm has {free} bytes left; the array takes {needed}")


def make_remote(context, area, initializer):
    from multiprocessing.managers import SyncManager
    # An abstract name: with a file in a temporary folder a killed parent would leave it behind.
    manager = SyncManager(address=f"\0sharebench-python-{os.urandom(16).hex()}", ctx=context)
    manager.start(initializer)
    shared = {"remote": True, "manager": manager}
    if area.workload == "append":
        shared["list"] = manager.list()  # each append is one call
    else:
        shared["lock"] = manager.Lock()
        if area.workload == "increment":
            shared["counter"] = manager.Value("q", 0)
        else:
            shared["array"] = manager.Array("d", [0.0] * area.elements)
    return shared, [manager._process.pid]
