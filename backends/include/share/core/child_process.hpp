// ChildProcess: a process started by exec that cannot outlive its starter. The child gets SIGKILL
// when the thread that started it ends (PR_SET_PDEATHSIG, re-checked against a parent that died
// before), inherits only the descriptors named, has a process group of its own and ignores SIGINT
// (the starter decides what an interrupt means) and leaves no core files. The object owns the
// process: its destructor kills and reaps. Movable. Sources: prctl(2), pidfd_open(2),
// close_range(2).
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <share/core/deadline.hpp>
#include <share/core/descriptor.hpp>
#include <string>
#include <vector>

namespace share {

class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  ///< program and arguments; the program is a path
    std::vector<int> inherit;          ///< descriptors kept open under the same numbers
    std::optional<int> cpu;            ///< run on this CPU only
  };

  /// How a child ended.
  struct Exit {
    int status;    ///< as of waitpid(2)
    rusage usage;  ///< CPU time and switches of its whole life
    bool clean() const noexcept;
    std::string describe() const;  ///< "exit 3", "killed by signal 9 (Killed)"
  };

  /// @throws SystemError; a program that cannot be executed shows as exit 127.
  static ChildProcess start(const Options& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const noexcept { return pid_; }
  /// Readable (poll) once the child has ended.
  int pidfd() const noexcept { return pidfd_.get(); }

  /// Reaps if it has ended by the deadline.
  std::optional<Exit> wait(const Deadline& deadline);
  void kill(int signal) noexcept;
  /// SIGKILL and reap.
  Exit kill_and_wait();

 private:
  ChildProcess(pid_t pid, Descriptor pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_;
  Descriptor pidfd_;
  std::optional<Exit> exit_;
};

}  // namespace share
