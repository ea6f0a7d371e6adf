// Trial records made by hand, for tests of what is computed from them.
#pragma once

#include <string>
#include <vector>

#include "bench/output/cell_summary.hpp"

namespace sharebench::test {

inline Cell increment(const std::string& backend, std::uint32_t procs = 2) {
  return {"increment", backend, procs, 0, 0, Measure::throughput};
}

/// A valid trial at so many nanoseconds an operation.
inline TrialRecord trial(const Cell& cell, std::uint32_t block, double ns) {
  TrialResult r;
  r.rate = 1e9 / ns;
  r.operations = 1'000'000;
  r.all_operations = 1'100'000;
  r.overlap = 0.99;
  r.fairness = 0.9;
  r.cpu_workers_seconds = ns * 1e-9 * 1e6 * cell.procs;
  r.steady = true;
  TrialRecord record;
  record.stage = "ranked";
  record.block = block;
  record.cell = cell;
  record.result = r;
  record.seconds = 0.2;
  return record;
}

inline Plan plan_of(const std::vector<Cell>& cells, bool ranked = true) {
  Stage stage;
  stage.name = "ranked";
  stage.ranked = ranked;
  return {{{stage, cells}}, {}};
}

/// Nine blocks at base, base + 1 %, ... for each cell.
inline std::vector<TrialRecord> nine_blocks(const std::vector<std::pair<Cell, double>>& bases) {
  std::vector<TrialRecord> records;
  for (std::uint32_t block = 0; block < 9; ++block)
    for (const auto& [cell, ns] : bases)
      records.push_back(trial(cell, block, ns * (1 + 0.01 * block)));
  return records;
}

}  // namespace sharebench::test
