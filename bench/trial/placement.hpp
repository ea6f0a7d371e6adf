// Placement: which CPUs a trial's processes run on. Workers are pinned, servers are not unless
// said.
#pragma once

#include <sys/types.h>

#include <vector>

namespace sharebench {

/// The CPUs this process may use: one thread of each core first, then the siblings. @throws
/// share::SystemError.
std::vector<int> allowed_cpus();

/// Moves every thread that a process has now to one CPU. Threads that end meanwhile are passed
/// over.
/// @throws share::SystemError.
void pin_process(pid_t pid, int cpu);

}  // namespace sharebench
