#!/usr/bin/env bash
# Sets up, builds, measures, reports. See usage() for everything it can do.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)  # the caller's folder stays: paths given are his

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

  test        builds and runs the tests: release, then with address and undefined-behaviour sanitizers,
              then half a minute of fuzzing
  check       test, then the long ones: thread sanitizer, many kills, five minutes of fuzzing, clang-tidy
  setup       only installs what is missing
  build       setup and the release build

Results go to results/<utc>-<sha>/ (a new folder each time); results/latest is a link to the newest:
  results.json  results.ci.json  trials.jsonl  sweep.json  index.html  summary.md  charts/

Exit status: 0 fine; 1 failure; 2 wrong usage or something to install; 4 an exact backend lost updates;
5 nothing matches; 6 with --strict: the figures cannot be trusted; 130 interrupted (what was measured is saved, see --resume).

Environment: SHAREBENCH_PYTHON  the Python that has matplotlib and numpy, if it is not found by itself
             CXX                the compiler
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# ---- set-up ------------------------------------------------------------------------------------------

has_command() { command -v "$1" >/dev/null; }
has_compiler() { # CXX may be more than one word ("ccache g++")
  ${CXX:-g++} --version >/dev/null 2>&1
}
has_header() {
  if has_compiler; then
    printf '#if !__has_include(<%s>)\n#error missing\n#endif\n' "$1" |
      ${CXX:-g++} -std=c++20 -fsyntax-only -x c++ - 2>/dev/null
  else # it is about to be installed; look where it will look
    [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] || compgen -G "/usr/include/*-linux-gnu/$1" >/dev/null
  fi
}

has_clang() { # its sanitizers and libFuzzer come in a package of their own
  printf 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' |
    clang++ -fsanitize=fuzzer,address,undefined -x c++ - -o /dev/null 2>/dev/null
}

# What the build, the report and the tests need: package, and how to see that it is there already. A
# header that is there is never replaced by Debian's. Building the tests belongs to every build, so that
# all commands share one configuration; only running them needs more.
missing_packages() { # run, test or check: each needs what the one before needs
  local for=$1
  has_compiler || echo g++
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
  has_header gtest/gtest.h || echo libgtest-dev
  if [ "$for" != run ]; then
    [ -e /usr/share/benchmark/compare.py ] || echo libbenchmark-tools
    find_python "matplotlib, numpy, scipy, jsonschema" >/dev/null ||
      echo python3 python3-matplotlib python3-numpy python3-scipy python3-jsonschema
    has_clang || echo clang libclang-rt-14-dev
  else
    find_python >/dev/null || echo python3 python3-matplotlib python3-numpy
  fi
  if [ "$for" = check ]; then
    has_command clang-tidy || echo clang-tidy
    has_command spin || echo spin
  fi
}

setup() {
  local missing
  missing=$(missing_packages "$1" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  local install=(apt-get install -y --no-install-recommends --no-remove)
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if has_command sudo && sudo -n true 2>/dev/null; then
      as_root=(sudo)
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
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -q && ${install[*]} -q $missing" >&2 || {
    say "apt-get failed; run as root: ${install[*]} $missing"
    exit 2
  }
}

# The first Python that has the modules: the one on PATH may be another Python without them.
find_python() {
  local python modules=${1:-matplotlib, numpy}
  for python in "${SHAREBENCH_PYTHON:-}" "$root/build/venv/bin/python3" python3 /usr/bin/python3; do
    if [ -n "$python" ] && "$python" -c "import $modules" 2>/dev/null; then
      command -v "$python"
      return 0
    fi
  done
  return 1
}

# ---- build and tests ---------------------------------------------------------------------------------

# Only when something is different from the last time: another compiler begins a new build.
configure() { # preset
  local preset=$1 werror=OFF folder=$root/build/$1 python
  # Warnings are errors in CI, in the release build only: with sanitizers GCC 12 warns falsely.
  [ "${CI:-}" = true ] && [ "$preset" = release ] && werror=ON
  python=$(find_python "matplotlib, numpy, scipy, jsonschema" || find_python || echo /usr/bin/python3)
  local compiler="CXX=${CXX:-}" settings="werror=$werror python=$python" last=()
  if [ -e "$folder/build.ninja" ]; then
    mapfile -t last < <(cat "$folder/settings" 2>/dev/null)
    [ "${last[*]}" != "$compiler $settings" ] || return 0
    [ "${last[0]:-}" = "$compiler" ] || rm -f "$folder/CMakeCache.txt" # a cache keeps its compiler
  fi
  (cd "$root" && cmake --preset "$preset" -DSHAREBENCH_WERROR=$werror "-DPython3_EXECUTABLE=$python" >&2)
  printf '%s\n' "$compiler" "$settings" >"$folder/settings"
}

build() { # preset, targets
  local preset=$1
  shift
  configure "$preset"
  cmake --build "$root/build/$preset" --target "$@" -- --quiet >&2
}

run_tests() { # preset, more arguments of ctest
  local preset=$1
  shift
  say "== tests, $preset =="
  (cd "$root/build/$preset" && ctest --output-on-failure --no-tests=error --parallel 2 "$@")
}

# New inputs each time: a finding is kept as a file, which the message names.
fuzz() { # seconds
  build asan dispatcher_fuzzer
  say "== fuzzing, $1 s =="
  local folder=$root/build/asan/fuzzing findings=$root/build/asan/fuzzing/findings
  mkdir -p "$findings" "$folder/corpus"
  "$(find_python)" "$root/tests/fuzz/seeds.py" "$folder/seeds"
  "$root/build/asan/tests/fuzz/dispatcher_fuzzer" -max_total_time="$1" -max_len=2000 -rss_limit_mb=2048 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$findings/" "$folder/corpus" "$folder/seeds" \
    >"$folder/log" 2>&1 || {
    tail -n 60 "$folder/log" >&2
    say "the fuzzer found something; the input is in $findings"
    return 1
  }
  say "no finding; $(grep -o 'number_of_executed_units.*' "$folder/log")"
}

test_all() {
  setup test
  local preset
  for preset in release asan; do
    build "$preset" all
    run_tests "$preset" -LE 'long|slow'
  done
  fuzz 30
}

check_all() {
  setup check
  test_all
  run_tests release -L long
  run_tests asan -L slow
  fuzz 300
  build tsan all
  run_tests tsan -LE 'long|python'
  say "== clang-tidy =="
  configure debug # compiles each file by itself: an include that its neighbours brought is missed here
  cd "$root"
  git ls-files 'backends/src/*.cpp' 'bench/*.cpp' |
    xargs -P "$(nproc)" -n 1 clang-tidy -p build/debug --quiet --warnings-as-errors='*'
}

# ---- measure and report ------------------------------------------------------------------------------

measure() {
  local profile=()
  case ${1:-} in
    --smoke) profile=(--profile smoke); shift ;;
    --full) profile=(--profile full); shift ;;
  esac
  setup run
  build release sharebench

  local out=(--out "$root/results") word
  for word in "$@"; do
    case $word in --out | --out=*) out=() ;; esac
  done
  # What it prints goes to the terminal and, for the line that names the folder, to a file.
  local status=0 run
  said=$(mktemp)
  trap 'rm -f "$said"' EXIT
  "$root/build/release/sharebench" run "${profile[@]}" "${out[@]}" "$@" | tee -i "$said" ||
    status=${PIPESTATUS[0]}
  run=$(sed -n 's/^results: //p' "$said" | tail -n 1)
  if [ -z "$run" ]; then # nothing was measured, or stdout got the JSON
    [ "$status" != 0 ] || say "No report: the output names no run folder; python3 -m reports results/latest makes it"
    return "$status"
  fi

  local python
  if python=$(find_python); then
    PYTHONPATH="$root" "$python" -m reports "$run" || { [ "$status" != 0 ] || status=1; }
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
  setup) setup test ;;
  build) setup run; build release all ;;
  *) measure "$@" ;;
esac
