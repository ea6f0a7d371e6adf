// mutex.futex.robust: values and arrays guarded by a futex mutex whose word says who holds it, so
// that a waiter can see that the holder has ended. Exact. Fairness: none, as FutexLock. Beyond the
// core count: well, waiters sleep. At death: a waiter looks every 2 ms whether the holder lives and
// takes the lock of one that does not; the next owner is told, as by RobustMutex. A thread that
// ends inside a living process is noticed as well, and unmapping the memory while holding the lock
// harms nobody. A waiter that dies leaves nothing behind. No robust list: there is one a thread,
// and it is glibc's. All users must be of one PID and time namespace. A holder that calls exec
// keeps the lock until its process ends. Model of it: tests/model/robust_futex.pml. Sources:
// U. Drepper, "Futexes Are Tricky" (2011), the third of its mutexes; the word is that of
// "robust-futex-ABI.txt" of the Linux kernel, with the time of the start in place of the list.
#pragma once

#include <atomic>
#include <share/core/thread_identity.hpp>
#include <share/mutex/acquired.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class RobustFutexLock {
 public:
  static constexpr Traits traits{"mutex.futex.robust", Updates::exact, OnDeath::recovers,
                                 Atomicity::slice, RunsIn::user};
  static std::string details() { return "futex mutex that looks every 2 ms for a dead holder"; }
  /// How long lock() waits before it throws TimedOut.
  static constexpr std::chrono::seconds kDefaultLimit{10};

  void init() noexcept {
    word_.store(kFree);
    died_ = 0;
    recoveries_ = 0;
  }

  /// @throws TimedOut that says who holds it (also when the caller does).
  Acquired lock() {
    if (try_lock()) [[likely]]
      return Acquired::cleanly;
    return wait_or_throw(kDefaultLimit);
  }
  /// @throws as lock(), TimedOut after `limit`.
  Acquired lock_for(std::chrono::nanoseconds limit) {
    return try_lock() ? Acquired::cleanly : wait_or_throw(limit);
  }
  /// False if it is held, be it by a dead one: only who waits looks.
  bool try_lock() noexcept {
    std::uint64_t seen = kFree;
    return word_.compare_exchange_strong(seen, own_identity(), std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  /// False when it was not free in time; looks at least once whether the holder lives.
  bool try_lock_for(std::chrono::nanoseconds limit) {
    Acquired how;
    return try_lock() || wait(limit, how);
  }
  /// Whether the calling thread holds it.
  bool is_held_here() const noexcept {
    return (word_.load(std::memory_order_relaxed) & ~kSleepers) == own_identity();
  }
  /// Of one that is not held here, by a child of the holder perhaps: nothing.
  void unlock() noexcept {
    if (!is_held_here()) [[unlikely]]
      return;
    if ((word_.exchange(kFree, std::memory_order_release) & kSleepers) != 0) [[unlikely]]
      wake_one();
  }

  /// How often a dead holder's lock was taken over; read it while holding the lock.
  std::uint64_t recoveries() const noexcept { return recoveries_; }
  /// The thread that died last while it held the lock; read it while holding the lock. 0: nobody.
  pid_t died() const noexcept { return thread_of(died_); }
  /// The thread that holds it at this moment; 0: nobody.
  pid_t holder() const noexcept { return thread_of(word_.load(std::memory_order_relaxed)); }
  /// The half of the word that the kernel compares; 0 while the lock is free.
  std::uint32_t* native_handle() noexcept;

 private:
  static constexpr std::uint64_t kFree = 0;
  static constexpr std::uint64_t kSleepers = std::uint64_t{1} << 31;

  Acquired wait_or_throw(std::chrono::nanoseconds limit);
  bool wait(std::chrono::nanoseconds limit, Acquired& how);
  bool take_from_the_dead(std::uint64_t seen) noexcept;
  void wake_one() noexcept;

  std::atomic<std::uint64_t> word_;  // the holder's identity, and whether somebody may sleep
  ThreadIdentity died_;
  std::uint64_t recoveries_;
};

using RobustFutex = MemoryBackend<GuardedPolicy<RobustFutexLock>>;
static_assert(Backend<RobustFutex>);

}  // namespace share::mutex
