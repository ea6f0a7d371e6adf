#include "bench/output/trial_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sharebench {
namespace {

using nlohmann::json;

// 1: 2026-11, first. 2: with a layout, which a program that only knows 1 would overlook.
constexpr int kFirstRequestSchema = 1, kLayoutRequestSchema = 2, kRequestSchema = 3;

json reasons_json(const std::vector<Reason>& reasons) {
  json list = json::array();
  for (const Reason& r : reasons) list.push_back({{"code", r.code}, {"reason", r.text}});
  return list;
}

std::vector<Reason> read_reasons(const json& list) {
  std::vector<Reason> reasons;
  for (const json& r : list)
    reasons.push_back({r.at("code").get<std::string>(), r.at("reason").get<std::string>()});
  return reasons;
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

std::optional<double> read_optional(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

json worker_json(const WorkerResult& w) {
  return {{"seconds", w.seconds},
          {"operations", w.operations},
          {"cpu_seconds", w.cpu_seconds},
          {"run_delay_seconds", w.run_delay_seconds},
          {"context_switches", w.context_switches},
          {"minor_faults", w.minor_faults},
          {"major_faults", w.major_faults},
          {"active_share", w.active_share},
          {"cpu_at_open", w.cpu_at_open},
          {"cpu_at_close", w.cpu_at_close}};
}

WorkerResult read_worker(const json& j) {
  WorkerResult w;
  j.at("seconds").get_to(w.seconds);
  j.at("operations").get_to(w.operations);
  j.at("cpu_seconds").get_to(w.cpu_seconds);
  j.at("run_delay_seconds").get_to(w.run_delay_seconds);
  j.at("context_switches").get_to(w.context_switches);
  j.at("minor_faults").get_to(w.minor_faults);
  j.at("major_faults").get_to(w.major_faults);
  j.at("active_share").get_to(w.active_share);
  j.at("cpu_at_open").get_to(w.cpu_at_open);
  j.at("cpu_at_close").get_to(w.cpu_at_close);
  return w;
}

json histogram_json(const Histogram& h) {
  json buckets = json::array();
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i)
    if (h.count(i) != 0) buckets.push_back({i, h.count(i)});
  return {{"max", h.max()}, {"buckets", buckets}};
}

std::shared_ptr<const Histogram> read_histogram(const json& j) {
  auto h = std::make_shared<Histogram>(Histogram{});
  for (const json& bucket : j.at("buckets"))
    h->restore(bucket.at(0).get<std::size_t>(), bucket.at(1).get<std::uint64_t>());
  h->restore_max(j.at("max").get<std::uint64_t>());
  return h;
}

/// Reads with `read`; what nlohmann complains about becomes a JournalError.
template <class Read>
auto checked(const json& j, Read read) {
  try {
    return read();
  } catch (const json::exception& error) {
    const std::string text = j.dump();
    throw JournalError(
        fmt::format("{} in {}{}", error.what(), text.substr(0, 80), text.size() > 80 ? "..." : ""));
  }
}

/// The least that a program must know to measure the cell as it is meant.
int request_schema(const Cell& cell) {
  if (cell.in_flight != 0) return kRequestSchema;
  return cell.layout.empty() ? kFirstRequestSchema : kLayoutRequestSchema;
}

}  // namespace

json cell_json(const Cell& cell) {
  return {{"workload", cell.workload},
          {"backend", cell.backend},
          {"procs", cell.procs},
          {"elements", cell.elements},
          {"slice", cell.slice},
          {"measure", cell.measure == Measure::latency ? "latency" : "throughput"},
          {"payload_bytes", cell.payload_bytes},
          {"layout", cell.layout},
          {"think_ns", cell.think_ns},
          {"critical_ns", cell.critical_ns},
          {"in_flight", cell.in_flight},
          {"pin", cell.pin},
          {"window_ms", cell.window_ms},
          {"load_percent", cell.load_percent},
          {"idle_us", cell.idle_us}};
}

Cell read_cell(const json& j) {
  return checked(j, [&] {
    Cell cell;
    j.at("workload").get_to(cell.workload);
    j.at("backend").get_to(cell.backend);
    j.at("procs").get_to(cell.procs);
    j.at("elements").get_to(cell.elements);
    j.at("slice").get_to(cell.slice);
    if (j.at("measure") == "latency") cell.measure = Measure::latency;
    j.at("think_ns").get_to(cell.think_ns);
    j.at("critical_ns").get_to(cell.critical_ns);
    j.at("pin").get_to(cell.pin);
    j.at("window_ms").get_to(cell.window_ms);
    // These came later than schema 1.
    cell.payload_bytes = j.value("payload_bytes", 0u);
    cell.layout = j.value("layout", "");
    cell.load_percent = j.value("load_percent", 0u);
    cell.idle_us = j.value("idle_us", 0u);
    cell.in_flight = j.value("in_flight", 0u);
    return cell;
  });
}

json result_json(const TrialResult& r) {
  json workers = json::array();
  for (const WorkerResult& w : r.workers) workers.push_back(worker_json(w));
  return {{"exact", r.exact},
          {"rate", r.rate},
          {"ns_per_op", r.rate > 0 ? json(r.ns_per_operation()) : json(nullptr)},
          {"overlap", r.overlap},
          {"fairness", r.fairness},
          {"cpu_workers_seconds", r.cpu_workers_seconds},
          {"cpu_server_seconds", r.cpu_server_seconds},
          {"operations", r.operations},
          {"all_operations", r.all_operations},
          {"lost", r.lost},
          {"extra", r.extra},
          {"wrong_elements", r.wrong_elements},
          {"corrupted", r.corrupted},
          {"counted_due", r.counted_due},
          {"steady", r.steady},
          {"warmup_seconds", r.warmup_seconds},
          {"of_floor", or_null(r.floor_ratio)},
          {"floor_ns", or_null(r.floor_ns)},
          {"latency", r.latency ? histogram_json(*r.latency) : json(nullptr)},
          {"open_loop", r.open_loop},
          {"clock_cost_ns", r.clock_cost_ns},
          {"clock_ppm", r.clock_ppm},
          {"half_ratio", r.half_ratio},
          {"valid", r.valid()},
          {"invalid", reasons_json(r.invalid)},
          {"noisy", reasons_json(r.noisy)},
          {"flags", reasons_json(r.flags)},
          {"workers", workers}};
}

TrialResult read_result(const json& j) {
  return checked(j, [&] {
    TrialResult r;
    j.at("exact").get_to(r.exact);
    j.at("rate").get_to(r.rate);
    j.at("overlap").get_to(r.overlap);
    j.at("fairness").get_to(r.fairness);
    j.at("cpu_workers_seconds").get_to(r.cpu_workers_seconds);
    j.at("cpu_server_seconds").get_to(r.cpu_server_seconds);
    j.at("operations").get_to(r.operations);
    j.at("all_operations").get_to(r.all_operations);
    j.at("lost").get_to(r.lost);
    j.at("extra").get_to(r.extra);
    j.at("wrong_elements").get_to(r.wrong_elements);
    j.at("corrupted").get_to(r.corrupted);
    j.at("counted_due").get_to(r.counted_due);
    j.at("steady").get_to(r.steady);
    j.at("warmup_seconds").get_to(r.warmup_seconds);
    r.floor_ratio = read_optional(j.at("of_floor"));
    r.floor_ns = read_optional(j.at("floor_ns"));
    if (!j.at("latency").is_null()) r.latency = read_histogram(j.at("latency"));
    r.open_loop = j.value("open_loop", false);  // later than schema 1
    j.at("clock_cost_ns").get_to(r.clock_cost_ns);
    j.at("clock_ppm").get_to(r.clock_ppm);
    j.at("half_ratio").get_to(r.half_ratio);
    r.invalid = read_reasons(j.at("invalid"));
    r.noisy = read_reasons(j.at("noisy"));
    r.flags = read_reasons(j.at("flags"));
    for (const json& w : j.at("workers")) r.workers.push_back(read_worker(w));
    return r;
  });
}

json request_json(const TrialSpec& spec) {
  return {{"schema", request_schema(spec.cell)},
          {"cell", cell_json(spec.cell)},
          {"timing", to_json(spec.timing)},
          {"seed", spec.seed},
          {"floor", spec.with_floor},
          {"extra_think_units", spec.extra_think_units},
          {"extra_critical_units", spec.extra_critical_units}};
}

TrialSpec read_request(const json& j) {
  return checked(j, [&] {
    const int schema = j.at("schema").get<int>();
    if (schema < kFirstRequestSchema || schema > kRequestSchema)
      throw JournalError(fmt::format("schema {} is not known; allowed: {} to {}",
                                     j.at("schema").dump(), kFirstRequestSchema, kRequestSchema));
    TrialSpec spec;
    spec.cell = read_cell(j.at("cell"));
    spec.timing = parse_timing(j.at("timing"), "request");
    j.at("seed").get_to(spec.seed);
    j.at("floor").get_to(spec.with_floor);
    j.at("extra_think_units").get_to(spec.extra_think_units);
    j.at("extra_critical_units").get_to(spec.extra_critical_units);
    return spec;
  });
}

json journal_line(const TrialRecord& record) {
  json line = {{"kind", "trial"},           {"name", full_name(record.cell)},
               {"stage", record.stage},     {"ranked", record.ranked},
               {"block", record.block},     {"attempt", record.attempt},
               {"seconds", record.seconds}, {"cell", cell_json(record.cell)}};
  if (record.result)
    line.update(result_json(*record.result));
  else
    line["failure"] = record.failure;
  return line;
}

TrialRecord read_trial_line(const json& j) {
  return checked(j, [&] {
    TrialRecord record;
    j.at("stage").get_to(record.stage);
    j.at("ranked").get_to(record.ranked);
    j.at("block").get_to(record.block);
    j.at("attempt").get_to(record.attempt);
    j.at("seconds").get_to(record.seconds);
    record.cell = read_cell(j.at("cell"));
    if (j.contains("failure"))
      j.at("failure").get_to(record.failure);
    else
      record.result = read_result(j);
    return record;
  });
}

json journal_line(const BlockRecord& b) {
  return {{"kind", "block"},
          {"stage", b.stage},
          {"block", b.block},
          {"attempt", b.attempt},
          {"seconds", b.environment.seconds},
          {"steal_share", b.environment.steal_share},
          {"foreign_share", b.environment.foreign_share},
          {"pressure_share", b.environment.pressure_share},
          {"noise", b.noise},
          {"dropped", b.dropped},
          {"at", b.at}};
}

BlockRecord read_block_line(const json& j) {
  return checked(j, [&] {
    BlockRecord b;
    j.at("stage").get_to(b.stage);
    j.at("block").get_to(b.block);
    j.at("attempt").get_to(b.attempt);
    j.at("seconds").get_to(b.environment.seconds);
    j.at("steal_share").get_to(b.environment.steal_share);
    j.at("foreign_share").get_to(b.environment.foreign_share);
    j.at("pressure_share").get_to(b.environment.pressure_share);
    j.at("noise").get_to(b.noise);
    j.at("dropped").get_to(b.dropped);
    j.at("at").get_to(b.at);
    return b;
  });
}

}  // namespace sharebench
