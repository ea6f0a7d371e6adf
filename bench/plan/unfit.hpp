// Which cells of a sweep no trial can be made of, and why. Pure.
#pragma once

#include <string>

#include "bench/plan/cell.hpp"

namespace sharebench {

/// A line for whoever wonders where the cell is; empty for one that can be measured. Its backend
/// must have its workload.
std::string why_unfit(const Cell& cell);

}  // namespace sharebench
