// From a control area after the run to a TrialResult, not yet judged: pure, no clock, no process.
#pragma once

#include "bench/registry/registry.hpp"
#include "bench/trial/control_area.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {

/// @param worker_cpu_seconds in the window, as the coordinator saw it: taken for workers that
/// waited inside a call at its edges and could not look themselves.
TrialResult evaluate(const ControlArea& area, const Cell& cell, const BackendInfo& backend,
                     const std::vector<double>& worker_cpu_seconds);

}  // namespace sharebench
