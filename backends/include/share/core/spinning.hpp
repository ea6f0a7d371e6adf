// Looking again and again for a limited time: at first as fast as the processor likes, then with a
// sched_yield(2) between, so that another process that is to run on this core comes to it. Source
// for the limit: waiting no longer than a wake-up would cost is at most twice as bad as knowing
// (A. Karlin et al., "Competitive Randomized Algorithms for Non-Uniform Problems", 1990).
#pragma once

#include <sched.h>

#include <chrono>

namespace share {

/// About what putting a process to sleep and waking it on another core costs.
inline constexpr std::chrono::microseconds kWakeUpCost(50);

class Spinning {
 public:
  using Clock = std::chrono::steady_clock;

  /// Once between two looks. @return the time since the first, looked up every few times.
  Clock::duration pause() noexcept {
    if (count_ == 0) begin_ = Clock::now();
    if (++count_ % kLooks == 0) {
      elapsed_ = Clock::now() - begin_;
      if (elapsed_ > kAlone) ::sched_yield();
    }
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
    return elapsed_;
  }
  /// Something was there.
  void found() noexcept {
    count_ = 0;
    elapsed_ = {};
  }

 private:
  static constexpr unsigned kLooks = 16;
  static constexpr std::chrono::microseconds kAlone{2};

  unsigned count_ = 0;
  Clock::time_point begin_{};
  Clock::duration elapsed_{};
};

}  // namespace share
