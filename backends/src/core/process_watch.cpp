#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <sstream>
#include <string>

namespace share {

std::optional<std::uint64_t> process_start_time(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The second field is the command in parentheses and may contain anything, parentheses too.
  const std::size_t command_end = line.rfind(')');
  if (command_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(command_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  std::uint64_t start = 0;
  if (!(fields >> start)) return std::nullopt;
  return start;
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
