// The worker's side of a trial: a process that attaches to a control area, follows its phases and
// leaves.
#pragma once

#include <cstdint>

namespace sharebench {

/// Runs worker number `worker` on the control area behind an inherited descriptor; returns the exit
/// status of the process: 0, or 1 after writing the error into its slot.
int run_worker(int control_descriptor, std::uint32_t worker);

}  // namespace sharebench
