// The loop of the latency pass, shared by all workloads: single calls, each between two clock
// reads.
#pragma once

#include <cstdint>

#include "bench/measure/clock.hpp"
#include "bench/workloads/task.hpp"

namespace sharebench {

/// Does at least `calls` calls of `call()`, timing some of them as `sampling` says; returns how
/// many were done.
template <class Call>
std::uint64_t sample_calls(std::uint64_t calls, Sampling& sampling, Histogram& to, Call&& call) {
  std::uint64_t done = 0;
  while (done < calls) {
    const std::uint64_t untimed = sampling.gap();
    for (std::uint64_t i = 0; i < untimed; ++i) call();
    const std::uint64_t begin = raw_ns();
    call();
    const std::uint64_t took = raw_ns() - begin;
    to.add(took > sampling.clock_cost_ns ? took - sampling.clock_cost_ns : 0);
    done += untimed + 1;
  }
  return done;
}

}  // namespace sharebench
