#include <algorithm>
#include <cerrno>
#include <share/core/deadline.hpp>
#include <share/core/futex.hpp>
#include <share/mutex/pthread.hpp>

#include "pthread_mutex.hpp"

namespace share::mutex {
void PlainMutex::init() { init_pthread_mutex(mutex_, PTHREAD_MUTEX_STALLED, traits.name); }

bool PlainMutex::wait(std::chrono::nanoseconds limit) {
  const Deadline deadline = Deadline::after(limit);
  int error = ETIMEDOUT;
  for (bool last = false; error == ETIMEDOUT && !last;) {
    last = deadline.passed();
    const timespec until = std::min(deadline, Deadline::after(kLookAgain)).time_point();
    error = pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
  }
  if (error == ETIMEDOUT) return false;
  check_pthread("pthread_mutex_clocklock", traits.name, error);
  TELL_SANITIZER_LOCKED(&mutex_);
  return true;
}

}  // namespace share::mutex
