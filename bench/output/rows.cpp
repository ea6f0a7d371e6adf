// The rows of `benchmarks`: the part that the readers of Google-Benchmark JSON know.
#include <nlohmann/json.hpp>

#include "bench/output/results.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

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
  if (const auto bytes = bytes_per_second(cell, rate)) row["bytes_per_second"] = *bytes;
}

/// Percentiles from the latency pass of the same cell, back to back.
void add_percentiles(json& row, const Cell& cell, const std::vector<CellSummary>& cells) {
  for (const CellSummary& s : cells)
    if (s.latency && s.cell.load_percent == 0 && s.cell.idle_us == 0 &&
        throughput_twin(s.cell) == cell)
      for (const Percentile& p : percentiles_of(s))
        if (!p.below_resolution) row[p.counter] = p.ns;
}

/// What an iteration row says, of one trial or of a cell's medians.
struct Figures {
  std::uint64_t iterations;
  double ns, cpu_ns, cpu_workers_ns, cpu_server_ns;
  std::uint64_t lost, extra, wrong_elements, corrupted;
  double fairness, overlap, switches_per_op;
  std::optional<double> of_floor;
};

Figures figures_of(const TrialResult& r) {
  const double operations = static_cast<double>(r.operations);
  std::uint64_t switches = 0;
  for (const WorkerResult& w : r.workers) switches += w.context_switches;
  return {r.operations,
          r.ns_per_operation(),
          (r.cpu_workers_seconds + r.cpu_server_seconds) * 1e9 / operations,
          r.cpu_workers_seconds * 1e9 / operations,
          r.cpu_server_seconds * 1e9 / operations,
          r.lost,
          r.extra,
          r.wrong_elements,
          r.corrupted,
          r.fairness,
          r.overlap,
          static_cast<double>(switches) / operations,
          r.floor_ratio};
}

Figures figures_of(const CellSummary& s) {
  return {s.operations,
          s.ns->median,
          s.cpu_ns,
          s.cpu_workers_ns,
          s.cpu_server_ns,
          s.lost,
          s.extra,
          s.wrong_elements,
          s.corrupted,
          s.fairness_median,
          s.overlap_median,
          s.switches_per_op,
          s.floor_ratio ? std::optional(s.floor_ratio->median) : std::nullopt};
}

json iteration_row(const Cell& cell, std::size_t family, std::size_t repetitions, std::size_t index,
                   const Figures& f) {
  json row = base_row(cell, family, repetitions);
  row["repetition_index"] = index;
  row["iterations"] = f.iterations;
  row["real_time"] = f.ns;
  row["cpu_time"] = f.cpu_ns;
  row["items_per_second"] = 1e9 / f.ns;
  row["ns_per_op_system"] = f.ns;
  row["ns_per_op_worker"] = f.ns * cell.procs;
  row["cpu_workers_ns"] = f.cpu_workers_ns;
  row["cpu_server_ns"] = f.cpu_server_ns;
  row["lost_updates"] = f.lost;
  row["extra_updates"] = f.extra;
  row["wrong_elements"] = f.wrong_elements;
  row["corrupted"] = f.corrupted;
  row["fairness_jain"] = f.fairness;
  row["overlap"] = f.overlap;
  row["ctx_switches_per_op"] = f.switches_per_op;
  add_size(row, cell, 1e9 / f.ns);
  if (f.of_floor) row["of_floor"] = *f.of_floor;
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

void add_aggregates(json& rows, const CellSummary& s, const Summary& cpu, std::size_t family,
                    const std::vector<CellSummary>& cells) {
  if (s.valid < 2) return;
  rows.push_back(aggregate_row(s, family, "mean", s.ns->mean, cpu.mean, false));
  rows.push_back(aggregate_row(s, family, "median", s.ns->median, cpu.median, false));
  add_percentiles(rows.back(), s.cell, cells);
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
      if (!(record.cell == s.cell) || record.dropped || !record.result || !record.result->valid())
        continue;
      json row = iteration_row(s.cell, family, s.valid, cpu.size(), figures_of(*record.result));
      row["block"] = record.block;
      cpu.push_back(row["cpu_time"].get<double>());
      rows.push_back(std::move(row));
    }
    add_aggregates(rows, s, summarise(cpu), family, cells);
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
    json row = iteration_row(s.cell, family, 1, 0, figures_of(s));
    add_percentiles(row, s.cell, cells);
    rows.push_back(row);
  }
  return {{"context", context_json(facts)}, {"benchmarks", rows}};
}

}  // namespace sharebench
