#include <fmt/format.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <share/core/proc_stat.hpp>
#include <share/core/thread_identity.hpp>

namespace share {
namespace {

pid_t process_of(pid_t thread) {
  std::ifstream status(fmt::format("/proc/{}/status", thread));
  for (std::string key; status >> key;)
    if (pid_t process = 0; key == "Tgid:" && status >> process) return process;
  return 0;
}

// Done as the program starts: in a function it could be half done in the copy that fork makes.
const bool forks_are_seen =
    ::pthread_atfork(nullptr, nullptr, [] { detail::own_identity = 0; }) == 0;

ThreadIdentity identity_of(pid_t thread) noexcept {
  const auto stat = proc_stat(thread);
  return (stat ? stat->start_time << 32 : 0) | static_cast<std::uint32_t>(thread);
}

enum class Found { alive, ended, nothing };

Found look_for(ThreadIdentity identity) noexcept {
  const pid_t thread = thread_of(identity);
  if (::kill(thread, 0) != 0 && errno == ESRCH) return Found::nothing;
  const auto stat = proc_stat(thread);
  if (!stat) return Found::alive;  // it is there, but /proc does not show it to us
  const auto start = static_cast<std::uint32_t>(identity >> 32);
  if (start != 0 && static_cast<std::uint32_t>(stat->start_time) != start) return Found::nothing;
  return stat->ended() ? Found::ended : Found::alive;
}

std::string doing(const ProcStat& stat) {
  if (stat.stopped()) return "which is stopped";
  if (stat.ended()) return "which has ended and was not waited for";
  return stat.state == 'R' ? "which is running" : "which is asleep";
}

}  // namespace

constinit thread_local ThreadIdentity detail::own_identity = 0;

// Noted once, even without a start time: what a lock has been taken with gives it back.
ThreadIdentity detail::find_own_identity() noexcept {
  const ThreadIdentity found = identity_of(static_cast<pid_t>(::syscall(SYS_gettid)));
  if (forks_are_seen) own_identity = found;
  return found;
}

ThreadIdentity own_process_identity() noexcept { return identity_of(::getpid()); }

std::uint64_t own_image() noexcept {
  std::uint64_t random = 0;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): where the kernel has put 16 bytes for the program
  std::memcpy(&random, reinterpret_cast<const void*>(::getauxval(AT_RANDOM)), sizeof random);
  return random;
}

bool has_ended(ThreadIdentity identity) noexcept { return look_for(identity) != Found::alive; }
bool is_gone(ThreadIdentity identity) noexcept { return look_for(identity) == Found::nothing; }

std::string describe_thread(pid_t thread) {
  if (thread == 0) return {};
  const auto stat = proc_stat(thread);
  if (!stat)
    return fmt::format("thread {}, which {}", thread,
                       ::kill(thread, 0) != 0 && errno == ESRCH ? "has ended" : "cannot be seen");
  const pid_t process = process_of(thread);
  return fmt::format("thread {} of process {} ({}), {}", thread, process, stat->program,
                     doing(*stat));
}

}  // namespace share
