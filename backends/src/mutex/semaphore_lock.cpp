#include <cerrno>
#include <share/core/deadline.hpp>
#include <share/mutex/semaphore.hpp>

namespace share::mutex {

void SemaphoreLock::init() {
  if (sem_init(&semaphore_, 1, 1) != 0) throw SystemError("sem_init", traits.name, errno);
}

bool SemaphoreLock::wait(std::chrono::nanoseconds limit) {
  const timespec until = Deadline::after(limit).time_point();
  while (sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until) != 0) {
    if (errno == ETIMEDOUT) return false;
    if (errno != EINTR) throw SystemError("sem_clockwait", traits.name, errno);
  }
  return true;
}

}  // namespace share::mutex
