#!/usr/bin/env bash
# Sets up, builds, measures, reports. See usage() for everything it can do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
Usage: ./run_all.sh [--smoke | --full] [ARGUMENTS OF "sharebench run"]
       ./run_all.sh test | check | setup | build | --help

Without a command: installs what is missing, builds a release build, measures, writes the report and
prints the verdict table and the path of the page.
  (nothing)   the default sweep "quick": at most 4 minutes of measuring
  --smoke     every backend once or twice: at most 30 seconds of measuring
  --full      all axes: as long as "build/release/sharebench plan --profile full" says
  Anything else goes to "sharebench run", for example --backend mutex --procs 1,2 --seed 7 --out DIR.

  test        builds and runs the tests: release, then with address and undefined-behaviour sanitizers
  check       test, then the long ones: thread sanitizer, many kills, clang-tidy
  setup       only installs what is missing
  build       setup and the release build

Results go to results/<utc>-<sha>/ (a new folder each time); results/latest is a link to the newest:
  results.json  results.ci.json  trials.jsonl  sweep.json  index.html  summary.md  charts/

Exit status: 0 fine; 1 failure; 2 wrong usage or something to install; 4 an exact backend lost updates;
5 nothing matches; 130 interrupted (what was measured is saved).

Environment: SHAREBENCH_PYTHON  the Python that has matplotlib and numpy, if it is not found by itself
             CXX                the compiler
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# ---- set-up ------------------------------------------------------------------------------------------

has_header() {
  printf '#if !__has_include(<%s>)\n#error missing\n#endif\n' "$1" |
    "${CXX:-g++}" -std=c++20 -fsyntax-only -x c++ - 2>/dev/null
}
has_command() { command -v "$1" >/dev/null; }

# What the build, the report and the tests need: package, and how to see that it is there already. A
# header that is there is never replaced by Debian's.
missing_packages() {
  local with_tests=$1
  has_command "${CXX:-g++}" || echo g++
  has_command cmake || echo cmake
  has_command ninja || echo ninja-build
  has_command pkg-config || echo pkg-config
  has_command git || echo git
  has_header boost/interprocess/managed_external_buffer.hpp || echo libboost-dev
  has_header zmq.h || echo libzmq3-dev
  has_header zmq.hpp || echo cppzmq-dev
  has_header benchmark/benchmark.h || echo libbenchmark-dev
  has_header nlohmann/json.hpp || echo nlohmann-json3-dev
  has_header CLI/CLI.hpp || echo libcli11-dev
  has_header fmt/format.h || echo libfmt-dev
  find_python >/dev/null || echo python3 python3-matplotlib python3-numpy
  if [ "$with_tests" = yes ]; then
    has_header gtest/gtest.h || echo libgtest-dev
    [ -e /usr/share/benchmark/compare.py ] || echo libbenchmark-tools
    local python
    python=$(find_python || echo /usr/bin/python3)
    "$python" -c 'import scipy' 2>/dev/null || echo python3-scipy
    "$python" -c 'import jsonschema' 2>/dev/null || echo python3-jsonschema
  fi
}

setup() {
  local missing
  missing=$(missing_packages "$1" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  local install=(apt-get install -y --no-install-recommends)
  local root=()
  if [ "$(id -u)" != 0 ]; then
    if has_command sudo && sudo -n true 2>/dev/null; then
      root=(sudo)
    else
      say "Missing packages; run as root: ${install[*]} $missing"
      exit 2
    fi
  fi
  if ! has_command apt-get; then
    say "Missing packages, and this is no Debian system; install the like of: $missing"
    exit 2
  fi
  say "Installing: $missing"
  # shellcheck disable=SC2086 # one word a package
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -q && ${install[*]} -q $missing" >&2 || {
    say "apt-get failed; run as root: ${install[*]} $missing"
    exit 2
  }
}

# The first Python that can draw: the one on PATH may be another Python without the packages.
find_python() {
  local python
  for python in "${SHAREBENCH_PYTHON:-}" build/venv/bin/python3 python3 /usr/bin/python3; do
    if [ -n "$python" ] && "$python" -c 'import matplotlib, numpy' 2>/dev/null; then
      command -v "$python"
      return 0
    fi
  done
  return 1
}

# ---- build and tests ---------------------------------------------------------------------------------

configure() { # preset, more arguments of cmake
  local preset=$1
  shift
  [ -e "build/$preset/build.ninja" ] && [ $# = 0 ] || cmake --preset "$preset" "$@" >&2
}

build() { # preset, targets
  local preset=$1
  shift
  cmake --build --preset "$preset" --target "$@" -- --quiet >&2
}

run_tests() { # preset, more arguments of ctest
  local preset=$1
  shift
  say "== tests, $preset =="
  (cd "build/$preset" && ctest --output-on-failure --no-tests=error "$@")
}

test_all() {
  setup yes
  local python
  python=$(find_python)
  # Warnings are errors in the release build only: with sanitizers GCC 12 warns falsely in <regex>.
  configure release -DSHAREBENCH_WERROR=ON "-DPython3_EXECUTABLE=$python"
  configure asan "-DPython3_EXECUTABLE=$python"
  local preset
  for preset in release asan; do
    build "$preset" all
    run_tests "$preset" -LE long
  done
}

check_all() {
  has_command clang-tidy || {
    say "check needs clang-tidy; run as root: apt-get install -y clang-tidy"
    exit 2
  }
  test_all
  run_tests release -L long
  configure tsan "-DPython3_EXECUTABLE=$(find_python)"
  build tsan all
  run_tests tsan -LE 'long|python'
  say "== clang-tidy =="
  git ls-files 'backends/src/*.cpp' 'bench/*.cpp' |
    xargs -P "$(nproc)" -n 1 clang-tidy -p build/release --quiet --warnings-as-errors='*'
}

# ---- measure and report ------------------------------------------------------------------------------

measure() {
  local profile=()
  case ${1:-} in
    --smoke) profile=(--profile smoke); shift ;;
    --full) profile=(--profile full); shift ;;
  esac
  setup no
  configure release
  build release sharebench

  local status=0 out
  out=$(mktemp)
  build/release/sharebench run "${profile[@]}" "$@" >"$out" || status=$?
  cat "$out"
  local run
  run=$(sed -n 's/^results: //p' "$out" | tail -n 1)
  rm -f "$out"
  [ -n "$run" ] || return "$status"

  local python
  if python=$(find_python); then
    "$python" -m reports "$run" || { [ "$status" != 0 ] || status=1; }
  else
    say "No report: no Python with matplotlib and numpy (Debian: python3-matplotlib python3-numpy)"
  fi
  if [ -e "$run/index.html" ]; then
    printf 'page: %s\n' "$(realpath "$run/index.html")"
  fi
  return "$status"
}

case ${1:-} in
  -h | --help | help) usage ;;
  test) test_all ;;
  check) check_all ;;
  setup) setup yes ;;
  build) setup no; configure release; build release all ;;
  *) measure "$@" ;;
esac
