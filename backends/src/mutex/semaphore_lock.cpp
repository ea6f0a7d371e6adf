#include <algorithm>
#include <cerrno>
#include <share/core/deadline.hpp>
#include <share/core/futex.hpp>
#include <share/mutex/semaphore.hpp>

namespace share::mutex {

void SemaphoreLock::init() {
  if (sem_init(&semaphore_, 1, 1) != 0) throw SystemError("sem_init", traits.name, errno);
}

bool SemaphoreLock::wait(std::chrono::nanoseconds limit) {
  const Deadline deadline = Deadline::after(limit);
  for (;;) {
    const timespec until = std::min(deadline, Deadline::after(kLookAgain)).time_point();
    if (sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until) == 0) return true;
    if (errno != ETIMEDOUT && errno != EINTR)
      throw SystemError("sem_clockwait", traits.name, errno);
    if (try_lock()) return true;  // it does not look once more itself
    if (deadline.passed()) return false;
  }
}

}  // namespace share::mutex
