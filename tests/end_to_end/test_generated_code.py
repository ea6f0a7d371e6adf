"""The generated code: no call in the inner loops of raw and atomic, vectors in the kernel of square,
shared objects that cost what a pointer does."""

import functools
import os
import pathlib
import platform
import re
import subprocess
import unittest

BUILD = pathlib.Path(os.environ["SHAREBENCH_BUILD"])


@functools.cache
def disassembly():
    """Demangled functions of the program: name -> instructions."""
    text = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", str(BUILD / "sharebench")],
                          check=True, capture_output=True, text=True).stdout
    functions = {}
    for block in re.split(r"\n(?=[0-9a-f]+ <)", text):
        header = re.match(r"[0-9a-f]+ <(.*)>:\n", block)
        if header:
            functions.setdefault(header[1], [line.split("\t", 1)[1].strip()
                                             for line in block.splitlines()[1:] if "\t" in line])
    return functions


def function(functions, *words):
    names = [name for name in functions if all(word in name for word in words)]
    if not names:
        raise AssertionError(f"no function with {words}")
    return functions[min(names, key=len)]


def calls(instructions):
    return [i for i in instructions if re.match(r"(call|bl)\b", i)]


def inner_loop(file, name):
    """The instructions of the function's loop, its registers numbered in the order they appear,
    without the place of a member in its object."""
    text = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", str(BUILD / file)],
                          check=True, capture_output=True, text=True).stdout
    body = re.search(rf"<share::test::{name}\(.*>:\n((?:.+\n)+)", text)[1]
    lines = [(int(at, 16), code.strip()) for at, code in re.findall(r"^ *([0-9a-f]+):\t(.*)$", body, re.M)]
    for at, code in lines:
        target = re.match(r"(?:j\w+|b\.\w+|cbn?z \w+,) +([0-9a-f]+) <", code)
        if target and int(target[1], 16) < at:
            registers = {}
            return [re.sub(r"%\w+", lambda m: registers.setdefault(m[0], f"%{len(registers)}"),
                           re.sub(r" +[0-9a-f]+ <.*|0x[0-9a-f]+(?=\(%\w+\))", "", c))
                    for a, c in lines if int(target[1], 16) <= a <= at]
    raise AssertionError(f"{name} has no loop")


class GeneratedCode(unittest.TestCase):
    def test_shared_objects_are_used_as_through_a_pointer(self):
        for pointer, objects in {"scale_by_pointer": ["scale_by_array", "scale_by_raw_array"],
                                 "sum_by_pointer": ["sum_by_index"], "add_by_pointer": ["add_by_value"]}.items():
            for name in objects:
                with self.subTest(name):
                    self.assertEqual(inner_loop("tests/libinner_loops.a", name),
                                     inner_loop("tests/libinner_loops.a", pointer))

    def test_increment_of_raw_and_atomic_calls_nothing(self):
        functions = disassembly()
        for backend in ("raw::Policy", "atomic::Policy"):
            body = function(functions, "IncrementTask", backend, "::run(unsigned long)")
            self.assertEqual(calls(body), [], backend)
            self.assertTrue(any(re.match(r"j|b\.|cb", i) for i in body), f"{backend}: no loop is left")

    def test_increment_of_atomic_is_one_locked_instruction(self):
        if platform.machine() != "x86_64":
            self.skipTest("x86-64 instructions")
        body = function(disassembly(), "IncrementTask", "atomic::Policy",
                        "::run(unsigned long)")
        self.assertEqual(sum("lock" in i for i in body), 1)

    def test_square_of_atomic_calls_only_to_report_a_bad_range(self):
        body = function(disassembly(), "SquareTask", "atomic::Policy",
                        "::run(unsigned long)")
        outside = [c for c in calls(body)
                   if not re.search(r"__cxa|RangeError|_Unwind|check_range|__stack_chk", c)]
        self.assertEqual(outside, [])
        self.assertTrue(any("cmpxchg" in i or "cas" in i or "stlxr" in i for i in body))

    def test_the_kernel_of_square_is_vectorised(self):
        functions = disassembly()
        wanted = ({"square_avx512": r"v\w*mulpd.*%zmm", "square_avx2": r"v\w*mulpd.*%ymm",
                   "square_baseline": r"mulpd.*%xmm"} if platform.machine() == "x86_64"
                  else {"square_baseline": r"fmul\s+v\d+\.2d"})
        for name, pattern in wanted.items():
            body = function(functions, name)
            self.assertTrue(any(re.match(pattern, i) for i in body), f"{name} has no {pattern}")
            self.assertEqual(calls(body), [], name)


if __name__ == "__main__":
    unittest.main()
