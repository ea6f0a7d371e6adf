#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/futex.hpp>

namespace share {

bool futex_wait(const std::uint32_t* word, std::uint32_t seen, const Deadline& deadline) {
  const timespec until = deadline.time_point();
  // FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, FUTEX_WAIT a relative one.
  const long rc = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, seen,
                          deadline.is_never() ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
  return !(rc == -1 && errno == ETIMEDOUT);
}

int futex_wake(const std::uint32_t* word, int count) {
  return static_cast<int>(syscall(SYS_futex, word, FUTEX_WAKE, count, nullptr, nullptr, 0));
}

}  // namespace share
