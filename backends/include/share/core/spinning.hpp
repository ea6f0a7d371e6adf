// Looking again and again for a limited time: at first as fast as the processor likes, then with a
// sched_yield(2) between, so that another process that is to run on this core comes to it. Source
// for the limit: waiting no longer than a wake-up would cost is at most twice as bad as knowing
// (A. Karlin et al., "Competitive Randomized Algorithms for Non-Uniform Problems", 1990).
#pragma once

#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

namespace share {

/// About what putting a process to sleep and waking it on another core costs.
inline constexpr std::chrono::microseconds kWakeUpCost(50);

/// What stands between two looks at a word that another processor will change.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");  // yield does nothing on most cores
#endif
}

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
    relax();
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

  std::uint64_t count_ = 0;
  Clock::time_point begin_{};
  Clock::duration elapsed_{};
};

namespace detail {
/// Nobody could change a word meanwhile. Found as the program starts.
inline const bool alone = ::sysconf(_SC_NPROCESSORS_ONLN) == 1;
}  // namespace detail

/// Looks a few times before the kernel is asked to sleep: most critical sections are shorter than a
/// system call. Together about as long as it costs to sleep and be woken (6 us), the bound that is
/// at worst twice the best (Karlin et al.). Short first pauses would only take the line from the
/// holder: 16 are twice as slow as not spinning at all, 64 twice as fast.
/// @param found true when there is no need to look again. @return whether it was.
template <class Found>
bool look_again(const Found& found) {
  constexpr int kFirstPauses = 64, kMostPauses = 128;
  for (int pauses = kFirstPauses; !detail::alone && pauses <= kMostPauses; pauses *= 2) {
    for (int i = 0; i < pauses; ++i) relax();
    if (found()) return true;
  }
  return false;
}

}  // namespace share
