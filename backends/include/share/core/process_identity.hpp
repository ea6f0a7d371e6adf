// ProcessIdentity: a process named so that a reused pid is not mistaken for it: pid and start time
// (field 22 of /proc/<pid>/stat, see proc(5)). A plain value.
#pragma once

#include <sys/types.h>

#include <optional>

namespace share {

struct ProcessIdentity {
  pid_t pid;
  unsigned long long start_ticks;  ///< clock ticks after boot

  /// Empty when there is no such process, or only its zombie.
  static std::optional<ProcessIdentity> of(pid_t pid);
  static ProcessIdentity of_self();
  bool alive() const;
};

}  // namespace share
