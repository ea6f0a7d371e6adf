// mutex.spin: values and arrays guarded by a test-and-test-and-set lock with exponential backoff.
// Exact. Fairness: none; whoever looks first gets it, and a holder that comes back at once usually
// does. Beyond the core count: waiters give way with sched_yield(2) after 2 us, so that a holder
// without a core gets one; still far worse than a lock that sleeps. At death: a holder keeps it,
// and the others time out; a waiter leaves nothing behind. Source: T. Anderson, "The Performance of
// Spin Lock Alternatives for Shared-Memory Multiprocessors" (1990).
#pragma once

#include <atomic>
#include <cstdint>
#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class SpinLock : public BoundedLock<SpinLock> {
 public:
  static constexpr Traits traits{.name = "mutex.spin",
                                 .updates = Updates::exact,
                                 .on_death = OnDeath::hangs,
                                 .transform = Atomicity::slice,
                                 .runs_in = RunsIn::user,
                                 .spins = true};
  static std::string details() { return "test-and-test-and-set with exponential backoff"; }

  void init() noexcept { held_.store(0); }
  bool try_lock() noexcept {
    return held_.load(std::memory_order_relaxed) == 0 &&
           held_.exchange(1, std::memory_order_acquire) == 0;
  }
  bool wait(std::chrono::nanoseconds limit) noexcept;
  void unlock() noexcept { held_.store(0, std::memory_order_release); }

 private:
  std::atomic<std::uint32_t> held_;
};

using Spin = MemoryBackend<GuardedPolicy<SpinLock>>;
static_assert(Backend<Spin>);

}  // namespace share::mutex
