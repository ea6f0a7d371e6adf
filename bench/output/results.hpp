// The result files: from records to the JSON of docs/results-format.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "bench/output/cell_summary.hpp"

namespace sharebench {

/// Everything: one row a cell and block, aggregates, and our own block.
nlohmann::json results_json(const RunFacts& facts, const std::vector<TrialRecord>& records,
                            const std::vector<CellSummary>& cells);
/// Exactly one row a cell, its time the median.
nlohmann::json ci_results_json(const RunFacts& facts, const std::vector<CellSummary>& cells);

/// The parts that stand beside the rows.
nlohmann::json context_json(const RunFacts& facts);
nlohmann::json sharebench_json(const RunFacts& facts, const std::vector<TrialRecord>& records,
                               const std::vector<CellSummary>& cells);

}  // namespace sharebench
