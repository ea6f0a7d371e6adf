#include <algorithm>
#include <share/core/spinning.hpp>
#include <share/mutex/ticket.hpp>

namespace share::mutex {

void TicketLock::refuse_if_broken() const {
  if (broken_.load(std::memory_order_relaxed) != 0) throw LockPoisoned(traits.name);
}

bool TicketLock::wait(std::chrono::nanoseconds limit) {
  refuse_if_broken();
  const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
  Spinning spinning;
  for (;;) {
    const std::uint32_t before = ticket - serving_.load(std::memory_order_acquire);
    if (before == 0) return true;
    // About one short critical section each.
    constexpr std::uint32_t kPausesEach = 8, kMostPauses = 256;
    for (std::uint32_t i = 0; i < std::min(before * kPausesEach, kMostPauses); ++i) relax();
    refuse_if_broken();
    if (spinning.pause() >= limit) break;
  }
  if (serving_.load(std::memory_order_acquire) == ticket) return true;  // while we were not running
  broken_.store(1, std::memory_order_relaxed);
  return false;
}

bool TicketLock::try_lock_for(std::chrono::nanoseconds limit) {
  Spinning spinning;
  do {
    if (try_lock()) return true;
    refuse_if_broken();
  } while (spinning.pause() < limit);
  return false;
}

}  // namespace share::mutex
