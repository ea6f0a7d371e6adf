// mutex.semaphore: values and arrays guarded by a POSIX semaphore with one unit, which is what
// Python's multiprocessing makes its locks of. Exact. Fairness: none. Beyond the core count: well,
// waiters sleep at once. At death: a holder keeps the unit, and the others time out; a waiter
// leaves nothing behind but its place in a count, which makes unlocking a system call from then on.
// Anybody may give the unit back, also one who does not have it. Source: sem_overview(7),
// POSIX.1-2008.
#pragma once

#include <semaphore.h>

#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class SemaphoreLock : public BoundedLock<SemaphoreLock> {
 public:
  static constexpr Traits traits{"mutex.semaphore", Updates::exact, OnDeath::hangs,
                                 Atomicity::slice, RunsIn::user};
  static std::string details() { return "POSIX process-shared semaphore of one unit"; }

  /// @throws SystemError.
  void init();
  bool try_lock() noexcept { return sem_trywait(&semaphore_) == 0; }
  /// @throws SystemError.
  bool wait(std::chrono::nanoseconds limit);
  void unlock() noexcept { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

using Semaphore = MemoryBackend<GuardedPolicy<SemaphoreLock>>;
static_assert(Backend<Semaphore>);

}  // namespace share::mutex
