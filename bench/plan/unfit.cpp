#include "bench/plan/unfit.hpp"

#include <fmt/format.h>

#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

/// Remote arrays stay small: every element crosses a socket at verification.
constexpr std::uint64_t kMaxRemoteElements = 1 << 16;
constexpr std::uint32_t kMaxAppendWindowMs = 1000;
/// An interpreter looks at each element in the verification, in some 200 ns.
constexpr std::uint64_t kMaxPythonElements = 1 << 22;

}  // namespace

std::string why_unfit(const Cell& cell) {
  const std::string name = full_name(cell);
  const Pairing& pairing = find_pairing(cell.workload, cell.backend);
  if (cell.critical_ns != 0 && !pairing.takes_code)
    return fmt::format("{}: {} takes no code into its update", name, cell.backend);
  if (cell.think_ns != 0 && !pairing.takes_thought)
    return fmt::format("{}: workers of {} do nothing between calls", name, cell.backend);
  if (!cell.layout.empty() && !pairing.has_layout)
    return fmt::format("{}: {} has no lock beside its data", name, cell.backend);
  if (cell.in_flight != 0 && !pairing.pipelines)
    return fmt::format("{}: {} has one call in flight", name, cell.backend);
  if (cell.in_flight != 0 && cell.measure == Measure::latency)
    return fmt::format("{}: the latency pass has one call in flight", name);
  if (cell.workload == "append" && cell.window_ms > kMaxAppendWindowMs)
    return fmt::format("{}: windows of at most {} ms, since the list only grows", name,
                       kMaxAppendWindowMs);
  if (cell.elements == 0) return "";
  if (cell.slice > cell.elements || cell.elements % cell.slice != 0)
    return fmt::format("{}: the array is not a whole number of slices", group_name(cell));
  if (find_backend(cell.backend)->remote() && cell.elements > kMaxRemoteElements)
    return fmt::format("{}: remote backends take at most {} elements", name, kMaxRemoteElements);
  if (pairing.runtime == Runtime::python && cell.elements > kMaxPythonElements)
    return fmt::format("{}: workers in Python take at most {} elements", name, kMaxPythonElements);
  return "";
}

}  // namespace sharebench
