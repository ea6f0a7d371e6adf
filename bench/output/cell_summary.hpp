// CellSummary: the trials of one cell condensed, and the comparison of cells that differ in the
// backend only. Pure functions of the records.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/measure/statistics.hpp"
#include "bench/output/record.hpp"

namespace sharebench {

struct CellSummary {
  Cell cell;
  std::string stage;
  bool ranked = true, oversubscribed = false, control = false, promise_kept = true;
  bool no_work = false;  ///< a backend that stores nothing
  std::size_t trials = 0, valid = 0, failed = 0, steady = 0;
  std::map<std::string, int> invalid, noisy, flags;  ///< code to count
  std::optional<Summary> ns;  ///< wall nanoseconds an operation; valid trials
  std::optional<Summary> floor_ratio;
  double cpu_ns = 0, cpu_workers_ns = 0, cpu_server_ns = 0;  ///< medians, an operation
  double overlap_median = 0, overlap_min = 0, fairness_median = 0, fairness_min = 0;
  double switches_per_op = 0;
  std::uint64_t lost = 0, extra = 0, wrong_elements = 0, corrupted = 0, operations = 0;
  std::uint64_t counted_updates = 0;
  std::optional<Histogram> latency;
  bool open_loop = false;
  std::uint64_t clock_cost_ns = 0;
};

/// One summary a cell, in the order of the plan. A promise broken in the latency pass is broken in
/// the throughput pass of the same cell as well: it must not be ranked.
std::vector<CellSummary> summarise_cells(const std::vector<TrialRecord>& records, const Plan& plan,
                                         int cores);

/// The cell of the throughput pass that differs in the pass only.
Cell throughput_twin(Cell cell);

/// Of `square`: each element is read and written. Empty where no bytes move.
std::optional<double> bytes_per_second(const Cell& cell, double operations_a_second);

struct Percentile {
  std::string name;     ///< "p50", "p90", "p99", "p99.9", "max"
  std::string counter;  ///< the same in rows of results: "p50_ns", ..., "p999_ns", "max_ns"
  std::uint64_t ns;
  bool below_resolution;  ///< under ten clock reads: known only to be below that
};
/// Those for which there are samples enough.
std::vector<Percentile> percentiles_of(const CellSummary& latency);

struct ComparisonRow {
  const CellSummary* cell;
  std::optional<int> rank;         ///< ties share one; empty for what is not ranked
  std::optional<double> slowdown;  ///< against the fastest correct one
  std::string verdict;
};
struct Comparison {
  Cell group;                       ///< workload, procs, elements, slice
  std::vector<ComparisonRow> rows;  ///< in the order of the backends
};

/// Throughput cells only.
std::vector<Comparison> compare_backends(const std::vector<CellSummary>& cells);

/// "ok", "promise broken" or "incomplete".
std::string run_verdict(const std::vector<CellSummary>& cells, const RunFacts& facts);

/// Remarks that a reader must see: a control that lost nothing, for one.
std::vector<std::string> remarks(const std::vector<CellSummary>& cells);

}  // namespace sharebench
