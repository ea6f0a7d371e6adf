// RobustMutex: a POSIX robust process-shared mutex, the library's default lock. Lives in shared
// memory (init once, never copied or moved). When its holder dies, the next owner gets the lock
// after about 0.1 ms, is told so, and the count of such recoveries stays readable; what the holder
// was writing may be half written. A holder that is stopped, not dead, keeps the lock: lock() gives
// up after a deadline on CLOCK_MONOTONIC. Not recursive. Waiters look again for some microseconds
// and then sleep in the kernel, so it stays usable with more processes than cores; whoever comes
// first gets it, but one who has slept for a millisecond starves, and newcomers wait behind it.
// Unmapping the memory while holding the lock hangs the waiters. Sources:
// pthread_mutex_consistent(3), pthread_mutexattr_setrobust(3), POSIX.1-2008; the turn of the
// starving: Go's sync.Mutex.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <share/core/deadline.hpp>
#include <share/core/thread_identity.hpp>
#include <share/mutex/acquired.hpp>

namespace share::mutex {

class RobustMutex {
 public:
  /// How long lock() waits before it throws TimedOut.
  static constexpr std::chrono::seconds kDefaultLimit{10};

  using Acquired = mutex::Acquired;

  /// @throws SystemError.
  void init();

  /// @throws TimedOut that says who holds it (also when the caller does), LockPoisoned,
  /// SystemError.
  Acquired lock() {
    if (starving_.load(std::memory_order_relaxed) != 0) [[unlikely]]
      step_aside(Deadline::never());
    // The first try needs no deadline, hence no clock: uncontended, it costs what a bare one does.
    const int error = pthread_mutex_trylock(&mutex_);
    if (error != 0) [[unlikely]]
      return lock_after(error);
    return held(Acquired::cleanly);
  }
  /// False when it was not free in time. @throws LockPoisoned, SystemError.
  bool try_lock_for(std::chrono::nanoseconds limit);
  /// @throws as lock(), TimedOut after `limit`.
  Acquired lock_for(std::chrono::nanoseconds limit) {
    const Deadline deadline = Deadline::after(limit);
    if (starving_.load(std::memory_order_relaxed) != 0) step_aside(deadline);
    return lock_until(deadline, limit);
  }
  /// False if it is held; a lock left by a dead holder is taken.
  bool try_lock();
  /// As try_lock(), but also false when somebody starves for it: for who can wait then.
  bool try_lock_in_turn() {
    return (starving_.load(std::memory_order_relaxed) == 0 || !somebody_starves()) && try_lock();
  }
  /// Whether the calling thread holds it.
  bool is_held_here() const noexcept {
    return holder_.load(std::memory_order_relaxed) == own_identity();
  }
  /// Of one that is not held here, by a child of the holder perhaps: nothing.
  void unlock() noexcept {
    if (!is_held_here()) [[unlikely]]
      return;
    holder_.store(0, std::memory_order_relaxed);
    pthread_mutex_unlock(&mutex_);
  }

  /// How often a dead holder's lock was taken over; read it while holding the lock.
  std::uint64_t recoveries() const noexcept { return recoveries_; }
  /// The thread that died last while it held the lock; read it while holding the lock. 0: nobody,
  /// or it died in the moment of taking or giving back.
  pid_t died() const noexcept { return thread_of(died_); }
  /// The thread that holds it; 0: nobody, or it is being taken or given back.
  pid_t holder() const noexcept { return thread_of(holder_.load(std::memory_order_relaxed)); }
  pthread_mutex_t* native_handle() noexcept { return &mutex_; }

 private:
  /// Of what the caller has just acquired.
  Acquired held(Acquired how) noexcept {
    holder_.store(own_identity(), std::memory_order_relaxed);
    return how;
  }
  Acquired lock_after(int try_error);
  int spin() noexcept;
  Acquired lock_until(const Deadline& deadline, std::chrono::nanoseconds limit);
  int wait_starving(const Deadline& deadline);
  void step_aside(const Deadline& deadline) noexcept;
  bool somebody_starves() noexcept;
  Acquired take_over();
  pthread_mutex_t mutex_;
  std::atomic<ThreadIdentity> holder_;
  ThreadIdentity died_;
  std::uint64_t recoveries_;
  std::atomic<std::uint32_t> poisoned_;  // see lock_after()
  std::atomic<std::uint32_t> starving_;  // a futex: when somebody said so, in ms; 0: nobody starves
};

}  // namespace share::mutex
