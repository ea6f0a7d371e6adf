// Tells whether another process has ended, by a pidfd, which a reused process id cannot deceive.
// Each watch belongs to one process; watching does not influence the watched one and reaps nothing.
// The functions that open throw SystemError.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <share/core/descriptor.hpp>

namespace share {

/// Clock ticks after boot at which the process started (field 22 of /proc/<pid>/stat): together
/// with the process id it names a process for as long as the machine runs. Empty when there is no
/// such process.
std::optional<std::uint64_t> process_start_time(pid_t pid);

class ProcessWatch {
 public:
  /// Watches the process that has this id now; throws SystemError (ESRCH) when there is none.
  static ProcessWatch of(pid_t pid);

  /// True once the process has ended, reaped or not.
  bool ended() const noexcept { return ends_within(std::chrono::milliseconds(0)); }
  bool ends_within(std::chrono::milliseconds limit) const noexcept;
  /// Sends a signal to exactly this process; does nothing when it has been reaped.
  void send(int signal) const noexcept;
  int descriptor() const noexcept { return pidfd_.get(); }

 private:
  explicit ProcessWatch(int pidfd) noexcept : pidfd_(pidfd) {}

  Descriptor pidfd_;
};

}  // namespace share
