// mutex.pthread: values and arrays guarded by a plain process-shared POSIX mutex, what most
// programs use. Exact. Fairness: none. Beyond the core count: well, waiters sleep at once. At
// death: a holder keeps it, and the others time out; a waiter leaves nothing behind. Source:
// pthread_mutexattr_setpshared(3), POSIX.1-2008.
#pragma once

#include <pthread.h>

#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class PlainMutex : public BoundedLock<PlainMutex> {
 public:
  static constexpr Traits traits{"mutex.pthread", Updates::exact, OnDeath::hangs, Atomicity::slice,
                                 RunsIn::user};
  static std::string details() { return "POSIX process-shared mutex, not robust"; }

  /// @throws SystemError.
  void init();
  bool try_lock() noexcept { return pthread_mutex_trylock(&mutex_) == 0; }
  /// @throws SystemError.
  bool wait(std::chrono::nanoseconds limit);
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_;
};

using Pthread = MemoryBackend<GuardedPolicy<PlainMutex>>;
static_assert(Backend<Pthread>);

}  // namespace share::mutex
