#include <fmt/format.h>

#include <share/manager/coordination.hpp>

#include "ownership.hpp"

namespace share::manager {

void RemoteOwnership::lock() {
  const std::chrono::nanoseconds limit = timeout();
  if (try_lock_for(limit)) return;
  const std::int64_t pid = holder_pid();
  throw TimedOut(pid == 0 ? fmt::format("lock {}", name_)
                          : fmt::format("lock {}, held by process {}", name_, pid),
                 limit);
}

void RemoteOwnership::unlock() noexcept {
  try {
    release();
  } catch (const RemoteError&) {
    // A guard's destructor can do nothing about it; the next call of this connection tells.
  }
}

bool RemoteOwnership::try_lock_for(std::chrono::nanoseconds limit) {
  return acquired(wait_in("acquire", {}, limit));
}

bool RemoteOwnership::acquired(const Datum& bits) {
  const std::int64_t answer = bits.get<std::int64_t>();
  owner_died_ = (answer & kOwnerDied) != 0;
  return (answer & kAcquired) != 0;
}

std::int64_t RemoteOwnership::holder_pid() const {
  const Datum pid = call("holder");
  return pid.is_null() ? 0 : pid.get<std::int64_t>();
}

void RemoteSemaphore::acquire() {
  const std::chrono::nanoseconds limit = timeout();
  if (!try_acquire_for(limit)) throw TimedOut(fmt::format("semaphore {}", name_), limit);
}

}  // namespace share::manager
