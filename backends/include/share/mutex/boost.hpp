// mutex.boost: values and arrays guarded by a Boost.Interprocess interprocess_mutex each. Exact.
// What a death inside an update does depends on Boost's version: before 1.78 the mutex is a plain
// process-shared one and everybody else waits for ever; from 1.78 it is compiled robust, but never
// made consistent, so every later lock() throws boost::interprocess::interprocess_exception. lock()
// has no deadline (Boost's timed_lock follows the wall clock).
#pragma once

#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/version.hpp>
#include <new>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

inline constexpr bool kBoostMutexIsRobust = BOOST_VERSION >= 107800;

class BoostLock {
 public:
  static constexpr Traits traits{"mutex.boost", Updates::exact,
                                 kBoostMutexIsRobust ? OnDeath::poisons : OnDeath::hangs,
                                 Atomicity::slice, RunsIn::user};
  static std::string details() {
    return "Boost " + std::to_string(BOOST_VERSION / 100000) + "." +
           std::to_string(BOOST_VERSION / 100 % 1000) + " interprocess_mutex, " +
           (kBoostMutexIsRobust ? "robust but never made consistent" : "not robust");
  }

  void init() {}  // the constructor did it
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  boost::interprocess::interprocess_mutex mutex_;
};

using Boost = MemoryBackend<GuardedPolicy<BoostLock>>;
static_assert(Backend<Boost>);

}  // namespace share::mutex
