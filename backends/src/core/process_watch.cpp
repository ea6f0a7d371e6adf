#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/core/proc_stat.hpp>
#include <share/core/process_watch.hpp>
#include <string>

namespace share {

std::optional<std::uint64_t> process_start_time(pid_t pid) {
  const auto found = proc_stat(pid);
  return found ? std::optional(found->start_time) : std::nullopt;
}

// By syscall number, because glibc has no wrappers for these before 2.36.
ProcessWatch ProcessWatch::of(pid_t pid) {
  const long pidfd = ::syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) throw SystemError("pidfd_open", "process " + std::to_string(pid), errno);
  return ProcessWatch(static_cast<int>(pidfd));
}

bool ProcessWatch::ends_within(std::chrono::milliseconds limit) const noexcept {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  pollfd watched{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  for (auto left = limit;;) {
    const int found = ::poll(&watched, 1, static_cast<int>(left.count()));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
    left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) left = std::chrono::milliseconds(0);
  }
}

void ProcessWatch::send(int signal) const noexcept {
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

}  // namespace share
