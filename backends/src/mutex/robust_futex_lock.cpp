#include <algorithm>
#include <bit>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>
#include <share/mutex/robust_futex.hpp>

namespace share::mutex {
namespace {

constexpr std::chrono::milliseconds kLookForTheDead{2};

}  // namespace

std::uint32_t* RobustFutexLock::native_handle() noexcept {
  static_assert(std::endian::native == std::endian::little, "the low half comes first");
  return reinterpret_cast<std::uint32_t*>(&word_);
}

void RobustFutexLock::wake_one() noexcept { futex_wake(native_handle(), 1); }

Acquired RobustFutexLock::wait_or_throw(std::chrono::nanoseconds limit) {
  Acquired how = Acquired::cleanly;
  if (wait(limit, how)) return how;
  throw TimedOut(traits.name, limit, describe_thread(holder()));
}

/// Who has slept does not know whether others sleep, so it takes the lock as one with sleepers.
bool RobustFutexLock::wait(std::chrono::nanoseconds limit, Acquired& how) {
  how = Acquired::cleanly;
  const auto free_now = [this] {
    return word_.load(std::memory_order_relaxed) == kFree && try_lock();
  };
  if (look_again(free_now)) return true;
  const std::uint64_t mine = own_identity() | kSleepers;
  const Deadline deadline = Deadline::after(limit);
  std::uint64_t holder = kFree;
  Deadline next_look = Deadline::never();  // whatever wakes us meanwhile, signals too
  for (std::uint64_t seen = word_.load(std::memory_order_relaxed);;) {
    if (seen == kFree) {
      if (word_.compare_exchange_weak(seen, mine, std::memory_order_acquire,
                                      std::memory_order_relaxed))
        return true;
      continue;
    }
    if ((seen & kSleepers) == 0) {
      if (!word_.compare_exchange_weak(seen, seen | kSleepers, std::memory_order_relaxed)) continue;
      seen |= kSleepers;
    }
    if (seen != holder) {
      holder = seen;
      next_look = Deadline::after(kLookForTheDead);
    }
    futex_wait(native_handle(), static_cast<std::uint32_t>(seen), std::min(deadline, next_look));
    const bool late = deadline.passed();
    if (late || next_look.passed()) {
      if (take_from_the_dead(seen)) {
        how = Acquired::from_the_dead;
        return true;
      }
      next_look = Deadline::after(kLookForTheDead);
    }
    seen = word_.load(std::memory_order_relaxed);
    if (late && seen != kFree) return false;
  }
}

/// If the holder in `seen` has ended and the word is still that. One of many waiters succeeds.
bool RobustFutexLock::take_from_the_dead(std::uint64_t seen) noexcept {
  if (word_.load(std::memory_order_relaxed) != seen || !has_ended(seen & ~kSleepers)) return false;
  if (!word_.compare_exchange_strong(seen, own_identity() | kSleepers, std::memory_order_acquire,
                                     std::memory_order_relaxed))
    return false;
  died_ = seen;
  ++recoveries_;
  return true;
}

}  // namespace share::mutex
