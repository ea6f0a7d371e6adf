#!/usr/bin/env bash
# Checks the models with spin(1): what must hold holds, and each planted bug is found.
# usage: check.sh MODEL
set -euo pipefail
model=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# verdict NAME safety|liveness DEFINES...: prints "holds" or "broken", and how many states were seen.
verdict() {
  local name=$1 what=$2 build=(-DSAFETY -DNOCLAIM) run=()
  shift 2
  if [ "$what" = liveness ]; then build=(-DNFAIR=3) run=(-a -f); fi
  mkdir "$name"
  (cd "$name" && spin -a "$@" "$model" && cc -O2 -w "${build[@]}" -DVECTORSZ=2048 -o pan pan.c &&
    ./pan -m1000000 "${run[@]}") >"$name.log" 2>&1 || { cat "$name.log"; exit 1; }
  grep -q 'errors: ' "$name.log" || { cat "$name.log"; exit 1; }
  if grep -q 'max search depth too small\|Search not completed' "$name.log" && grep -q 'errors: 0' "$name.log"; then
    echo "$name: not finished"
    exit 1
  fi
  found=$(grep -q 'errors: 0' "$name.log" && echo holds || echo broken)
  echo "$name: $found, $(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$name.log") states"
}
expect() { # WANTED, then as verdict
  local wanted=$1
  shift
  verdict "$@"
  [ "$found" = "$wanted" ] || { echo "expected: $wanted" && cat "$1.log" && exit 1; }
}

expect holds safety safety -DROUNDS=2
expect holds liveness liveness -DUSERS=3 -DROUNDS=1
expect holds interrupted liveness -DSIGNALS -DUSERS=2 -DROUNDS=2
expect holds no_lost_wake_up safety -DNO_DEATHS -DROUNDS=3
expect broken planted_forgets_others safety -DPLANT=1 -DNO_DEATHS
expect broken planted_sleeps_unsaid safety -DPLANT=2 -DNO_DEATHS
expect broken planted_takes_blindly safety -DPLANT=3
expect broken planted_never_wakes safety -DPLANT=4 -DNO_DEATHS
expect broken planted_looks_for_nobody liveness -DPLANT=5 -DUSERS=2 -DROUNDS=1
expect broken planted_begins_anew liveness -DPLANT=6 -DSIGNALS -DUSERS=2 -DROUNDS=1
