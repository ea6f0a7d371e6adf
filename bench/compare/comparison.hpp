// Comparison of two finished runs, cell by cell, block by block. Pure. The runs were made one after
// the other, so what the machine did in between is part of every difference; `gate` is the command
// that measures both at once.
#pragma once

#include <string>
#include <vector>

#include "bench/compare/change.hpp"
#include "bench/compare/results_file.hpp"

namespace sharebench {

struct CompareSettings {
  double threshold = 0.05;     ///< smaller slowdowns are none
  bool cross_machine = false;  ///< compare the ratios to each cell's own floor instead of times
};

struct RunComparison {
  std::vector<Change> changes;
  std::vector<std::string> remarks;
  bool regression = false;
  bool promise_broken = false;  ///< in the new run
};

/// @throws ResultsError when the machines differ and cross_machine is not set, or no cell is
/// common.
RunComparison compare_runs(const ResultsFile& base, const ResultsFile& fresh,
                           const CompareSettings& settings);

}  // namespace sharebench
