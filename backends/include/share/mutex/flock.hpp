// mutex.flock: values and arrays guarded by a lock of the kernel on one byte of the file that the
// memory is. Exact. Fairness: none; who waits looks again after 50 us, later every millisecond.
// Beyond the core count: well, waiters sleep. At death: the kernel gives the lock of a dead process
// back at once; the next one is not told. Each thread has the file open once for each of the last
// locks it used: a lock belongs to an open file description, which fork copies, so a child closes
// what it inherited (if the fork was glibc's). Not flock(2) itself: that locks whole files, and by
// it named objects know who has them open. The memory must be of a file that this process has open,
// as that of all objects of this library is. Source: fcntl(2), "Open file description locks".
#pragma once

#include <atomic>
#include <cstdint>
#include <share/mutex/bounded_lock.hpp>
#include <share/mutex/guarded.hpp>

namespace share::mutex {

class FileLock : public BoundedLock<FileLock> {
 public:
  static constexpr Traits traits{"mutex.flock", Updates::exact, OnDeath::recovers, Atomicity::slice,
                                 RunsIn::user};
  static std::string details() { return "open file description lock on a byte (fcntl)"; }

  /// @throws SystemError.
  void init();
  /// @throws SystemError, the first time of a thread: EMFILE, or EBADF when no descriptor of this
  /// process is that of the memory.
  bool try_lock();
  bool wait(std::chrono::nanoseconds limit);
  void unlock() noexcept;

 private:
  // The kernel's lock orders nothing in the language's sense.
  std::atomic<std::uint32_t> order_;
  std::uint64_t number_;  // random: what a thread finds its open file by, wherever this is mapped
};

using Flock = MemoryBackend<GuardedPolicy<FileLock>>;
static_assert(Backend<Flock>);

}  // namespace share::mutex
