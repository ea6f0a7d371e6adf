// Work: time spent in the processor alone, in units of one dependent addition, about a cycle. What
// stands between two calls (think time) or inside an update (critical section) is made of it.
#pragma once

#include <cstdint>

namespace sharebench {

inline void work(std::uint32_t units) noexcept {
  std::uint32_t left = units;
  while (left != 0) {
    asm volatile("" : "+r"(left));  // a real loop, whatever the optimiser knows
    --left;
  }
}

/// Nanoseconds of a unit on this machine, measured once a process.
double work_unit_ns();

/// Units that take `ns`, at least one unless it is 0.
std::uint32_t work_units(double ns);

}  // namespace sharebench
