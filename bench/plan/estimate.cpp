#include "bench/plan/estimate.hpp"

#include <algorithm>

#include "bench/registry/registry.hpp"
#include "bench/trial/floor_turns.hpp"

namespace sharebench {
namespace {

// Orders of magnitude of the machines of the 2020s; the runner corrects them by its first block.
constexpr double kRemoteCall = 80e-6;
constexpr double kSquaredElement = 0.7e-9, kSwappedElement = 6e-9;  // one after the other; by CAS
constexpr double kCallsInWindow = 30, kMaxWindow = 10;

/// Seconds of one call of one worker while all work.
double call_seconds(const Cell& cell, const BackendInfo& backend, int cores) {
  const double procs = cell.procs, turns = std::max(1.0, procs / cores);
  const double work = (cell.think_ns + cell.critical_ns * procs) * 1e-9;
  if (backend.remote()) return kRemoteCall * procs + work;
  if (shared_elements(cell) == 0) return work * turns;
  if (backend.traits.updates == share::Updates::none) return work * turns;
  const bool by_element = backend.traits.transform == share::Atomicity::element;
  const bool alone = backend.traits.transform == share::Atomicity::slice;  // inside its lock
  const auto in_a_call = static_cast<double>(cell.slice != 0 ? cell.slice : shared_elements(cell));
  return in_a_call * (by_element ? kSwappedElement : kSquaredElement) * (alone ? procs : turns) +
         work * turns;
}

/// The counting pass of a control of `square`: up to 20,000 remote calls of each worker, or up to
/// 64 Mi elements.
double counting_seconds(const Cell& cell, const BackendInfo& backend) {
  if (!backend.control() || cell.elements == 0 || cell.procs == 1) return 0;
  if (!backend.remote())
    return 0.2 * (std::min(1.0, static_cast<double>(cell.elements) / (64 << 20)) + 0.05);
  const double calls = std::min(20'000.0, 30.0 * static_cast<double>(cell.elements) /
                                              static_cast<double>(cell.slice)) *
                       cell.procs;
  return calls * 1.9 * kRemoteCall;
}

}  // namespace

double estimate_seconds(const Cell& cell, const Stage& stage, const Timing& timing, int cores) {
  const BackendInfo& backend = *find_backend(cell.backend);
  const bool over = cell.procs > static_cast<std::uint32_t>(cores);
  const std::uint32_t window_ms = cell.window_ms != 0                 ? cell.window_ms
                                  : stage.measure == Measure::latency ? timing.latency_window
                                  : over                              ? timing.oversubscribed_window
                                                                      : timing.window;
  const double call = call_seconds(cell, backend, cores);
  double window = std::max(window_ms / 1000.0, kCallsInWindow * call);
  if (backend.remote())
    window = std::max(window, timing.remote_min_calls * kRemoteCall / cell.procs *
                                  (cell.load_percent == 0 ? 1 : 100.0 / cell.load_percent));
  window = std::min(window, std::max(kMaxWindow, window_ms / 1000.0));
  double floor = 0;
  if (stage.floors && !cell.has_work() && find_pairing(cell.workload, cell.backend).has_floor)
    floor = static_cast<double>(FloorTurns::of(call, cell.procs, std::uint64_t{window_ms} * 1000,
                                               timing.floor_window)
                                    .phase_ms) /
            1000;
  const double start = 0.02 + 0.006 * cell.procs;
  // Most cells settle at once; a worker must have finished a call.
  const double warm_up = std::max((timing.warmup_min + 15.0) / 1000, call);
  // Allocating, mapping, filling, checking and freeing: about 1 s a GiB.
  const double memory = static_cast<double>(cell.elements) * 8 / (1 << 30);
  return start + warm_up + window + floor + memory + counting_seconds(cell, backend);
}

double estimate_seconds(const PlannedStage& stage, const Timing& timing, int cores) {
  double sum = 0;
  for (const Cell& cell : stage.cells) sum += estimate_seconds(cell, stage.stage, timing, cores);
  return sum;
}

}  // namespace sharebench
