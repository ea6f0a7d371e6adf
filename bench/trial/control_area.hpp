// The control area: the memory through which the coordinator and the workers of one trial talk. It
// is the measurement plane, a segment of its own, never the backend under test. Its layout is plain
// C, fixed by the assertions below and documented byte by byte in docs/control-area.md: any process
// that speaks it is a worker. One writer each: the header is the coordinator's, a slot its
// worker's. Words that tell the other side something are atomics; everything else is published by
// them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/measure/histogram.hpp"

namespace sharebench {

inline constexpr std::uint64_t kControlMagic = 0x314c525443424853;  // "SHBCTRL1"
inline constexpr std::uint32_t kControlVersion = 3;

/// What the workers are asked to do; each phase is entered by all, in this order. Workers that have
/// no part in a phase report it at once.
enum class Phase : std::uint32_t {
  attach = 1,       ///< open the backend, bind the workload
  prepare = 2,      ///< worker 0 brings the shared state to its start
  run = 3,          ///< run until the epoch says stop
  verify = 4,       ///< worker 0 compares the final state with the calls done
  count_begin = 5,  ///< controls of square: worker 0 starts over
  count = 6,        ///< a fixed number of passes by all
  count_end = 7,    ///< worker 0 finds what is missing
  leave = 8,
};

/// The course of phase run, by the coordinator's clock. A worker notes a Sample when it first sees
/// each of 1 to 4.
enum class Epoch : std::uint32_t {
  warm_up = 0,
  window_open = 1,
  window_closed = 2,
  floor_open = 3,  ///< backend and floor in turns, if there is a floor
  floor_closed = 4,
  stop = 5,
};
inline constexpr std::size_t kSamples = 4;

enum class Measure : std::uint32_t { throughput = 0, latency = 1 };

struct alignas(128) ControlLine {
  std::atomic<std::uint32_t> word;  ///< a futex
};

struct ControlHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint32_t slot_bytes;
  std::uint32_t workers;
  Measure measure;
  std::uint32_t think_units;  ///< work between two calls, see workloads/work.hpp
  std::uint64_t elements;
  std::uint64_t slice;
  std::uint64_t batch_limit_ns;   ///< longest time between two looks at the epoch
  std::uint64_t counting_passes;  ///< of each worker in phase count
  std::uint64_t seed;
  std::int32_t report_descriptor;  ///< an eventfd: a worker adds 1 after changing its state
  std::uint32_t critical_units;    ///< work inside the update
  char workload[64];
  char backend[64];
  char address[1024];
  char floor_address[256];
  ControlLine phase;
  ControlLine epoch;
  std::atomic<std::uint64_t> count_start_ns;  ///< CLOCK_MONOTONIC: all begin phase count then
  std::atomic<std::uint64_t> floor_turn_ns;   ///< length of a turn in floor_open; 0: no floor
  std::uint64_t epoch_ns[kSamples];           ///< CLOCK_MONOTONIC_RAW at which epochs 1 to 4 began
  std::uint64_t arrival_ns;  ///< latency, open loop: between two calls of a worker; 0: closed loop
  std::uint64_t idle_ns;     ///< latency, closed loop: pause before each call
  std::uint64_t in_flight;   ///< calls that a worker sends before the first is answered; 0: one
};

/// What a worker knows about itself at an epoch.
struct Sample {
  std::uint64_t operations;
  std::uint64_t raw_ns;  ///< CLOCK_MONOTONIC_RAW
  std::uint64_t cpu_ns;  ///< process CPU time, all threads
  std::uint64_t run_delay_ns;
  std::uint64_t voluntary_switches, involuntary_switches;
  std::uint64_t minor_faults, major_faults;
  std::uint64_t call_begin_ns;  ///< of the single call just ended; 0 when it was a batch of several
  std::uint64_t operations_before;  ///< that call
};

struct WorkerSlot {
  std::atomic<std::uint32_t> state;   ///< the last Phase completed
  std::atomic<std::uint32_t> failed;  ///< 1: `error` says why
  std::int32_t pid;
  std::uint32_t has_floor;
  char error[368];
  alignas(128) std::atomic<std::uint64_t> progress;      ///< operations so far, once a batch
  alignas(128) std::atomic<std::uint32_t> samples_seen;  ///< how many of `samples` are noted
  alignas(128) Sample samples[kSamples];
  std::uint64_t applied_calls;  ///< calls that changed the shared state, until stop
  std::uint64_t active_slices;  ///< 10-ms slices of the window in which a batch ended
  double turn_backend_ns;       ///< floor_open: median ns a call over the turns; 0: none
  double turn_floor_ns;
  std::uint64_t clock_cost_ns;
  // worker 0
  std::uint64_t lost, extra, wrong_elements, corrupted;
  std::uint64_t counted_due, counted_lost, counted_extra, counted_corrupted;
  std::int32_t cpu_at_open, cpu_at_close;  ///< on which CPU the window was seen to open and close
  alignas(128) Histogram latency;
};

static_assert(offsetof(ControlHeader, workload) == 80 && offsetof(ControlHeader, phase) == 1536 &&
              offsetof(ControlHeader, epoch) == 1664 &&
              offsetof(ControlHeader, count_start_ns) == 1792 && sizeof(ControlHeader) == 1920);
static_assert(offsetof(WorkerSlot, progress) == 384 && offsetof(WorkerSlot, samples_seen) == 512 &&
              offsetof(WorkerSlot, samples) == 640 && sizeof(Sample) == 80 &&
              offsetof(WorkerSlot, applied_calls) == 960 && offsetof(WorkerSlot, latency) == 1152);

/// A view of a mapped control area.
class ControlArea {
 public:
  static constexpr std::size_t bytes(std::uint32_t workers) {
    return sizeof(ControlHeader) + workers * sizeof(WorkerSlot);
  }
  explicit ControlArea(std::byte* memory) noexcept : memory_(memory) {}
  ControlHeader& header() const noexcept { return *reinterpret_cast<ControlHeader*>(memory_); }
  WorkerSlot& slot(std::uint32_t worker) const noexcept {
    return *reinterpret_cast<WorkerSlot*>(memory_ + sizeof(ControlHeader) +
                                          worker * sizeof(WorkerSlot));
  }

 private:
  std::byte* memory_;
};

}  // namespace sharebench
