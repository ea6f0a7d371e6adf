// What the kernel says about a process or a thread at this moment (/proc/<id>/stat).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace share {

struct ProcStat {
  std::string program;       ///< at most 15 characters, so nothing is allocated
  char state;                ///< a letter as ps(1) shows it: R, S, D, T, t, Z, X
  std::uint64_t start_time;  ///< clock ticks after boot

  /// Has ended, reaped or not. A process whose first thread has ended but others not is none.
  bool ended() const noexcept { return state == 'Z' || state == 'X'; }
  bool stopped() const noexcept { return state == 'T' || state == 't'; }
};

/// Empty when there is none of this id, or it cannot be seen.
std::optional<ProcStat> proc_stat(pid_t id) noexcept;

}  // namespace share
