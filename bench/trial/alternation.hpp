// Alternation: backend and floor in turns of a few milliseconds, by a clock that all workers share,
// so that all of them do the same at the same time. Only so can a few percent be told apart: a bare
// robust mutex costs 9.5 or 16 ns by launch, and workers that walk an array drift into other cache
// patterns with time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/trial/control_area.hpp"

namespace sharebench {

class Alternation {
 public:
  /// @param in_flight calls that a side sends before the first is answered: with them each turn
  /// begins, and as their answers come at its end, after the last batch, they do not count.
  explicit Alternation(std::uint64_t in_flight = 0) : in_flight_(in_flight) {}

  /// Whose turn it is at a time (CLOCK_MONOTONIC_RAW).
  static bool is_floor(std::uint64_t now_ns, std::uint64_t turn_ns) noexcept {
    return now_ns / turn_ns % 2 == 1;
  }

  /// Notes a batch. The first of a turn, and one that reaches into the next turn, do not count:
  /// others may still have been busy with the other side.
  void add(std::uint64_t begin_ns, std::uint64_t end_ns, std::uint64_t turn_ns,
           std::uint64_t calls) {
    const std::uint64_t turn = begin_ns / turn_ns;
    if (turn != turn_) {
      finish_turn();
      turn_ = turn;
      sent_ = calls;
      return;
    }
    if (end_ns / turn_ns != turn) return;
    if (sent_ < in_flight_) {
      sent_ += calls;
      return;
    }
    calls_ += calls;
    ns_ += end_ns - begin_ns;
  }

  /// Writes the medians over the turns; nothing when there were too few of them.
  void store(WorkerSlot& slot) {
    finish_turn();
    if (backend_.size() < kMinTurns || floor_.size() < kMinTurns) return;
    slot.turn_backend_ns = median(backend_);
    slot.turn_floor_ns = median(floor_);
  }

 private:
  static constexpr std::size_t kMinTurns = 3;

  void finish_turn() {
    if (calls_ != 0)
      (turn_ % 2 == 1 ? floor_ : backend_)
          .push_back(static_cast<double>(ns_) / static_cast<double>(calls_));
    calls_ = ns_ = 0;
  }
  static double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  std::uint64_t in_flight_;
  std::uint64_t turn_ = 0, sent_ = 0, calls_ = 0, ns_ = 0;
  std::vector<double> backend_, floor_;  // ns a call, one for each turn
};

}  // namespace sharebench
