"""The layers of docs/architecture.md, read from the includes; and the rules that a reader relies on."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

#: third-party header -> the only folders or files that may include it
THIRD_PARTY = {
    r"benchmark/": ["bench/output/google_benchmark.cpp", "bench/command_primitives"],
    r"zmq\.hpp?$": ["backends/src/manager/", "bench/floors/echo.cpp", "tests/manager/"],
    r"CLI/": ["bench/option_groups", "backends/src/manager/share_manager.cpp"],
    r"boost/interprocess/managed": ["backends/src/core/object_store.cpp"],
    r"gtest/|gmock/": ["tests/"],
}


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            yield str(path.relative_to(ROOT)), INCLUDE.findall(path.read_text())


class Layers(unittest.TestCase):
    def check(self, rule, violations):
        self.assertEqual(violations, [], rule)

    def test_the_library_does_not_know_the_harness(self):
        self.check("backends/ includes nothing of bench/ or tests/",
                   [(f, i) for f, includes in sources("backends") for i in includes
                    if i.startswith(("bench/", "tests/"))])
        words = [str(p.relative_to(ROOT)) for p in (ROOT / "backends").rglob("*.[ch]pp")
                 if "benchmark" in p.read_text().lower()]
        self.check("the word benchmark does not occur in backends/", words)

    def test_a_backend_does_not_include_another(self):
        families = {p.name for p in (ROOT / "backends/include/share").iterdir() if p.is_dir()} - {"core", "objects"}
        violations = []
        for file, includes in sources("backends"):
            own = next((f for f in families if f"/{f}/" in file), "core")
            if file.endswith("share/all.hpp") or "/objects/" in file:
                continue
            violations += [(file, i) for i in includes
                           if (m := re.match(r"share/(\w+)/", i)) and m[1] in (families | {"objects"}) - {own}]
        self.check("a family includes itself and core/ only", violations)

    def test_workloads_and_backends_meet_in_the_registry_only(self):
        self.check("bench/workloads/ names no backend",
                   [(f, i) for f, includes in sources("bench/workloads") for i in includes
                    if re.match(r"share/(null|raw|atomic|mutex|manager|all)", i)])
        self.check("only registry, floors and primitives include all.hpp",
                   [f for f, includes in sources("bench") if "share/all.hpp" in includes
                    and not f.startswith(("bench/registry/", "bench/command_primitives.cpp"))])

    def test_only_the_trial_starts_processes_and_only_measure_reads_clocks(self):
        allowed = ("bench/trial/", "bench/floors/floor_server", "bench/python/interpreter")
        self.check("processes are started in trial/",
                   [f for f, includes in sources("bench") if "share/core/child_process.hpp" in includes
                    and not f.startswith(allowed)])
        self.check("the plan is pure: it includes nothing that runs",
                   [(f, i) for f, includes in sources("bench/plan") for i in includes
                    if i.startswith("bench/output/") or i in ("bench/measure/clock.hpp",)])

    def test_third_party_headers_stay_behind_their_files(self):
        violations = []
        for file, includes in sources("backends", "bench", "tests", "examples"):
            for header in includes:
                for pattern, allowed in THIRD_PARTY.items():
                    if re.match(pattern, header) and not file.startswith(tuple(allowed)):
                        violations.append((file, header))
        self.check("third-party headers", violations)

    def test_reports_import_nothing_of_the_rest(self):
        for path in (ROOT / "reports").rglob("*.py"):
            self.assertNotRegex(path.read_text(), r"^\s*(from|import) (tests|bench|backends)\b", path)

    def test_no_file_is_longer_than_300_lines_and_names_say_what_is_inside(self):
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                                cwd=ROOT, capture_output=True, text=True)
        if listed.returncode != 0:
            self.skipTest("no git checkout")
        for name in listed.stdout.split():
            path = ROOT / name
            if path.suffix in {".cpp", ".hpp", ".py", ".sh", ".cmake"} and path.exists():
                self.assertLessEqual(len(path.read_text().splitlines()), 300, name)
            self.assertNotRegex(path.stem, r"^(utils?|helpers?|common|misc)(_|$)", name)


if __name__ == "__main__":
    unittest.main()
