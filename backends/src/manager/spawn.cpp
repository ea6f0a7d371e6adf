#include "spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <limits>
#include <share/core/error.hpp>

#include "startup_report.hpp"

namespace share::manager {
namespace {

constexpr int kExecFailed = 127;  // as shells have it

// A lock that another thread holds at the fork stays locked in the child for ever, malloc's and
// ZeroMQ's included, so only a child that goes on to exec may have such a parent.
void refuse_threads() {
#if !defined(__SANITIZE_THREAD__)  // the thread sanitizer has a thread of its own
  const auto threads = std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  if (threads > 1) {
    throw Error(
        fmt::format("cannot fork a manager server from a process with {} threads: start it before "
                    "other threads (and ZeroMQ contexts), or set server_command to a program that "
                    "calls share::manager::serve_from_arguments",
                    threads));
  }
#endif
}

// All signals are blocked while it exists, so that no handler of the parent runs in the child.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// From here on, in the child: only calls that are safe after a fork in a process with threads.

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &action, nullptr);
  ::setpgid(0, 0);  // a signal to the owner's group is the owner's to answer
}

void close_others(const ServerOptions& options) {
  const auto low = static_cast<unsigned>(std::min(options.control, options.owner));
  const auto high = static_cast<unsigned>(std::max(options.control, options.owner));
  const auto close = [](unsigned first, unsigned last) {
    if (first <= last) ::syscall(SYS_close_range, first, last, 0U);
  };
  close(STDERR_FILENO + 1, low - 1);
  close(low + 1, high - 1);
  close(high + 1, std::numeric_limits<unsigned>::max());
}

void prepare_child(const ServerOptions& options) {
  reset_signals();
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  close_others(options);
}

[[noreturn]] void become(char* const* command, const ServerOptions& options,
                         msgpack::Writer& report) {
  ::fcntl(options.control, F_SETFD, 0);
  ::fcntl(options.owner, F_SETFD, 0);
  ::execvp(command[0], command);
  write_report(report, StartupReport::Kind::system_error, errno, "execvp");
  [[maybe_unused]] const ssize_t sent =
      ::send(options.control, report.bytes().data(), report.size(), MSG_NOSIGNAL);
  ::_exit(kExecFailed);
}

}  // namespace

pid_t spawn_server(const std::vector<std::string>& command, const ServerOptions& options) {
  // Everything that allocates happens before the fork.
  std::vector<std::string> words = command;
  std::ranges::move(to_arguments(options), std::back_inserter(words));
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  msgpack::Writer report;
  if (command.empty()) refuse_threads();

  const SignalsBlocked blocked;
  const pid_t child = ::fork();
  if (child < 0) throw SystemError("fork", "a manager server", errno);
  if (child > 0) return child;
  prepare_child(options);
  if (command.empty()) ::_exit(serve(options));
  become(pointers.data(), options, report);
}

}  // namespace share::manager
