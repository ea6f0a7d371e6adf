#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <share/core/child_process.hpp>
#include <share/core/error.hpp>

namespace share {
namespace {

constexpr int kCannotExecute = 127;  // as shells report it

/// Runs in the child between fork and exec: system calls only, no allocation.
[[noreturn]] void become(const ChildProcess::Options& options, char* const* arguments,
                         const std::vector<int>& keep, pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(kCannotExecute);
  signal(SIGINT, SIG_IGN);
  setpgid(0, 0);  // signals to the starter's group (Ctrl-C, timeout(1)) are the starter's to answer
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(static_cast<std::size_t>(*options.cpu), &cpus);
    if (sched_setaffinity(0, sizeof cpus, &cpus) != 0) _exit(kCannotExecute);
  }
  unsigned first = 3;  // `keep` is sorted: close the gaps between its members
  for (const int fd : keep) {
    const auto kept = static_cast<unsigned>(fd);
    if (kept > first) close_range(first, kept - 1, 0);
    fcntl(fd, F_SETFD, 0);
    first = std::max(first, kept + 1);
  }
  close_range(first, ~0u, 0);
  execv(arguments[0], arguments);
  _exit(kCannotExecute);
}

}  // namespace

bool ChildProcess::Exit::clean() const noexcept {
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string ChildProcess::Exit::describe() const {
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit {}", WEXITSTATUS(status));
}

ChildProcess ChildProcess::start(const Options& options) {
  if (options.command.empty()) throw Error("ChildProcess::start: the command is empty");
  std::vector<char*> arguments;
  for (const std::string& word : options.command)
    arguments.push_back(const_cast<char*>(word.c_str()));  // execv does not write to them
  arguments.push_back(nullptr);
  std::vector<int> keep = options.inherit;
  std::sort(keep.begin(), keep.end());

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == -1) throw SystemError("fork", options.command.front(), errno);
  if (pid == 0) become(options, arguments.data(), keep, parent);

  Descriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  ChildProcess child(pid, std::move(pidfd));  // from here on its destructor reaps
  if (!child.pidfd_) throw SystemError("pidfd_open", options.command.front(), errno);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)), exit_(other.exit_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0 && !exit_) kill_and_wait();
}

std::optional<ChildProcess::Exit> ChildProcess::wait(const Deadline& deadline) {
  while (!exit_) {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    const int ready = poll(&ended, 1, deadline.poll_timeout());
    if (ready == 0) return std::nullopt;
    if (ready == -1) {
      if (errno != EINTR) throw SystemError("poll", "pidfd", errno);
      continue;
    }
    Exit end{};
    while (wait4(pid_, &end.status, 0, &end.usage) == -1)
      if (errno != EINTR) throw SystemError("wait4", std::to_string(pid_), errno);
    exit_ = end;
  }
  return exit_;
}

void ChildProcess::kill(int signal) noexcept {
  if (pid_ > 0 && !exit_) ::kill(pid_, signal);
}

ChildProcess::Exit ChildProcess::kill_and_wait() {
  kill(SIGKILL);
  while (!exit_) {  // not through the pidfd: it is missing if pidfd_open failed
    Exit end{};
    if (wait4(pid_, &end.status, 0, &end.usage) == pid_)
      exit_ = end;
    else if (errno != EINTR)
      exit_ = Exit{};  // reaped by somebody else: nothing more to know
  }
  return *exit_;
}

}  // namespace share
