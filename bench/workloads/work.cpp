#include "bench/workloads/work.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bench/measure/clock.hpp"

namespace sharebench {

double work_unit_ns() {
  static const double least = [] {
    constexpr int kRuns = 25;
    constexpr std::uint32_t kUnits = 20'000;
    double best = std::numeric_limits<double>::max();
    for (int run = 0; run < kRuns; ++run) {
      const std::uint64_t begin = raw_ns();
      work(kUnits);
      best = std::min(best, static_cast<double>(raw_ns() - begin) / kUnits);
    }
    return best;
  }();
  return least;
}

std::uint32_t work_units(double ns) {
  if (ns <= 0) return 0;
  const double units = std::round(ns / work_unit_ns());
  return static_cast<std::uint32_t>(std::clamp(units, 1.0, 4e9));
}

}  // namespace sharebench
