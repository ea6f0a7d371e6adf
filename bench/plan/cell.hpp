// A cell: one point of the plan. Plain values.
#pragma once

#include <cstdint>
#include <string>

#include "bench/trial/control_area.hpp"

namespace sharebench {

struct Cell {
  std::string workload;
  std::string backend;
  std::uint32_t procs = 1;
  std::uint64_t elements = 0;  ///< square only
  std::uint64_t slice = 0;     ///< square only
  Measure measure = Measure::throughput;
  std::uint32_t payload_bytes = 0;  ///< record and append only
  std::string layout = {};          ///< of lock and data: "packed", "64", "128"; empty: the default
  std::uint32_t think_ns = 0;       ///< all but square: work between two calls
  std::uint32_t critical_ns = 0;    ///< increment only: work inside the update
  /// Most of the time is not the backend's, and a floor does no work.
  bool has_work() const { return think_ns != 0 || critical_ns != 0; }
  std::string pin = {};         ///< where workers run; empty: "scatter", see trial/placement.hpp
  std::uint32_t in_flight = 0;  ///< calls that a worker has in flight; 0: one
  std::uint32_t window_ms = 0;  ///< 0: as the sweep's timing says
  /// Latency pass only: calls arrive at this percentage of the rate of the closed loop; 0: closed.
  std::uint32_t load_percent = 0;
  std::uint32_t idle_us = 0;  ///< latency pass only: a pause before each call

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// Length of the array that the workers share; 0 for a counter.
std::uint64_t shared_elements(const Cell& cell);
/// What the shared object takes, in bytes; of `append` what the list may grow to in a trial.
std::uint64_t object_bytes(const Cell& cell);
/// share::CreateOptions::apart_bytes of a layout. @throws std::invalid_argument for another word.
std::size_t apart_bytes(const std::string& layout);
bool is_layout(const std::string& text);

/// "square/atomic/procs:2/elements:65536/slice:4", with "/latency" for the latency pass: what is
/// registered with Google Benchmark, which appends "/manual_time".
std::string registered_name(const Cell& cell);
/// The name with its suffix, as it stands in listings, filters and results.
std::string full_name(const Cell& cell);
/// The axes besides processes and size in words, "100 ns between calls, not pinned"; empty when all
/// are the usual ones. Without those of the latency pass.
std::string circumstances(const Cell& cell);
/// The key of the comparison group: cells that differ in the backend only.
std::string group_name(const Cell& cell);

}  // namespace sharebench
