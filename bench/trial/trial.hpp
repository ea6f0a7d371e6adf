// A trial: one execution of a cell in fresh processes, and what came out of it.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/measure/histogram.hpp"
#include "bench/plan/cell.hpp"

namespace sharebench {

/// The times of a trial, in milliseconds.
struct Timing {
  std::uint32_t warmup_min = 50, warmup_max = 500;
  std::uint32_t window = 100;
  std::uint32_t oversubscribed_window = 500;  ///< with more processes than cores
  std::uint32_t floor_window = 60;
  std::uint32_t latency_window = 300;
  std::uint32_t remote_min_calls = 2000;  ///< a remote window is stretched to hold these
};

struct TrialSpec {
  Cell cell;
  Timing timing;
  std::uint64_t seed = 0;
  bool with_floor = false;  ///< measure the floor in the same launch, if the backend has one
  /// Work besides what the cell says, in units (workloads/work.hpp): a planted slowdown.
  std::uint32_t extra_think_units = 0, extra_critical_units = 0;
};

/// One worker's part of the window, in seconds and counts.
struct WorkerResult {
  double seconds = 0, cpu_seconds = 0, run_delay_seconds = 0;
  std::uint64_t operations = 0;
  std::uint64_t context_switches = 0, minor_faults = 0, major_faults = 0;
  double active_share = 0;  ///< of the window's 10-ms slices
  std::int32_t cpu_at_open = 0, cpu_at_close = 0;
};

/// A reason to distrust a trial. The codes are those of docs/method.md.
struct Reason {
  std::string code;  ///< "V1 overlap", "V2 correctness", ...
  std::string text;  ///< with the value and the bound
};

struct TrialResult {
  bool exact = false;  ///< the backend promises exact updates
  std::vector<WorkerResult> workers;
  double rate = 0;  ///< operations a second, over all workers
  double overlap = 0, fairness = 0;
  double cpu_workers_seconds = 0, cpu_server_seconds = 0;
  std::uint64_t operations = 0;      ///< in the window
  std::uint64_t all_operations = 0;  ///< from the first to the last, what the verification covers
  std::uint64_t lost = 0, extra = 0, wrong_elements = 0, corrupted = 0;
  std::uint64_t counted_due = 0;  ///< updates of the counting pass; 0 without one
  bool steady = false;            ///< the warm-up settled
  double warmup_seconds = 0;
  std::optional<double> floor_ratio;  ///< time of the backend / time of the floor, in turns
  std::optional<double> floor_ns;     ///< of the whole system, an operation
  /// Of the latency pass only, and large: shared, so that thousands of results stay small.
  std::shared_ptr<const Histogram> latency;
  bool open_loop = false;  ///< the calls arrived by a clock; else each after the one before
  std::uint64_t clock_cost_ns = 0;
  double clock_ppm = 0;   ///< drift between CLOCK_MONOTONIC_RAW and CLOCK_MONOTONIC in the window
  double half_ratio = 1;  ///< rate in the second half of the window / in the first
  std::vector<Reason> invalid;  ///< empty: the trial counts
  std::vector<Reason> noisy;    ///< it counts, but its block should be repeated
  std::vector<Reason> flags;    ///< only told

  double ns_per_operation() const { return 1e9 / rate; }
  bool valid() const { return invalid.empty(); }
  bool promise_broken() const {
    return exact && (lost != 0 || extra != 0 || wrong_elements != 0 || corrupted != 0);
  }
};

/// A trial that could not be carried out; the message is the reason.
class TrialFailed : public std::exception {
 public:
  explicit TrialFailed(std::string reason) : reason_(std::move(reason)) {}
  const char* what() const noexcept override { return reason_.c_str(); }

 private:
  std::string reason_;
};

/// The user interrupted twice: the trial was cut short and everything is cleaned up.
class TrialInterrupted : public std::exception {};

/// Runs one trial. @throws TrialFailed (a worker or the server died, hung or reported an error;
/// nothing is left behind), TrialInterrupted.
TrialResult run_trial(const TrialSpec& spec);

}  // namespace sharebench
