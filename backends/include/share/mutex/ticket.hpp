// mutex.ticket: values and arrays guarded by a ticket lock. Exact. Fairness: first come, first
// served. Beyond the core count: badly; the one whose turn it is may have no core, and nobody else
// may go first; waiters give way with sched_yield(2) after 2 us. At death: a holder keeps it, and a
// waiter that dies keeps the turn it never takes: the others time out. A ticket cannot be given
// back either, so a lock() that times out breaks the queue, and from then on everybody gets
// LockPoisoned; try_lock_for() takes no ticket and is not fair. Source: J. Mellor-Crummey and M.
// Scott, "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors" (1991), with
// their backoff in proportion to the distance.
#pragma once

#include <atomic>
#include <cstdint>
#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class TicketLock : public BoundedLock<TicketLock> {
 public:
  static constexpr Traits traits{.name = "mutex.ticket",
                                 .updates = Updates::exact,
                                 .on_death = OnDeath::hangs,
                                 .transform = Atomicity::slice,
                                 .runs_in = RunsIn::user,
                                 .spins = true};
  static std::string details() { return "ticket lock, backoff in proportion to the distance"; }

  void init() noexcept {
    next_.store(0);
    serving_.store(0);
    broken_.store(0);
  }
  /// Only when nobody waits, so nobody is overtaken.
  bool try_lock() noexcept {
    const std::uint32_t serving = serving_.load(std::memory_order_acquire);
    std::uint32_t next = serving;
    return next_.compare_exchange_strong(next, serving + 1, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }
  /// @throws LockPoisoned.
  bool wait(std::chrono::nanoseconds limit);
  /// Looks again and again instead of queueing. @throws LockPoisoned.
  bool try_lock_for(std::chrono::nanoseconds limit);
  void unlock() noexcept {
    // Only the holder writes it.
    serving_.store(serving_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

 private:
  void refuse_if_broken() const;

  std::atomic<std::uint32_t> next_, serving_;  // wrap around
  std::atomic<std::uint32_t> broken_;          // a ticket has been given up
};

using Ticket = MemoryBackend<GuardedPolicy<TicketLock>>;
static_assert(Backend<Ticket>);

}  // namespace share::mutex
