// From a control area after the run to a TrialResult: pure, no clock, no process.
#pragma once

#include "bench/registry/registry.hpp"
#include "bench/trial/control_area.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {

TrialResult evaluate(const ControlArea& area, const Cell& cell, const BackendInfo& backend,
                     bool oversubscribed);

}  // namespace sharebench
