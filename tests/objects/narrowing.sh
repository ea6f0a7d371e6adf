#!/usr/bin/env bash
# What could lose something of a value when it is stored must not compile, and what cannot must.
# Usage: narrowing.sh COMPILER INCLUDE_FOLDER
set -euo pipefail
compiler=$1 include=$2
failed=0
compiles() { # header, code
  printf '#include <cstdint>\n#include <share/%s>\nint main() { %s }\n' "$1" "$2" |
    "$compiler" -std=c++20 "-I$include" -fsyntax-only -x c++ - 2>/dev/null
}
must() { compiles "$@" || { echo "does not compile: $2"; failed=1; }; }
must_not() { ! compiles "$@" || { echo "compiles: $2"; failed=1; }; }

must objects/array.hpp 'share::Value<std::int64_t> v; int i = 3; v.store(i); v.add(i); share::Value<std::uint64_t> u(5);
      share::AtomicValue<double> d(1); float f = 2; d.store(f); share::RawArray<std::int8_t> a(3); a[0].store(-128);'
must_not objects/array.hpp 'double d = 1; share::Value<int> v; v.store(d);'
must_not objects/array.hpp 'share::Array<std::int8_t> a(3); a[0].store(300);'
must_not objects/array.hpp 'std::int64_t i = 1; share::AtomicValue<int> v; v.add(i);'
number() { echo "{ share::Exactly<$1> x($2); (void)x; }"; }
must core/exactly.hpp "$(number std::uint64_t 5) $(number double 5) $(number float 0.5)"
must_not core/exactly.hpp "$(number int 5.5)"
must_not core/exactly.hpp "$(number std::uint64_t -1)"
must_not core/exactly.hpp "$(number std::int8_t 128)"
must_not core/exactly.hpp "int i = 1; $(number std::uint64_t i)"
must_not core/exactly.hpp "double d = 1; $(number float d)"
must_not core/exactly.hpp "std::int64_t i = 1; $(number double i)"
must_not core/exactly.hpp "int i = 1; $(number bool '&i')"
must_not core/exactly.hpp "int i = 1; $(number bool i)"
exit $failed
