#include <fmt/format.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
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

ThreadIdentity detail::find_own_identity() noexcept {
  static const bool forks_are_seen =
      ::pthread_atfork(nullptr, nullptr, [] { own_identity = 0; }) == 0;
  const ThreadIdentity found = identity_of(static_cast<pid_t>(::syscall(SYS_gettid)));
  if (forks_are_seen) own_identity = found;
  return found;
}

ThreadIdentity own_process_identity() noexcept { return identity_of(::getpid()); }

bool has_ended(ThreadIdentity identity) noexcept { return look_for(identity) != Found::alive; }
bool is_gone(ThreadIdentity identity) noexcept { return look_for(identity) == Found::nothing; }

std::string describe_thread(pid_t thread) {
  const auto stat = proc_stat(thread);
  if (!stat) return fmt::format("thread {}, which has ended", thread);
  const pid_t process = process_of(thread);
  return fmt::format("thread {} of process {} ({}), {}", thread, process, stat->program,
                     doing(*stat));
}

}  // namespace share
