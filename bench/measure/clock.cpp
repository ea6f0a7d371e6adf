#include "bench/measure/clock.hpp"

#include <algorithm>
#include <array>

namespace sharebench {

std::uint64_t clock_read_cost_ns() {
  constexpr int kReads = 64;
  std::array<std::uint64_t, 31> costs;
  for (std::uint64_t& cost : costs) {
    const std::uint64_t begin = raw_ns();
    for (int i = 0; i < kReads - 1; ++i) (void)raw_ns();
    cost = (raw_ns() - begin + kReads / 2) / kReads;
  }
  std::nth_element(costs.begin(), costs.begin() + costs.size() / 2, costs.end());
  return costs[costs.size() / 2];
}

}  // namespace sharebench
