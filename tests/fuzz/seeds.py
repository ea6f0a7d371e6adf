"""Writes inputs from which the fuzzer starts: python3 tests/fuzz/seeds.py FOLDER. The form is that of
dispatcher_fuzzer.cpp; objects count from 0 in the order in which it makes them, and its own requests have the
numbers 1 to 16, so that the first of a seed has 17."""

import pathlib
import struct
import sys

OBJECTS = ["counter", "list", "dict", "set", "namespace", "lock", "rlock", "condition", "semaphore", "event",
           "queue", "joinable_queue", "barrier"]
CREATE_OBJECT, STORE, ADD, CALL, BATCH, CANCEL, LEAVE = 12, 7, 8, 13, 14, 15, 16
RELEASE, IDENTIFY, REMOVE_NAME, REFERENCES, REMEMBER, AGAIN = 17, 18, 19, 20, 21, 22
FIRST_OBJECT = 1000
CLIENT_ENDS, TIME_PASSES, CONNECTION_ENDS = 200, 201, 202
SECOND = 10**9


class Reference(int):
    """To the object of that number."""


def packed(value) -> bytes:
    """MessagePack, as far as the seeds need it."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, Reference):
        return b"\xd7\x01" + struct.pack(">Q", value)
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 128 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        return bytes([0xA0 + len(value)]) + value.encode()
    if isinstance(value, bytes):
        return b"\xc4" + bytes([len(value)]) + value
    if isinstance(value, list):
        return bytes([0x90 + len(value)]) + b"".join(map(packed, value))
    if isinstance(value, dict):
        return bytes([0x80 + len(value)]) + b"".join(packed(k) + packed(v) for k, v in value.items())
    raise TypeError(value)


def request(client: int, operation: int, name: str, *arguments) -> bytes:
    data = b"".join(map(packed, arguments))
    return bytes([client, operation, OBJECTS.index(name), len(data)]) + data


def call(client: int, name: str, method: str, *arguments) -> bytes:
    return request(client, CALL, name, method, list(arguments))


ends = bytes([0, CLIENT_ENDS, 0, 0])
gone = bytes([0, CONNECTION_ENDS, 0, 0])
time_passes = bytes([0, TIME_PASSES, 0, 0])

SEEDS = {
    "value": b"\0" + packed([1, -2, 2.5, "text", b"bytes", True, None, {"k": [1, {2: 3}]}]),
    "counter": request(0, STORE, "counter", 5) + request(1, ADD, "counter", -7),
    "list": b"".join(call(0, "list", *c) for c in [
        ("append", 1), ("extend", ["a", 2.5]), ("insert", 0, None), ("slice", 0, 2, -1), ("sort",), ("pop",), ("repeat", 2),
        ("compare_and_set", 0, None, 1), ("index", 1), ("remove", 1), ("copy",), ("add", 0, 1), ("delete", -1)]),
    "dict": b"".join(call(0, "dict", *c) for c in [
        ("set", "k", [1]), ("update", {1: 2, "x": {}}), ("add", 1, 5), ("setdefault", "d", 1), ("popitem",), ("pop", 9, 0),
        ("compare_and_set", 1, 7, 8), ("keys",), ("values",), ("copy",), ("delete", 1), ("get_or", 1, 2)]),
    "set": b"".join(call(0, "set", *c) for c in [
        ("add", 1), ("update", [1, "b", 2.5]), ("discard", 1), ("pop",), ("contains", "b"), ("copy",)]),
    "namespace": b"".join(call(0, "namespace", *c) for c in [
        ("set", "a", 1), ("add", "a", 2), ("names",), ("compare_and_set", "a", 3, 4), ("delete", "a")]),
    "locks": b"".join([call(0, n, "acquire", SECOND) + call(1, n, "acquire", SECOND) + call(2, n, "acquire", 1)
                       + call(0, n, "holder") + call(0, n, "release") for n in ("lock", "rlock", "semaphore", "condition")])
    + time_passes + ends + call(1, "rlock", "release"),
    "condition": call(0, "condition", "acquire", 0) + call(0, "condition", "wait", SECOND)
    + call(1, "condition", "acquire", 0) + call(1, "condition", "wait", 5) + call(2, "condition", "acquire", 0)
    + call(2, "condition", "notify", 1) + time_passes + call(2, "condition", "notify_all")
    + call(2, "condition", "release") + ends,
    "queue": call(0, "queue", "put", "item", 0) + call(1, "queue", "get", 0) + request(1, CANCEL, "queue", 18)
    + call(2, "queue", "get", SECOND) + call(2, "queue", "confirm", 20) + call(1, "queue", "get", SECOND)
    + call(0, "queue", "close") + call(0, "queue", "put", 1, SECOND) + ends,
    "joinable": call(0, "joinable_queue", "put", 1, 0) + call(1, "joinable_queue", "join", SECOND)
    + call(0, "joinable_queue", "get", 0) + call(0, "joinable_queue", "task_done") + time_passes,
    "meeting": call(0, "barrier", "wait", SECOND) + call(1, "barrier", "wait", SECOND) + call(2, "barrier", "wait", 9)
    + call(0, "barrier", "reset") + call(0, "event", "wait", SECOND) + call(1, "event", "set")
    + call(1, "event", "clear") + call(0, "barrier", "wait", SECOND) + ends,
    "batch": request(0, BATCH, "counter", 4, STORE, 1000, 5, ADD, 1000, -2, 6, 1000, CALL, 1001, "append", ["x"])
    + request(0, BATCH, "counter", 2, CALL, 1001, "pop", [], ADD, 1001, 1),
    "references": request(0, CREATE_OBJECT, "counter", None, "list")
    + call(0, "list", "append", Reference(FIRST_OBJECT + len(OBJECTS))) + call(0, "dict", "set", 1, [Reference(FIRST_OBJECT + 1)])
    + request(0, RELEASE, "counter", FIRST_OBJECT + len(OBJECTS), 1) + call(1, "list", "pop")
    + request(1, IDENTIFY, "list") + request(1, REFERENCES, "list") + request(1, REMOVE_NAME, "counter", "list")
    + call(2, "queue", "put", Reference(FIRST_OBJECT + len(OBJECTS)), 0) + ends,
    "again": request(0, REMEMBER, "counter") + request(0, ADD, "counter", 1) + request(0, AGAIN, "counter", ADD, 1)
    + call(1, "lock", "acquire", 0) + call(0, "lock", "acquire", SECOND) + gone + call(1, "lock", "release")
    + request(0, 1, "counter") + request(0, AGAIN, "lock", CALL, "acquire", [SECOND]) + ends,
    "more objects": request(0, CREATE_OBJECT, "counter", "q2", "queue", [1]) + request(0, LEAVE, "counter"),
}

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, seed in SEEDS.items():
        (folder / name.replace(" ", "_")).write_bytes(seed if seed[0] == 0 and name == "value" else b"\1" + seed)
