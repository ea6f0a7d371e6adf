#!/usr/bin/env bash
# Every public header compiles when it is the only one: what it needs it includes itself.
# usage: headers_stand_alone.sh COMPILER INCLUDE-DIRECTORY WITH-ZEROMQ
set -uo pipefail
compiler=$1 include=$2 zeromq=$3 status=0
cd "$include"
check() {
  printf '#include <%s>\n' "$1" | $2 -std=c++20 -fsyntax-only "-DSHARE_HAS_ZEROMQ=$3" -I. -x c++ - ||
    { echo "$1 does not stand alone"; exit 1; }
}
export -f check
headers=(share/*.hpp share/*/*.hpp)
[ "$zeromq" = 1 ] || headers=($(printf '%s\n' "${headers[@]}" | grep -v '^share/manager/'))
printf '%s\n' "${headers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'check "$@"' _ {} "$compiler" "$zeromq" || status=1
exit $status
