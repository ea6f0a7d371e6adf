// How much memory a new anonymous segment may take, so that a segment that does not fit is refused
// before anything is mapped instead of dying of SIGBUS or the OOM killer. Reads /proc and /sys
// only.
#pragma once

#include <cstddef>
#include <string>

namespace share {

struct MemoryLimit {
  std::size_t bytes;
  std::string
      by;  ///< "MemAvailable", "cgroup v2 memory.max", "cgroup v1 memory.limit_in_bytes", ...
};

/// The tightest of MemAvailable, the cgroup limits (v1 and v2, all ancestors) and RLIMIT_FSIZE.
/// @param root prefix of /proc and /sys, for tests.
MemoryLimit free_memory(const std::string& root = "");

/// @throws NotEnoughMemory naming `object` if `bytes` do not fit.
void require_memory(const std::string& object, std::size_t bytes);

}  // namespace share
