"""The parent of Python's workers: makes what they share, forks them, and ends with them.

Arguments: descriptor of the control area, descriptor to which it writes what it has started (one
line of JSON), and the CPU of each worker, separated by commas, `-` for none.
"""

import ctypes
import gc
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys

from control_area import ControlArea, Slot
from loop import Worker
from tasks import make_shared

PR_SET_PDEATHSIG, PR_SET_TIMERSLACK = 1, 29
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def die_with(parent):
    """The process that calls this gets SIGKILL when `parent`, which forked it, ends."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_TIMERSLACK, 1)  # sleeps of the latency pass end when they should
    if os.getppid() != parent:
        os._exit(1)


def keep_memory():
    """Memory that malloc gives back and takes again is page faults in a window, which is invalid then."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc
        for parameter in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            libc.mallopt(parameter, 32 << 20)  # the most that glibc takes


def be_worker(parent, area, number, shared, cpu):
    die_with(parent)
    if cpu != "-":
        os.sched_setaffinity(0, {int(cpu)})
    try:
        Worker(area, number, shared).run()
    except BaseException as error:  # every failure of a worker becomes the trial's reason
        Slot(area, number).fail(f"{type(error).__name__}: {error}")
        os._exit(1)


def wait_for(workers):
    """Until all have ended well; the status of the first that has not."""
    left = {worker.sentinel: worker for worker in workers}
    while left:
        for sentinel in multiprocessing.connection.wait(list(left)):
            worker = left.pop(sentinel)
            worker.join()
            if worker.exitcode:
                return worker.exitcode if worker.exitcode > 0 else 128 - worker.exitcode
    return 0


def main(control, ready, cpus):
    area = ControlArea(control)
    context = multiprocessing.get_context("fork")
    own = os.getpid()
    shared, servers = make_shared(context, area, lambda: die_with(own))
    keep_memory()
    gc.freeze()  # what is there now is not looked at, and so not copied, in each worker
    workers = [context.Process(target=be_worker, args=(own, area, number, shared, cpu))
               for number, cpu in enumerate(cpus)]
    for worker in workers:
        worker.start()
    with os.fdopen(ready, "w") as answer:
        json.dump({"workers": [worker.pid for worker in workers], "servers": servers}, answer)
        answer.write("\n")
    status = wait_for(workers)
    for worker in workers:
        if status:
            worker.kill()
        worker.join()
    if "manager" in shared:
        shared["manager"].shutdown()
    return status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")))
