// What a worker does in phase run: batches of operations, a look at the epoch between them, a
// sample at each new epoch.
#pragma once

#include <cstdint>

#include "bench/trial/control_area.hpp"
#include "bench/workloads/task.hpp"

namespace sharebench {

/// Returns when the epoch says stop. Throws what the backend throws.
void run_epochs(ControlHeader& header, WorkerSlot& slot, Task& task, std::uint32_t worker);

/// Tells the coordinator to look at the slots.
void notify_coordinator(const ControlHeader& header);

}  // namespace sharebench
