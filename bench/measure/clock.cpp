#include "bench/measure/clock.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace sharebench {

double cycle_ns() {
  static const double best = [] {
    constexpr int kRuns = 25, kLinks = 16, kRounds = 2000;
    double least = 1e9;
    std::uint64_t x = 1, mask = 3;
    for (int run = 0; run < kRuns; ++run) {
      const std::uint64_t begin = raw_ns();
      for (int round = 0; round < kRounds; ++round)
        for (int link = 0; link < kLinks; ++link) {
          asm volatile("" : "+r"(x), "+r"(mask));
          x ^= mask;
        }
      asm volatile("" : : "r"(x));
      least = std::min(least, static_cast<double>(raw_ns() - begin) / (kRounds * kLinks));
    }
    return least;
  }();
  return best;
}

const std::string& clock_source() {
  static const std::string name = [] {
    std::ifstream in("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    std::string line;
    std::getline(in, line);
    return line;
  }();
  return name;
}

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
