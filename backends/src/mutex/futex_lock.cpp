#include <algorithm>
#include <share/core/spinning.hpp>
#include <share/mutex/futex.hpp>

namespace share::mutex {

bool FutexLock::wait(std::chrono::nanoseconds limit) {
  const auto free_now = [this] {
    return word_.load(std::memory_order_relaxed) == kFree && try_lock();
  };
  if (look_again(free_now)) return true;
  const Deadline deadline = Deadline::after(limit);
  // Who has slept does not know whether others sleep, so it takes the lock as one with sleepers.
  while (word_.exchange(kHeldWithSleepers, std::memory_order_acquire) != kFree) {
    if (deadline.passed()) return false;
    futex_wait(word_, kHeldWithSleepers, std::min(deadline, Deadline::after(kLookAgain)));
  }
  return true;
}

}  // namespace share::mutex
