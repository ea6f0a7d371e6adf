// Alternation: backend and floor in turn, 1 ms each, inside one worker. Only so can a few percent be
// told apart: a bare robust mutex costs 9.5 or 16 ns by launch, the ratio within a launch varies by 1.5 %.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/measure/clock.hpp"
#include "bench/trial/control_area.hpp"
#include "bench/workloads/task.hpp"

namespace sharebench {

class Alternation {
 public:
  static constexpr std::uint64_t kBatchNs = 1'000'000;

  /// One batch of each, in changing order; returns the calls done.
  std::uint64_t run_pair(Task& task) {
    std::uint64_t calls = 0;
    for (int turn = 0; turn < 2; ++turn) calls += run_one(task, floor_next_ = !floor_next_);
    floor_next_ = !floor_next_;  // B F, F B, B F, ...: a drift cancels
    return calls;
  }

  /// Writes the ratio of the medians. The first pair only finds the batch sizes.
  void store(WorkerSlot& slot, std::uint64_t operations_per_call) {
    if (backend_.ns_per_call.size() < 4 || floor_.ns_per_call.size() < 4) return;
    const double floor = median(floor_.ns_per_call);
    slot.floor_ratio = median(backend_.ns_per_call) / floor;
    slot.floor_ns_per_operation = floor / static_cast<double>(operations_per_call);
  }

 private:
  struct Side {
    std::uint64_t batch = 1;
    std::vector<double> ns_per_call;
  };

  std::uint64_t run_one(Task& task, bool floor) {
    Side& side = floor ? floor_ : backend_;
    const std::uint64_t begin = raw_ns();
    std::uint64_t calls = 0, took = 0;
    do {  // grows the batch once, then it fits
      floor ? task.run_floor(side.batch) : task.run(side.batch);
      calls += side.batch;
      took = raw_ns() - begin;
      if (took < kBatchNs / 2) side.batch *= 2;
    } while (took < kBatchNs / 2);
    side.ns_per_call.push_back(static_cast<double>(took) / static_cast<double>(calls));
    return calls;
  }
  static double median(std::vector<double> values) {
    values.erase(values.begin(), values.begin() + 2);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  Side backend_, floor_;
  bool floor_next_ = true;
};

}  // namespace sharebench
