"""The generated code: no call in the inner loops of raw and atomic, vectors in the kernel of square."""

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


class GeneratedCode(unittest.TestCase):
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
