// mutex.futex: values and arrays guarded by a three-state mutex on a futex: free, held, held with
// sleepers. Exact. Fairness: none; a newcomer may overtake one who is being woken. Beyond the core
// count: well, waiters sleep. At death: a holder keeps it, and the others time out; a waiter leaves
// nothing behind. Looks again for some microseconds before it sleeps, as RobustMutex does. Source:
// U. Drepper, "Futexes Are Tricky" (2011), the third of its mutexes.
#pragma once

#include <share/core/futex.hpp>
#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class FutexLock : public BoundedLock<FutexLock> {
 public:
  static constexpr Traits traits{"mutex.futex", Updates::exact, OnDeath::hangs, Atomicity::slice,
                                 RunsIn::user};
  static std::string details() {
    return "three-state futex mutex that looks again before it sleeps";
  }

  void init() noexcept { word_.store(kFree); }
  bool try_lock() noexcept {
    std::uint32_t seen = kFree;
    return word_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  bool wait(std::chrono::nanoseconds limit);
  void unlock() noexcept {
    if (word_.exchange(kFree, std::memory_order_release) == kHeldWithSleepers) [[unlikely]]
      futex_wake(word_, 1);
  }
  /// 0 while the lock is free.
  std::uint32_t* native_handle() noexcept { return reinterpret_cast<std::uint32_t*>(&word_); }

 private:
  enum : std::uint32_t { kFree, kHeld, kHeldWithSleepers };
  std::atomic<std::uint32_t> word_;
};

using Futex = MemoryBackend<GuardedPolicy<FutexLock>>;
static_assert(Backend<Futex>);

}  // namespace share::mutex
