// Exports: the same results in the words of other tools. Pure; each returns the whole text.
//   csv          tidy: one row a trial that counts, one column a figure (RFC 4180)
//   junit        one test case a cell: a broken promise or a failed trial is a failure
//   openmetrics  gauges, for a text file collector or a push gateway (OpenMetrics 1.0)
//   bencher      Bencher Metric Format: measures `latency` and `throughput` with their bounds
//   github       github-action-benchmark, customSmallerIsBetter: value, unit, range
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/output/cell_summary.hpp"

namespace sharebench {

using Exporter = std::string (*)(const RunFacts&, const std::vector<TrialRecord>&,
                                 const std::vector<CellSummary>&);

/// By the name after `--export-`.
const std::vector<std::pair<std::string, Exporter>>& exporters();

}  // namespace sharebench
