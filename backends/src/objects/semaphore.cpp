#include <fmt/format.h>

#include <algorithm>
#include <share/core/deadline.hpp>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/objects/semaphore.hpp>

namespace share {
void SemaphoreState::init(std::uint32_t units, std::uint32_t most) noexcept {
  units_.store(units);
  waiters_.store(0);
  most_ = most;
}

bool SemaphoreState::try_acquire() noexcept {
  std::uint32_t units = units_.load(std::memory_order_relaxed);
  while (units != 0)
    if (units_.compare_exchange_weak(units, units - 1, std::memory_order_acquire,
                                     std::memory_order_relaxed))
      return true;
  return false;
}

bool SemaphoreState::try_acquire_for(std::chrono::nanoseconds limit) {
  if (try_acquire()) return true;
  const Deadline deadline = Deadline::after(limit);
  // Before it looks again: who gives a unit back then either sees it here, or is seen.
  waiters_.fetch_add(1);
  bool acquired = try_acquire();
  while (!acquired && !deadline.passed()) {
    futex_wait(units_, 0, std::min(deadline, Deadline::after(kLookAgain)));
    acquired = try_acquire();
  }
  waiters_.fetch_sub(1);
  return acquired;
}

void SemaphoreState::release(std::uint32_t units) {
  std::uint32_t before = units_.load(std::memory_order_relaxed);
  do {
    if (units > most_ || before > most_ - units)
      throw NotHeldHere(
          fmt::format("{} units of a semaphore: {} of at most {} are free", units, before, most_));
  } while (!units_.compare_exchange_weak(before, before + units));
  if (waiters_.load() != 0) futex_wake(units_, static_cast<int>(units));
}

Semaphore::Semaphore(Reached reached, std::uint32_t units, std::uint32_t most) : Base(reached) {
  if (most < 1 || most > kMostUnits || units > most)
    throw Error(
        fmt::format("a semaphore of {} units, at most {}: allowed are 0 to {}, at most 1 to {}",
                    units, most, most, kMostUnits));
  state().init(units, most);
}

void Semaphore::acquire() {
  if (!try_acquire_for(kDefaultLimit)) throw TimedOut("a unit of a semaphore", kDefaultLimit);
}

}  // namespace share
