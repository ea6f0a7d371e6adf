// mutex.mcs: values and arrays guarded by a queue lock in which each waiter looks at a line of its
// own. Exact. Fairness: first come, first served. Beyond the core count: badly, like every fair
// lock that spins; waiters give way with sched_yield(2) after 2 us. At death: a holder keeps it,
// and so does a waiter that dies when its turn comes: the others time out. One that times out
// leaves the queue and harms nobody. Nodes are numbered places in the lock itself, because a
// process cannot follow another's pointers: 63 may hold and wait at a time, others wait for a
// place, and one that is killed in the few instructions around its turn takes its place with it for
// ever. Sources: J. Mellor-Crummey and M. Scott (1991, see ticket.hpp); leaving: M. Scott,
// "Non-blocking Timeout in Scalable Queue-based Spin Locks" (2002), in a simple form: the one who
// unlocks passes by who left.
#pragma once

#include <atomic>
#include <cstdint>
#include <share/core/cache_line.hpp>
#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class McsLock : public BoundedLock<McsLock> {
 public:
  static constexpr Traits traits{.name = "mutex.mcs",
                                 .updates = Updates::exact,
                                 .on_death = OnDeath::hangs,
                                 .transform = Atomicity::slice,
                                 .runs_in = RunsIn::user,
                                 .spins = true};
  static std::string details() { return "MCS queue lock, 63 places, waiters may leave"; }
  static constexpr std::uint32_t kPlaces = 63;

  void init() noexcept;
  /// Only when nobody waits, so nobody is overtaken.
  bool try_lock() noexcept;
  bool wait(std::chrono::nanoseconds limit) noexcept;
  void unlock() noexcept;

 private:
  enum State : std::uint32_t { waiting, granted, left };
  static constexpr std::uint32_t kHandedOver = UINT32_MAX;  // in `next`
  struct alignas(kCacheLine) Node {
    std::atomic<std::uint32_t> taken, next, state;
  };
  Node& node(std::uint32_t place) noexcept { return nodes_[place - 1]; }
  std::uint32_t take_place() noexcept;
  bool pass_to_next(std::uint32_t& place) noexcept;

  // Places are counted from 1; 0 is none.
  alignas(kCacheLine) std::atomic<std::uint32_t> tail_;
  std::uint32_t holder_;  // the holder's own
  Node nodes_[kPlaces];
};

using Mcs = MemoryBackend<GuardedPolicy<McsLock>>;
static_assert(Backend<Mcs>);

}  // namespace share::mutex
