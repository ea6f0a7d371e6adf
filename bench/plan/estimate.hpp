// How long a trial will take, as far as that can be said beforehand. Pure.
#pragma once

#include "bench/plan/plan.hpp"

namespace sharebench {

/// Seconds one trial of the cell takes, set-up included; and one block.
double estimate_seconds(const Cell& cell, const Stage& stage, const Timing& timing, int cores);
double estimate_seconds(const PlannedStage& stage, const Timing& timing, int cores);

}  // namespace sharebench
