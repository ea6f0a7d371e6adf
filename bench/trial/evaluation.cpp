#include "bench/trial/evaluation.hpp"

#include <algorithm>

#include "bench/measure/statistics.hpp"

namespace sharebench {
namespace {

constexpr double kLate = 0.02;  // of the window

double seconds_between(std::uint64_t begin_ns, std::uint64_t end_ns) {
  return static_cast<double>(end_ns - begin_ns) / 1e9;
}

/// Where a worker's window begins or ends.
struct Edge {
  std::uint64_t raw_ns, operations;
  bool clipped = false;
};

/// The worker's own stamp; or, when it was inside one call as the epoch came and saw it much later,
/// the epoch itself and what was done before that call. It was there, waiting for the others.
Edge edge_of(const ControlHeader& header, const WorkerSlot& slot, std::size_t epoch) {
  const Sample& sample = slot.samples[epoch];
  const std::uint64_t began = header.epoch_ns[epoch];
  const double late = kLate * static_cast<double>(header.epoch_ns[1] - header.epoch_ns[0]);
  const bool inside = sample.call_begin_ns != 0 && sample.call_begin_ns < began;
  if (inside && static_cast<double>(sample.raw_ns) > static_cast<double>(began) + late)
    return {began, sample.operations_before, true};
  return {sample.raw_ns, sample.operations};
}

/// The part of a worker in the window. Switches and faults are those between its samples.
WorkerResult in_window(const ControlHeader& header, const WorkerSlot& slot, double cpu_seconds) {
  const Edge in = edge_of(header, slot, 0), out = edge_of(header, slot, 1);
  const Sample &begin = slot.samples[0], &end = slot.samples[1];
  WorkerResult w;
  w.seconds = seconds_between(in.raw_ns, out.raw_ns);
  w.run_delay_seconds = seconds_between(begin.run_delay_ns, end.run_delay_ns);
  w.cpu_seconds = seconds_between(begin.cpu_ns, end.cpu_ns);
  if (in.clipped || out.clipped) {  // its samples tell of another time
    w.cpu_seconds = cpu_seconds;
    const double sampled = seconds_between(begin.raw_ns, end.raw_ns);
    w.run_delay_seconds *= sampled > 0 ? w.seconds / sampled : 0;
  }
  w.operations = out.operations - in.operations;
  w.context_switches = end.voluntary_switches - begin.voluntary_switches +
                       end.involuntary_switches - begin.involuntary_switches;
  w.minor_faults = end.minor_faults - begin.minor_faults;
  w.major_faults = end.major_faults - begin.major_faults;
  w.cpu_at_open = slot.cpu_at_open;
  w.cpu_at_close = slot.cpu_at_close;
  return w;
}

double rate_of(const WorkerResult& w) {
  return w.seconds > 0 ? static_cast<double>(w.operations) / w.seconds : 0;
}

/// Share of the time between the first and the last stamp in which all workers ran.
double overlap_of(const ControlArea& area, std::uint32_t workers) {
  std::uint64_t first_in = UINT64_MAX, last_in = 0, first_out = UINT64_MAX, last_out = 0;
  for (std::uint32_t w = 0; w < workers; ++w) {
    const std::uint64_t in = edge_of(area.header(), area.slot(w), 0).raw_ns,
                        out = edge_of(area.header(), area.slot(w), 1).raw_ns;
    first_in = std::min(first_in, in);
    last_in = std::max(last_in, in);
    first_out = std::min(first_out, out);
    last_out = std::max(last_out, out);
  }
  const double common = static_cast<double>(first_out) - static_cast<double>(last_in);
  return common / (static_cast<double>(last_out) - static_cast<double>(first_in));
}

/// The workers' rates in their turns, added up for each side.
void evaluate_floor(TrialResult& result, const ControlArea& area, const Cell& cell) {
  double backend = 0, floor = 0;  // calls a nanosecond
  for (std::uint32_t w = 0; w < cell.procs; ++w) {
    const WorkerSlot& slot = area.slot(w);
    if (slot.turn_backend_ns <= 0 || slot.turn_floor_ns <= 0) return;
    backend += 1 / slot.turn_backend_ns;
    floor += 1 / slot.turn_floor_ns;
  }
  result.floor_ratio = floor / backend;
  result.floor_ns = 1 / floor / static_cast<double>(std::max<std::uint64_t>(1, cell.slice));
}

}  // namespace

TrialResult evaluate(const ControlArea& area, const Cell& cell, const BackendInfo& backend,
                     const std::vector<double>& worker_cpu_seconds) {
  TrialResult result;
  result.exact = backend.traits.updates == share::Updates::exact;
  std::vector<double> rates;
  for (std::uint32_t w = 0; w < cell.procs; ++w) {
    const WorkerSlot& slot = area.slot(w);
    WorkerResult worker = in_window(area.header(), slot, worker_cpu_seconds[w]);
    const double slices = std::max(1.0, worker.seconds * 100);
    worker.active_share = std::min(1.0, static_cast<double>(slot.active_slices) / slices);
    result.workers.push_back(worker);
    rates.push_back(rate_of(worker));
    result.rate += rates.back();
    result.operations += worker.operations;
    result.cpu_workers_seconds += worker.cpu_seconds;
    result.all_operations += slot.applied_calls * std::max<std::uint64_t>(1, cell.slice);
  }
  result.overlap = overlap_of(area, cell.procs);
  result.fairness = jain_fairness(rates);

  const WorkerSlot& first = area.slot(0);
  result.clock_cost_ns = first.clock_cost_ns;
  result.lost = first.lost + first.counted_lost;
  result.extra = first.extra + first.counted_extra;
  result.wrong_elements = first.wrong_elements;
  result.corrupted = first.corrupted + first.counted_corrupted;
  result.counted_due = first.counted_due;
  if (cell.measure == Measure::latency) {
    auto merged = std::make_shared<Histogram>(first.latency);
    for (std::uint32_t w = 1; w < cell.procs; ++w) merged->merge(area.slot(w).latency);
    result.latency = std::move(merged);
  }
  evaluate_floor(result, area, cell);
  return result;
}

}  // namespace sharebench
