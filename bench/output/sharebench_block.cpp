// Our own block of results.json, and the context.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "bench/build_info.hpp"
#include "bench/output/results.hpp"
#include "bench/output/trust.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

json size_or_null(std::uint64_t value) { return value == 0 ? json(nullptr) : json(value); }
json words_or_null(const std::string& words) { return words.empty() ? json(nullptr) : json(words); }

json summary_json(const std::optional<Summary>& s) {
  if (!s) return nullptr;
  return {{"median", s->median}, {"low", s->low}, {"high", s->high},        {"min", s->min},
          {"max", s->max},       {"cv", s->cv()}, {"coverage", s->coverage}};
}

json floor_json(const CellSummary& s) {
  if (!s.floor_ratio) return nullptr;
  return {{"median", s.floor_ratio->median},     {"low", s.floor_ratio->low},
          {"high", s.floor_ratio->high},         {"n", s.floor_ratio->n},
          {"coverage", s.floor_ratio->coverage}, {"how", "alternating"}};
}

json cell_json(const CellSummary& s) {
  const auto rate = s.ns ? bytes_per_second(s.cell, 1e9 / s.ns->median) : std::nullopt;
  const json bytes = rate ? json(*rate) : json(nullptr);
  return {{"name", full_name(s.cell)},
          {"workload", s.cell.workload},
          {"backend", s.cell.backend},
          {"procs", s.cell.procs},
          {"elements", size_or_null(s.cell.elements)},
          {"slice", size_or_null(s.cell.slice)},
          {"payload_bytes", size_or_null(s.cell.payload_bytes)},
          {"circumstances", words_or_null(circumstances(s.cell))},
          {"stage", s.stage},
          {"ranked", s.ranked},
          {"oversubscribed", s.oversubscribed},
          {"trials", s.trials},
          {"valid", s.valid},
          {"failed", s.failed},
          {"invalid", s.invalid},
          {"noisy", s.noisy},
          {"flags", s.flags},
          {"steady", s.steady},
          {"ns_per_op", summary_json(s.ns)},
          {"of_floor", floor_json(s)},
          {"cpu_ns_per_op", s.cpu_ns},
          {"cpu_workers_ns", s.cpu_workers_ns},
          {"cpu_server_ns", s.cpu_server_ns},
          {"overlap", {{"median", s.overlap_median}, {"min", s.overlap_min}}},
          {"fairness", {{"median", s.fairness_median}, {"min", s.fairness_min}}},
          {"ctx_switches_per_op", s.switches_per_op},
          {"bytes_per_second", bytes},
          {"lost_updates", s.lost},
          {"extra_updates", s.extra},
          {"wrong_elements", s.wrong_elements},
          {"corrupted", s.corrupted},
          {"counted_updates", s.counted_updates},
          {"operations", s.operations},
          {"promise_kept", s.promise_kept}};
}

json backends_json() {
  json list = json::array();
  for (const BackendInfo& b : all_backends()) {
    json entry = {{"name", b.name},
                  {"family", b.family()},
                  {"available", b.available},
                  {"details", b.details},
                  {"control", b.control()},
                  {"updates", text(b.traits.updates)},
                  {"on_death", text(b.traits.on_death)},
                  {"transform", text(b.traits.transform)}};
    list.push_back(entry);
  }
  return list;
}

json histogram_json(const CellSummary& s) {
  const Histogram& h = *s.latency;
  json buckets = json::array();
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i)
    if (h.count(i) != 0) buckets.push_back({Histogram::upper_ns(i), h.count(i)});
  json percentiles = json::object(), below = json::array();
  for (const Percentile& p : percentiles_of(s)) {
    percentiles[p.name] = p.ns;
    if (p.below_resolution) below.push_back(p.name);
  }
  return {{"workload", s.cell.workload},
          {"backend", s.cell.backend},
          {"procs", s.cell.procs},
          {"elements", size_or_null(s.cell.elements)},
          {"slice", size_or_null(s.cell.slice)},
          {"payload_bytes", size_or_null(s.cell.payload_bytes)},
          {"circumstances", words_or_null(circumstances(s.cell))},
          {"promise_kept", s.promise_kept},
          {"unit", "ns"},
          {"closed_loop", !s.open_loop},
          {"load_percent", size_or_null(s.cell.load_percent)},
          {"idle_us", size_or_null(s.cell.idle_us)},
          {"samples", h.samples()},
          {"clock_ns", s.clock_cost_ns},
          {"percentiles", percentiles},
          {"below_resolution", below},
          {"buckets", buckets}};
}

/// The name without "/latency".
std::string histogram_name(Cell cell) {
  cell.measure = Measure::throughput;
  return registered_name(cell);
}

json comparison_json(const std::vector<CellSummary>& cells) {
  json groups = json::array();
  for (const Comparison& group : compare_backends(cells)) {
    json rows = json::array();
    for (const ComparisonRow& row : group.rows)
      rows.push_back({{"backend", row.cell->cell.backend},
                      {"rank", row.rank ? json(*row.rank) : json(nullptr)},
                      {"slowdown", row.slowdown ? json(*row.slowdown) : json(nullptr)},
                      {"verdict", row.verdict}});
    groups.push_back({{"workload", group.group.workload},
                      {"procs", group.group.procs},
                      {"elements", size_or_null(group.group.elements)},
                      {"slice", size_or_null(group.group.slice)},
                      {"payload_bytes", size_or_null(group.group.payload_bytes)},
                      {"circumstances", words_or_null(circumstances(group.group))},
                      {"rows", rows}});
  }
  return groups;
}

json failures_json(const std::vector<TrialRecord>& records) {
  json list = json::array();
  for (const TrialRecord& record : records) {
    if (record.dropped) continue;
    if (!record.result)
      list.push_back({{"name", full_name(record.cell)},
                      {"block", record.block},
                      {"stage", record.stage},
                      {"reason", record.failure}});
    else
      for (const Reason& invalid : record.result->invalid)
        list.push_back({{"name", full_name(record.cell)},
                        {"block", record.block},
                        {"stage", record.stage},
                        {"reason", invalid.code + ": " + invalid.text}});
  }
  return list;
}

json trust_json(const TrustVerdict& verdict) {
  return {{"verdict", text(verdict.trust)}, {"reasons", verdict.reasons}};
}

json blocks_json(const RunFacts& facts) {
  const BlockCounts counts = count_blocks(facts.blocks);
  json noise = json::array();
  for (const BlockRecord& b : facts.blocks)
    if (!b.noise.empty())
      noise.push_back({{"stage", b.stage},
                       {"block", b.block},
                       {"attempt", b.attempt},
                       {"dropped", b.dropped},
                       {"reasons", b.noise}});
  return {{"run", counts.run},
          {"dropped", counts.dropped},
          {"kept_noisy", counts.kept_noisy},
          {"noise", noise}};
}

json machine_json(const Machine& m) {
  json settings = json::object();
  for (const auto& [key, value] : m.settings) settings[key] = value;
  return {{"settings", settings},
          {"cpu", m.cpu},
          {"cores", m.cores},
          {"online", m.online},
          {"smt", m.smt},
          {"numa", m.numa},
          {"l1d", m.cache_bytes(1)},
          {"l2", m.cache_bytes(2)},
          {"l3", m.cache_bytes(3)},
          {"memory_bytes", m.memory_bytes},
          {"kernel", m.kernel},
          {"virtualised", m.virtualised},
          {"clock_source", m.clock_source},
          {"governor", m.governor},
          {"thp", m.thp}};
}

}  // namespace

json context_json(const RunFacts& facts) {
  const Machine& m = facts.machine;
  json caches = json::array();
  for (const Cache& cache : m.caches)
    caches.push_back({{"type", cache.type},
                      {"level", cache.level},
                      {"size", cache.bytes},
                      {"num_sharing", cache.shared_by}});
  json context = {{"date", facts.started},
                  {"host_name", m.host},
                  {"executable", facts.executable},
                  {"num_cpus", m.online},
                  {"mhz_per_cpu", static_cast<int>(std::lround(m.mhz))},
                  {"cpu_scaling_enabled", m.governor != "none" && m.governor != "performance"},
                  {"caches", caches},
                  {"load_avg", m.load_average},
                  {"library_build_type", build_info().optimised ? "release" : "debug"},
                  {"json_schema_version", 1}};
  for (const auto& [key, value] : facts.context) context[key] = value;
  return context;
}

json sharebench_json(const RunFacts& facts, const std::vector<TrialRecord>& records,
                     const std::vector<CellSummary>& cells) {
  json cell_list = json::array(), histograms = json::object();
  for (const CellSummary& s : cells) {
    if (s.cell.measure == Measure::throughput)
      cell_list.push_back(cell_json(s));
    else if (s.latency)
      histograms[histogram_name(s.cell)] = histogram_json(s);
  }
  const BuildInfo& build = build_info();
  return {{"schema", 1},  // 1: 2026-11, first
          {"verdict", run_verdict(cells, facts)},
          {"partial", facts.interrupted},
          {"trust", trust_json(trust_of(cells, facts))},
          {"remarks", remarks(cells)},
          {"git", {{"sha", build.git_sha}, {"dirty", build.git_dirty}}},
          {"build",
           {{"type", build.type},
            {"compiler", build.compiler},
            {"flags", build.flags},
            {"versions", build.versions}}},
          {"machine", machine_json(facts.machine)},
          {"fingerprint", facts.machine.fingerprint()},
          {"plan",
           {{"profile", facts.sweep.name},
            {"seed", facts.sweep.seed},
            {"cells", facts.plan.cells()},
            {"trials", facts.plan.trials()},
            {"trials_run", records.size()},
            {"budget_seconds", facts.sweep.budget_seconds},
            {"started", facts.started},
            {"seconds", facts.seconds},
            {"steal_share", facts.environment.steal_share},
            {"foreign_share", facts.environment.foreign_share},
            {"pressure_share", facts.environment.pressure_share},
            {"blocks", blocks_json(facts)},
            {"left_out", facts.plan.left_out},
            {"not_measured", facts.not_measured}}},
          {"backends", backends_json()},
          {"cells", cell_list},
          {"failures", failures_json(records)},
          {"histograms", histograms},
          {"comparison", comparison_json(cells)}};
}

}  // namespace sharebench
