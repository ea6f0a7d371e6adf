#include "bench/plan/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <share/core/cache_line.hpp>
#include <stdexcept>
#include <vector>

namespace sharebench {
namespace {

// What a server may take in the longest window of `append` and its warm-up: long items come at the
// pace of the memory, short ones at a million a second.
constexpr std::uint64_t kMostAppended = 20'000, kLeastForAppending = 256 << 20;

std::string axes(const Cell& cell) {
  std::string text = fmt::format("procs:{}", cell.procs);
  if (cell.elements != 0) text += fmt::format("/elements:{}/slice:{}", cell.elements, cell.slice);
  if (cell.payload_bytes != 0) text += fmt::format("/payload:{}", cell.payload_bytes);
  if (!cell.layout.empty()) text += "/layout:" + cell.layout;
  if (cell.think_ns != 0) text += fmt::format("/think:{}", cell.think_ns);
  if (cell.critical_ns != 0) text += fmt::format("/critical:{}", cell.critical_ns);
  if (cell.in_flight != 0) text += fmt::format("/in_flight:{}", cell.in_flight);
  if (!cell.pin.empty()) text += "/pin:" + cell.pin;
  if (cell.window_ms != 0) text += fmt::format("/window:{}", cell.window_ms);
  if (cell.load_percent != 0) text += fmt::format("/load:{}", cell.load_percent);
  if (cell.idle_us != 0) text += fmt::format("/idle:{}", cell.idle_us);
  return text;
}

}  // namespace

std::uint64_t shared_elements(const Cell& cell) {
  return cell.elements != 0 ? cell.elements : cell.payload_bytes / sizeof(std::int64_t);
}

std::uint64_t object_bytes(const Cell& cell) {
  if (cell.workload == "append")
    return std::max(kMostAppended * cell.payload_bytes, kLeastForAppending);
  return shared_elements(cell) * sizeof(std::int64_t);
}

bool is_layout(const std::string& text) {
  return text == "packed" || text == "64" || text == "128";
}

std::size_t apart_bytes(const std::string& layout) {
  if (layout.empty()) return share::kCacheLine;
  if (!is_layout(layout)) throw std::invalid_argument(layout + " is no layout");
  return layout == "packed" ? 0 : std::stoul(layout);
}

std::string circumstances(const Cell& cell) {
  std::vector<std::string> words;
  if (cell.layout == "packed")
    words.emplace_back("lock and data packed");
  else if (!cell.layout.empty())
    words.push_back(fmt::format("lock and data on {} bytes each", cell.layout));
  if (cell.think_ns != 0) words.push_back(fmt::format("{} ns between calls", cell.think_ns));
  if (cell.critical_ns != 0)
    words.push_back(fmt::format("{} ns inside the update", cell.critical_ns));
  if (cell.in_flight != 0) words.push_back(fmt::format("{} calls in flight", cell.in_flight));
  if (cell.pin == "none")
    words.emplace_back("not pinned");
  else if (cell.pin == "compact" || cell.pin == "scatter")
    words.push_back("pinned " + cell.pin);
  else if (!cell.pin.empty())
    words.push_back("on CPUs " + cell.pin);
  if (cell.window_ms != 0) words.push_back(fmt::format("windows of {} ms", cell.window_ms));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string registered_name(const Cell& cell) {
  return fmt::format("{}/{}/{}{}", cell.workload, cell.backend, axes(cell),
                     cell.measure == Measure::latency ? "/latency" : "");
}

std::string full_name(const Cell& cell) { return registered_name(cell) + "/manual_time"; }

std::string group_name(const Cell& cell) { return cell.workload + "/" + axes(cell); }

}  // namespace sharebench
