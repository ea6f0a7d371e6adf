// Deadline: a point on CLOCK_MONOTONIC until which something may wait. All waits of the library
// take one; none follows the wall clock, which can jump. A plain value, usable in any process.
#pragma once

#include <time.h>

#include <chrono>
#include <compare>

namespace share {

class Deadline {
 public:
  /// `limit` from now; negative limits count as 0.
  static Deadline after(std::chrono::nanoseconds limit);
  static Deadline never() noexcept { return Deadline(kNever); }

  bool passed() const;
  /// Time left, never negative; the largest duration for never().
  std::chrono::nanoseconds left() const;
  /// Time left in whole milliseconds, rounded up, for poll(2); -1 for never().
  int poll_timeout() const;
  /// The absolute time on CLOCK_MONOTONIC, for clock-taking waits (pthread_mutex_clocklock,
  /// FUTEX_WAIT_BITSET).
  timespec time_point() const noexcept;
  bool is_never() const noexcept { return at_ == kNever; }
  // NOLINTNEXTLINE(modernize-use-nullptr): a rewritten comparison has a 0 that is no pointer
  friend auto operator<=>(const Deadline&, const Deadline&) = default;

 private:
  static constexpr std::chrono::nanoseconds kNever = std::chrono::nanoseconds::max();
  explicit Deadline(std::chrono::nanoseconds at) noexcept : at_(at) {}
  std::chrono::nanoseconds at_;  // since the epoch of CLOCK_MONOTONIC
};

}  // namespace share
