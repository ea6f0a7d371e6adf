#include "bench/plan/cell.hpp"

#include <fmt/format.h>

namespace sharebench {
namespace {

std::string axes(const Cell& cell) {
  std::string text = fmt::format("procs:{}", cell.procs);
  if (cell.elements != 0) text += fmt::format("/elements:{}/slice:{}", cell.elements, cell.slice);
  if (cell.think_ns != 0) text += fmt::format("/think:{}", cell.think_ns);
  if (cell.critical_ns != 0) text += fmt::format("/critical:{}", cell.critical_ns);
  if (!cell.pin.empty()) text += "/pin:" + cell.pin;
  if (cell.window_ms != 0) text += fmt::format("/window:{}", cell.window_ms);
  if (cell.load_percent != 0) text += fmt::format("/load:{}", cell.load_percent);
  if (cell.idle_us != 0) text += fmt::format("/idle:{}", cell.idle_us);
  return text;
}

}  // namespace

std::string registered_name(const Cell& cell) {
  return fmt::format("{}/{}/{}{}", cell.workload, cell.backend, axes(cell),
                     cell.measure == Measure::latency ? "/latency" : "");
}

std::string full_name(const Cell& cell) { return registered_name(cell) + "/manual_time"; }

std::string group_name(const Cell& cell) { return cell.workload + "/" + axes(cell); }

}  // namespace sharebench
