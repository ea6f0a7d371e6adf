// The rows of `benchmarks`: the part that the readers of Google-Benchmark JSON know.
#include <nlohmann/json.hpp>

#include "bench/output/results.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

constexpr double kBytesPerElement = 16;  // read and written

json base_row(const Cell& cell, std::size_t family, std::size_t repetitions) {
  return {{"name", full_name(cell)},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", full_name(cell)},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"threads", 1},
          {"time_unit", "ns"},
          {"procs", cell.procs}};
}

void add_size(json& row, const Cell& cell, double rate) {
  if (cell.elements == 0) return;
  row["elements"] = cell.elements;
  row["slice"] = cell.slice;
  row["bytes_per_second"] = rate * kBytesPerElement;
}

json trial_row(const TrialRecord& record, std::size_t family, std::size_t repetitions,
               std::size_t index) {
  const TrialResult& r = *record.result;
  const double operations = static_cast<double>(r.operations);
  json row = base_row(record.cell, family, repetitions);
  row["repetition_index"] = index;
  row["block"] = record.block;
  row["iterations"] = r.operations;
  row["real_time"] = r.ns_per_operation();
  row["cpu_time"] = (r.cpu_workers_seconds + r.cpu_server_seconds) * 1e9 / operations;
  row["items_per_second"] = r.rate;
  row["ns_per_op_worker"] = r.ns_per_operation() * record.cell.procs;
  row["cpu_workers_ns"] = r.cpu_workers_seconds * 1e9 / operations;
  row["cpu_server_ns"] = r.cpu_server_seconds * 1e9 / operations;
  row["lost_updates"] = r.lost;
  row["extra_updates"] = r.extra;
  row["wrong_elements"] = r.wrong_elements;
  row["corrupted"] = r.corrupted;
  row["fairness_jain"] = r.fairness;
  row["overlap"] = r.overlap;
  std::uint64_t switches = 0;
  for (const WorkerResult& w : r.workers) switches += w.context_switches;
  row["ctx_switches_per_op"] = static_cast<double>(switches) / operations;
  add_size(row, record.cell, r.rate);
  if (r.floor_ratio) row["of_floor"] = *r.floor_ratio;
  return row;
}

/// cpu_time may be zero only in theory (a worker that never ran has no valid trial).
json aggregate_row(const CellSummary& s, std::size_t family, const char* name, double real,
                   double cpu, bool percentage) {
  json row = base_row(s.cell, family, s.valid);
  row["name"] = full_name(s.cell) + "_" + name;
  row["run_type"] = "aggregate";
  row["aggregate_name"] = name;
  row["aggregate_unit"] = percentage ? "percentage" : "time";
  row["iterations"] = s.valid;
  row["real_time"] = real;
  row["cpu_time"] = cpu;
  return row;
}

bool has_rows(const CellSummary& s) { return s.ns && s.cell.measure == Measure::throughput; }

void add_aggregates(json& rows, const CellSummary& s, const Summary& cpu, std::size_t family) {
  if (s.valid < 2) return;
  rows.push_back(aggregate_row(s, family, "mean", s.ns->mean, cpu.mean, false));
  rows.push_back(aggregate_row(s, family, "median", s.ns->median, cpu.median, false));
  if (s.ns->stddev <= 0 || cpu.stddev <= 0) return;  // never a zero time
  rows.push_back(aggregate_row(s, family, "stddev", s.ns->stddev, cpu.stddev, false));
  rows.push_back(aggregate_row(s, family, "cv", s.ns->cv(), cpu.cv(), true));
}

json benchmark_rows(const std::vector<TrialRecord>& records,
                    const std::vector<CellSummary>& cells) {
  json rows = json::array();
  for (std::size_t family = 0; family < cells.size(); ++family) {
    const CellSummary& s = cells[family];
    if (!has_rows(s)) continue;
    std::vector<double> cpu;
    for (const TrialRecord& record : records) {
      if (!(record.cell == s.cell) || !record.result || !record.result->valid()) continue;
      rows.push_back(trial_row(record, family, s.valid, cpu.size()));
      cpu.push_back(rows.back()["cpu_time"].get<double>());
    }
    add_aggregates(rows, s, summarise(cpu), family);
  }
  return rows;
}

}  // namespace

json results_json(const RunFacts& facts, const std::vector<TrialRecord>& records,
                  const std::vector<CellSummary>& cells) {
  return {{"context", context_json(facts)},
          {"benchmarks", benchmark_rows(records, cells)},
          {"sharebench", sharebench_json(facts, records, cells)}};
}

json ci_results_json(const RunFacts& facts, const std::vector<CellSummary>& cells) {
  json rows = json::array();
  for (std::size_t family = 0; family < cells.size(); ++family) {
    const CellSummary& s = cells[family];
    if (!has_rows(s)) continue;
    const double rate = 1e9 / s.ns->median;
    json row = base_row(s.cell, family, 1);
    row["repetition_index"] = 0;
    row["iterations"] = s.operations;
    row["real_time"] = s.ns->median;
    row["cpu_time"] = s.cpu_ns;
    row["items_per_second"] = rate;
    row["ns_per_op_worker"] = s.ns->median * s.cell.procs;
    row["cpu_workers_ns"] = s.cpu_workers_ns;
    row["cpu_server_ns"] = s.cpu_server_ns;
    row["lost_updates"] = s.lost;
    row["extra_updates"] = s.extra;
    row["wrong_elements"] = s.wrong_elements;
    row["corrupted"] = s.corrupted;
    row["fairness_jain"] = s.fairness_median;
    row["overlap"] = s.overlap_median;
    row["ctx_switches_per_op"] = s.switches_per_op;
    add_size(row, s.cell, rate);
    if (s.floor_ratio) row["of_floor"] = s.floor_ratio->median;
    rows.push_back(row);
  }
  return {{"context", context_json(facts)}, {"benchmarks", rows}};
}

}  // namespace sharebench
