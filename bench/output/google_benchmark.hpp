// Google Benchmark as the front end, in the one way that gives blocks: the cells of a block are
// registered in its order, run once each with manual time, reported to a reporter of ours and
// cleared. The only place that knows Google Benchmark's runner (command_primitives.cpp has the
// in-process suite).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/plan/cell.hpp"

namespace sharebench {

/// Seconds an operation for a trial that ran; an error message for one that did not.
struct BlockOutcome {
  double seconds_per_operation = 0;
  std::string error;
};

/// Called once, before the first block.
void start_google_benchmark(const std::string& executable);

/// Runs the cells in the given order. `run` carries out one; `stop` is asked before each.
void run_block(const std::vector<Cell>& cells, const std::function<BlockOutcome(const Cell&)>& run,
               const std::function<bool()>& stop);

}  // namespace sharebench
