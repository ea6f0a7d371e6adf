// Placement: which CPUs a trial's processes run on. Workers are pinned, servers are not unless
// said.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sharebench {

/// The CPUs this process may use: one thread of each core first, then the siblings. @throws
/// share::SystemError.
std::vector<int> allowed_cpus();

/// CPUs of the workers 0, 1, ... of a trial; empty where they are not pinned.
/// @param pin "scatter" or empty: cores before siblings; "compact": siblings first, so that few
/// cores are used; "none"; or CPU numbers joined by "+", begun again when there are more workers.
/// @throws share::Error for a CPU that is not allowed.
std::vector<std::optional<int>> worker_cpus(const std::string& pin, std::uint32_t workers);

/// Whether `pin` is one of the words or a list of numbers.
bool is_placement(const std::string& pin);

/// Moves every thread that a process has now to one CPU. Threads that end meanwhile are passed
/// over.
/// @throws share::SystemError.
void pin_process(pid_t pid, int cpu);

}  // namespace sharebench
