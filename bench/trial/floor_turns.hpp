// FloorTurns: how long a turn of backend or floor takes, and how long both take turns. Pure; the
// plan estimates with it what the trial then does.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sharebench {

struct FloorTurns {
  std::uint64_t turn_units = 0;  ///< of kUnitNs
  std::uint64_t phase_ms = 0;    ///< 0: the calls are too long for turns

  /// Not a whole millisecond: turns on the grid of the kernel's timer tick would give all ticks to
  /// one side, which made backends look 2 % slower than themselves. 1.309 is far from every simple
  /// fraction.
  static constexpr std::uint64_t kUnitNs = 1'309'017;
  static constexpr std::uint64_t kMaxPhaseMs = 10'000;

  /// A turn holds several calls of each worker, of which the first and the last do not count, and
  /// the phase several turns of each side: five and thirteen, or three and seven of long calls.
  /// @param call_seconds of one worker in company; @param batch_limit_ns between two looks at the
  /// epoch; @param floor_window_ms the shortest phase.
  static FloorTurns of(double call_seconds, std::uint32_t workers, std::uint64_t batch_limit_ns,
                       std::uint32_t floor_window_ms) {
    const bool long_calls = call_seconds > 0.01;
    const double calls_ms = 1000 * call_seconds * (long_calls ? 3 : 5);
    const std::uint64_t shortest = workers == 1 ? 1 : 5;
    FloorTurns turns;
    turns.turn_units =
        std::max({shortest, calls_ms < 1 ? 0 : static_cast<std::uint64_t>(calls_ms) + 1,
                  10 * batch_limit_ns / 1'000'000});
    const std::uint64_t all = (long_calls ? 7 : 13) * turns.turn_units * kUnitNs / 1'000'000;
    turns.phase_ms = all > kMaxPhaseMs ? 0 : std::max<std::uint64_t>(floor_window_ms, all);
    return turns;
  }
};

}  // namespace sharebench
