// Task: a workload bound to a backend inside one worker. The binding is by template; this interface
// is crossed once a batch, never once an operation. A *call* is what the backend is asked for (one
// addition, one slice); an *operation* is what is counted (one increment, one squared element).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/measure/histogram.hpp"

namespace sharebench {

/// What a worker is told about its work; comes out of the control area.
struct TaskParameters {
  std::string backend;
  std::string address;         ///< for Backend::open
  std::string floor_address;   ///< of the floor's own server; empty if it needs none
  std::uint64_t elements = 0;  ///< of the array or record; of an item in 8 bytes
  std::uint64_t slice = 0;     ///< square: elements of a critical section
  std::uint32_t worker = 0, workers = 1;
  std::uint32_t think_units = 0, critical_units = 0;  ///< of work.hpp
  std::uint32_t in_flight = 0;                        ///< calls before the first answer; 0: one
};

/// How a final state differs from what was due.
struct Verification {
  std::uint64_t lost = 0, extra = 0;
  std::uint64_t wrong_elements = 0, corrupted = 0;
};

/// Finds single calls worth timing: every one if a call is long, else one in about 64 at random
/// gaps.
struct Sampling {
  bool every_call;
  std::uint64_t clock_cost_ns;  ///< subtracted from each sample
  std::uint64_t random;         ///< state of a xorshift generator, not 0
  std::uint64_t gap() noexcept { return every_call ? 0 : draw(); }
  /// 0 to 127.
  std::uint64_t draw() noexcept {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return random % 128;
  }
};

class Task {
 public:
  virtual ~Task() = default;

  /// Brings the shared state to its start; worker 0, before the others begin.
  virtual void prepare() = 0;
  /// Does `calls` calls.
  virtual void run(std::uint64_t calls) = 0;
  /// The same with the work of TaskParameters; apart, so that the loop without it stays bare.
  virtual void run_with_work(std::uint64_t calls) { run(calls); }
  /// Waits for the calls that are in flight; after the last run().
  virtual void finish() {}
  /// The bare operation that this backend is measured against, on the same object.
  virtual bool has_floor() const = 0;
  virtual void run_floor(std::uint64_t calls) = 0;
  /// Times single calls, about `calls` in all; returns how many were done.
  virtual std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) = 0;
  /// Operations in one call.
  virtual std::uint64_t operations_per_call() const = 0;
  /// Calls of this worker that changed the shared state since the last prepare().
  virtual std::uint64_t applied_calls() const = 0;

  /// Compares the final state with the calls of all workers (indexed by worker). Worker 0, after
  /// all have stopped.
  virtual Verification verify(const std::vector<std::uint64_t>& applied_calls) = 0;

  /// For controls: how many updates a fixed number of calls loses. begin_counting() starts over;
  /// count() does this worker's `passes`, verify_counting() (worker 0) finds what is missing. Only
  /// for workloads whose verify() does not count (square).
  virtual void begin_counting() {}
  virtual void count(std::uint64_t /*passes*/) {}
  virtual Verification verify_counting(std::uint64_t /*passes*/) { return {}; }
};

}  // namespace sharebench
