// Futex words between processes. libstdc++'s std::atomic::wait uses private futexes, whose wake-ups
// do not cross a process border, so shared words must use these. Process-safe on any mapping of the
// same memory; they own nothing. Source: futex(2).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <share/core/deadline.hpp>

namespace share {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "a futex word must be a plain 32-bit word");

/// Who sleeps where one is woken at a time looks again so often: a waiter that is killed as it is
/// woken takes the wake-up with it, and nobody else would be woken.
inline constexpr std::chrono::milliseconds kLookAgain{100};

/// Sleeps while `word` holds `seen`. Returns false when the deadline passed; true otherwise, which
/// includes spurious wake-ups: the caller looks at the word again.
bool futex_wait(const std::uint32_t* word, std::uint32_t seen, const Deadline& deadline);
inline bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen,
                       const Deadline& deadline) {
  return futex_wait(reinterpret_cast<const std::uint32_t*>(&word), seen, deadline);
}

/// Wakes up to `count` waiters (all by default); returns how many.
int futex_wake(const std::uint32_t* word, int count = std::numeric_limits<int>::max());
inline int futex_wake(const std::atomic<std::uint32_t>& word,
                      int count = std::numeric_limits<int>::max()) {
  return futex_wake(reinterpret_cast<const std::uint32_t*>(&word), count);
}

}  // namespace share
