// Calibration of a planted slowdown: how much work makes a cell slower by a stated share.
#pragma once

#include <functional>

#include "bench/gate/gate.hpp"

namespace sharebench::gate {

/// Shares that are planted: what a gate is expected to see in a cell of the class.
double stated_share(CellClass c);

/// Looks for the units by trials in pairs, with and without. In a contended cell the work stands
/// inside the update, since work outside can raise the rate; elsewhere beside the call.
/// @param time nanoseconds an operation with so much work. @throws TrialFailed.
Plant calibrate_plant(const GatedCell& gated, const std::function<double(const Plant&)>& time);

}  // namespace sharebench::gate
