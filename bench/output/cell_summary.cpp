#include "bench/output/cell_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

constexpr std::size_t kBlocksForVerdict = 9;

double median(std::vector<double> values) {
  return values.empty() ? 0 : summarise(std::move(values)).median;
}

/// Collects one number of every valid trial.
class Columns {
 public:
  void add(const TrialResult& r) {
    const double operations = static_cast<double>(r.operations);
    ns.push_back(r.ns_per_operation());
    cpu_workers.push_back(r.cpu_workers_seconds * 1e9 / operations);
    cpu_server.push_back(r.cpu_server_seconds * 1e9 / operations);
    cpu.push_back(cpu_workers.back() + cpu_server.back());
    overlap.push_back(r.overlap);
    fairness.push_back(r.fairness);
    double count = 0;
    for (const WorkerResult& w : r.workers) count += static_cast<double>(w.context_switches);
    switches.push_back(count / operations);
    if (r.floor_ratio) floor.push_back(*r.floor_ratio);
  }
  std::vector<double> ns, cpu, cpu_workers, cpu_server, overlap, fairness, switches, floor;
};

/// What became of the updates counts whatever else a trial was worth.
void add_updates(CellSummary& s, const TrialResult& r) {
  s.lost += r.lost;
  s.extra += r.extra;
  s.wrong_elements += r.wrong_elements;
  s.corrupted += r.corrupted;
  s.operations += r.all_operations;
  s.counted_updates += r.counted_due;
  if (r.promise_broken()) s.promise_kept = false;
}

CellSummary summarise_cell(const Cell& cell, const PlannedStage& stage,
                           const std::vector<const TrialRecord*>& records, int cores) {
  const BackendInfo& info = *find_backend(cell.backend);
  CellSummary s;
  s.cell = cell;
  s.stage = stage.stage.name;
  s.ranked = stage.stage.ranked;
  s.oversubscribed = cell.procs > static_cast<std::uint32_t>(cores);
  s.control = info.control();
  s.no_work = info.traits.updates == share::Updates::none;
  Columns columns;
  for (const TrialRecord* record : records) {
    if (record->result) add_updates(s, *record->result);
    if (record->dropped) continue;  // its block was measured again
    ++s.trials;
    if (!record->result) {
      ++s.failed;
      continue;
    }
    const TrialResult& r = *record->result;
    s.steady += r.steady ? 1 : 0;
    s.clock_cost_ns = r.clock_cost_ns;
    for (const Reason& reason : r.invalid) ++s.invalid[reason.code];
    for (const Reason& reason : r.noisy) ++s.noisy[reason.code];
    for (const Reason& flag : r.flags) ++s.flags[flag.code];
    if (!r.valid()) continue;
    ++s.valid;
    s.open_loop = r.open_loop;
    columns.add(r);
    if (r.latency && !s.latency)
      s.latency = *r.latency;
    else if (r.latency)
      s.latency->merge(*r.latency);
  }
  if (s.valid == 0) return s;
  s.ns = summarise(columns.ns);
  if (!columns.floor.empty()) s.floor_ratio = summarise(columns.floor);
  s.cpu_ns = median(columns.cpu);
  s.cpu_workers_ns = median(columns.cpu_workers);
  s.cpu_server_ns = median(columns.cpu_server);
  s.overlap_median = median(columns.overlap);
  s.overlap_min = *std::min_element(columns.overlap.begin(), columns.overlap.end());
  s.fairness_median = median(columns.fairness);
  s.fairness_min = *std::min_element(columns.fairness.begin(), columns.fairness.end());
  s.switches_per_op = median(columns.switches);
  return s;
}

bool same_group(const Cell& a, const Cell& b) { return group_name(a) == group_name(b); }

bool correct(const CellSummary& s) { return s.ns && !s.control && !s.no_work && s.promise_kept; }

/// Correct, ranked, and measured often enough for a verdict.
bool rankable(const CellSummary& s) {
  return correct(s) && s.ranked && s.valid >= kBlocksForVerdict;
}

/// A correct one in the group has a lower median but too few blocks for a rank: whoever comes after
/// it has none either, or it would be called faster than it is.
bool shadowed(const CellSummary& s, const Comparison& group) {
  return std::any_of(group.rows.begin(), group.rows.end(), [&](const ComparisonRow& other) {
    const CellSummary& o = *other.cell;
    return correct(o) && o.ranked && !rankable(o) && o.ns->median < s.ns->median;
  });
}

std::string verdict_of(const CellSummary& s, std::optional<int> rank, bool tie) {
  if (!s.promise_kept) return "promise broken";
  if (!s.ns) return s.failed == s.trials ? "failed" : "no valid trial";
  if (s.no_work) return "no work: measures the harness";
  if (s.control && s.lost + s.wrong_elements + s.corrupted == 0)
    return "control: not guaranteed";  // one process, or no collision
  if (s.control) return "control: loses updates";
  if (!s.ranked) return "shown, not ranked";
  if (!rank) return rankable(s) ? "a faster one has too few blocks" : "too few blocks";
  if (*rank == 1) return tie ? "fastest correct (tie)" : "fastest correct";
  return tie ? "correct (tie)" : "correct";
}

void rank_group(Comparison& group) {
  const CellSummary* best = nullptr;
  for (const ComparisonRow& row : group.rows)
    if (correct(*row.cell) && (!best || row.cell->ns->median < best->ns->median)) best = row.cell;
  for (ComparisonRow& row : group.rows) {
    const CellSummary& s = *row.cell;
    if (s.ns && best) row.slowdown = s.ns->median / best->ns->median;
    if (rankable(s) &&
        !shadowed(s, group)) {  // a rank is the number of those that are surely faster, plus one
      row.rank = 1;
      for (const ComparisonRow& other : group.rows)
        if (rankable(*other.cell) && other.cell->ns->high < s.ns->low) ++*row.rank;
    }
  }
  for (ComparisonRow& row : group.rows) {
    const auto tie = std::count_if(group.rows.begin(), group.rows.end(), [&](const auto& other) {
      return row.rank && other.rank == row.rank;
    });
    row.verdict = verdict_of(*row.cell, row.rank, tie > 1);
  }
}

}  // namespace

std::vector<CellSummary> summarise_cells(const std::vector<TrialRecord>& records, const Plan& plan,
                                         int cores) {
  std::map<std::string, std::vector<const TrialRecord*>> by_name;
  for (const TrialRecord& record : records) by_name[full_name(record.cell)].push_back(&record);
  std::vector<CellSummary> cells;
  for (const PlannedStage& stage : plan.stages)
    for (const Cell& cell : stage.cells)
      if (const auto found = by_name.find(full_name(cell)); found != by_name.end())
        cells.push_back(summarise_cell(cell, stage, found->second, cores));
  for (const CellSummary& latency : cells)
    if (latency.cell.measure == Measure::latency && !latency.promise_kept)
      for (CellSummary& s : cells)
        if (s.cell == throughput_twin(latency.cell)) s.promise_kept = false;
  return cells;
}

Cell throughput_twin(Cell cell) {
  cell.measure = Measure::throughput;
  cell.load_percent = cell.idle_us = 0;
  return cell;
}

std::optional<double> bytes_per_second(const Cell& cell, double operations_a_second) {
  const bool works = find_backend(cell.backend)->traits.updates != share::Updates::none;
  if (cell.elements == 0 || !works) return std::nullopt;
  return operations_a_second * 2 * sizeof(double);
}

std::vector<Percentile> percentiles_of(const CellSummary& latency) {
  std::vector<Percentile> found;
  const Histogram& h = *latency.latency;
  const auto put = [&](const char* name, const char* counter, std::optional<std::uint64_t> ns) {
    if (ns) found.push_back({name, counter, *ns, *ns < 10 * latency.clock_cost_ns});
  };
  put("p50", "p50_ns", h.percentile(0.5));
  put("p90", "p90_ns", h.percentile(0.9));
  put("p99", "p99_ns", h.percentile(0.99));
  put("p99.9", "p999_ns", h.percentile(0.999));
  put("max", "max_ns", h.samples() != 0 ? std::optional(h.max()) : std::nullopt);
  return found;
}

std::vector<Comparison> compare_backends(const std::vector<CellSummary>& cells) {
  std::vector<Comparison> groups;
  for (const CellSummary& s : cells) {
    if (s.cell.measure != Measure::throughput) continue;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Comparison& g) { return same_group(g.group, s.cell); });
    if (group == groups.end()) group = groups.insert(groups.end(), Comparison{s.cell, {}});
    group->rows.push_back({&s, std::nullopt, std::nullopt, ""});
  }
  for (Comparison& group : groups) rank_group(group);
  return groups;
}

std::string run_verdict(const std::vector<CellSummary>& cells, const RunFacts& facts) {
  bool complete = facts.not_measured.empty() && !facts.interrupted;
  for (const CellSummary& s : cells) {
    if (!s.promise_kept) return "promise broken";
    if (s.failed != 0 || s.valid == 0) complete = false;
  }
  return complete ? "ok" : "incomplete";
}

std::vector<std::string> remarks(const std::vector<CellSummary>& cells) {
  std::vector<std::string> lines;
  for (const CellSummary& s : cells) {
    if (s.control && s.ns && s.cell.measure == Measure::throughput && s.cell.procs > 1 &&
        !s.oversubscribed && s.lost == 0 && s.wrong_elements == 0)
      lines.push_back(fmt::format("{}: the control lost nothing, so the check is too weak here",
                                  full_name(s.cell)));
    if (s.cell.measure == Measure::latency && !s.promise_kept)
      lines.push_back(fmt::format("{}: promise broken in the latency pass ({} lost, {} extra)",
                                  full_name(s.cell), s.lost, s.extra));
    if (s.cell.load_percent != 0 && s.latency && !s.open_loop)
      lines.push_back(
          fmt::format("{}: its calls are too short for arrivals by the clock; the loop is closed",
                      full_name(s.cell)));
    if (s.trials > s.failed && s.valid == 0)
      lines.push_back(fmt::format("{}: no valid trial ({})", full_name(s.cell),
                                  s.invalid.empty() ? "none ran" : s.invalid.begin()->first));
  }
  return lines;
}

}  // namespace sharebench
