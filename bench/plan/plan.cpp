#include "bench/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <regex>
#include <set>

#include "bench/measure/random.hpp"
#include "bench/plan/unfit.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

std::uint64_t resolve_procs(const std::string& word, const Machine& machine) {
  if (word == "cores") return static_cast<std::uint64_t>(machine.cores);
  if (word == "2*cores") return 2 * static_cast<std::uint64_t>(machine.cores);
  return std::stoull(word);
}

std::uint64_t resolve_elements(const std::string& word, const Machine& machine) {
  // A quarter of a core's L2 leaves room for everything else; where /sys tells nothing, 256 KiB and
  // 32 MiB are assumed.
  if (word == "l2") {
    const std::uint64_t known = machine.cache_bytes(2), l2 = known != 0 ? known : 256 << 10;
    return std::bit_floor(l2 / 4 / sizeof(double));
  }
  if (word == "beyond-llc") {
    const std::uint64_t known = machine.last_level_bytes(), llc = known != 0 ? known : 32 << 20;
    return (2 * llc / sizeof(double) + 4095) / 4096 * 4096;
  }
  return std::stoull(word);
}

/// "mutex" and "mutex.robust" both choose mutex.robust.
bool chosen(const std::string& name, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& w) {
           return name == w || name.starts_with(w + ".");
         });
}

void check_selection(const Selection& selection) {
  const std::vector<std::string> names = backend_names();
  for (const std::string& wanted : selection.backends)
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return chosen(name, {wanted}); }))
      throw SweepError(
          fmt::format("--backend {}: no such backend or family; see `sharebench list`", wanted));
  for (const std::string& wanted : selection.workloads)
    if (find_workload(wanted) == nullptr)
      throw SweepError(
          fmt::format("--workload {}: no such workload; see `sharebench list`", wanted));
  for (const std::string& procs : selection.procs)
    if (procs.find_first_not_of("0123456789") != std::string::npos || procs.empty() ||
        procs.size() > 4 || std::stoull(procs) == 0 || std::stoull(procs) > kMaxProcs)
      throw SweepError(
          fmt::format("--procs {}: allowed: whole numbers from 1 to {}", procs, kMaxProcs));
}

class Filter {
 public:
  explicit Filter(std::string pattern) : negate_(pattern.starts_with('-')) {
    if (negate_) pattern.erase(0, 1);
    if (pattern == "all") pattern = ".";  // Google Benchmark's word for everything
    try {
      expression_ = std::regex(pattern.empty() ? "." : pattern, std::regex::extended);
    } catch (const std::regex_error& error) {
      throw SweepError(fmt::format("--filter {}: not an extended regular expression: {}", pattern,
                                   error.what()));
    }
  }
  bool passes(const Cell& cell) const {
    return std::regex_search(full_name(cell), expression_) != negate_;
  }

 private:
  bool negate_;
  std::regex expression_;
};

class Planner {
 public:
  Planner(const Machine& machine, const Selection& selection, Plan& plan)
      : machine_(machine), selection_(selection), filter_(selection.filter), plan_(plan) {}

  std::vector<Cell> cells_of(const Stage& stage) {
    std::vector<Cell> cells;
    for (const CellAxes& axes : stage.cells) {
      if (!chosen(axes.workload, selection_.workloads)) continue;
      for (const std::string& backend : axes.backends) {
        if (!chosen(backend, selection_.backends)) continue;
        if (const BackendInfo* info = find_backend(backend); !info->available) {
          leave_out(fmt::format("{}: {}", backend, info->details));
          continue;
        }
        if (!has_pairing(axes.workload, backend)) {
          leave_out(fmt::format("{} does not have the workload {}", backend, axes.workload));
          continue;
        }
        add(axes, backend, stage.measure, cells);
      }
    }
    return cells;
  }

 private:
  void add(const CellAxes& axes, const std::string& backend, Measure measure,
           std::vector<Cell>& cells) {
    static const std::vector<std::string> kNone = {""};
    for (const auto& procs : selection_.procs.empty() ? axes.procs : selection_.procs)
      for (const auto& elements : axes.elements.empty() ? kNone : axes.elements)
        for (const auto& slice : axes.slices.empty() ? kNone : axes.slices) {
          Cell cell{axes.workload,
                    backend,
                    static_cast<std::uint32_t>(resolve_procs(procs, machine_)),
                    0,
                    0,
                    measure};
          if (!elements.empty()) {
            cell.elements = resolve_elements(elements, machine_);
            cell.slice = slice == "all" ? cell.elements : std::stoull(slice);
          }
          for (const std::uint32_t payload : axes.payload_bytes)
            for (const std::string& layout : axes.layout) {
              cell.payload_bytes = payload;
              cell.layout = layout == "128" ? "" : layout;  // the same cell as without the axis
              add_circumstances(axes, cell, cells);
            }
        }
  }

  /// The axes that every workload has, and those of increment.
  void add_circumstances(const CellAxes& axes, Cell cell, std::vector<Cell>& cells) {
    for (const std::uint32_t think : axes.think_ns)
      for (const std::uint32_t critical : axes.critical_ns)
        for (const std::uint32_t in_flight : axes.in_flight)
          for (const std::string& pin : axes.pin)
            for (const std::uint32_t window : axes.window_ms) {
              cell.think_ns = think;
              cell.critical_ns = critical;
              cell.in_flight = in_flight == 1 ? 0 : in_flight;  // the same cell as without the axis
              cell.pin = pin;
              cell.window_ms = window;
              add_arrivals(axes, cell, cells);
            }
  }

  /// The axes of the latency pass.
  void add_arrivals(const CellAxes& axes, Cell cell, std::vector<Cell>& cells) {
    for (const std::uint32_t load : axes.load_percent)
      for (const std::uint32_t idle : axes.idle_us) {
        if (load != 0 && idle != 0) continue;  // pauses are those of the arrivals then
        cell.load_percent = load;
        cell.idle_us = idle;
        if (accept(cell) && std::find(cells.begin(), cells.end(), cell) == cells.end())
          cells.push_back(cell);
      }
  }

  bool accept(const Cell& cell) {
    if (!filter_.passes(cell)) return false;
    const std::string why = why_unfit(cell);
    if (!why.empty()) leave_out(why);
    return why.empty();
  }

  void leave_out(const std::string& why) {
    if (std::find(plan_.left_out.begin(), plan_.left_out.end(), why) == plan_.left_out.end())
      plan_.left_out.push_back(why);
  }

  const Machine& machine_;
  const Selection& selection_;
  Filter filter_;
  Plan& plan_;
};

}  // namespace

std::size_t Plan::cells() const {
  return std::accumulate(stages.begin(), stages.end(), std::size_t{0},
                         [](std::size_t n, const PlannedStage& s) { return n + s.cells.size(); });
}

std::size_t Plan::trials() const {
  return std::accumulate(
      stages.begin(), stages.end(), std::size_t{0},
      [](std::size_t n, const PlannedStage& s) { return n + s.cells.size() * s.stage.blocks; });
}

std::uint64_t segment_bytes(const Cell& cell) { return object_bytes(cell); }

std::uint64_t memory_bytes(const Cell& cell) {
  const bool copies = find_backend(cell.backend)->traits.copies_slice;
  const std::uint64_t copied = cell.slice * sizeof(double) + cell.payload_bytes;
  return segment_bytes(cell) + (copies ? cell.procs * copied : 0);
}

const Cell* Plan::largest_cell(std::uint64_t (*bytes)(const Cell&)) const {
  const Cell* largest = nullptr;
  for (const PlannedStage& stage : stages)
    for (const Cell& cell : stage.cells)
      if (largest == nullptr || bytes(cell) > bytes(*largest)) largest = &cell;
  return largest;
}

Plan make_plan(const Sweep& sweep, const Machine& machine, const Selection& selection) {
  check_selection(selection);
  Plan plan;
  Planner planner(machine, selection, plan);
  std::set<std::string> names;
  for (const Stage& stage : sweep.stages) {
    std::vector<Cell> cells = planner.cells_of(stage);
    // A run has one row a cell: what an earlier stage measures is not measured again.
    std::erase_if(cells, [&](const Cell& cell) { return !names.insert(full_name(cell)).second; });
    if (!cells.empty()) plan.stages.push_back({stage, std::move(cells)});
  }
  return plan;
}

Sweep spelled_out(const Plan& plan, const Sweep& sweep) {
  Sweep exact = sweep;
  exact.stages.clear();
  for (const PlannedStage& planned : plan.stages) {
    Stage stage = planned.stage;
    stage.cells.clear();
    for (const Cell& cell : planned.cells) {
      CellAxes axes;
      axes.workload = cell.workload;
      axes.backends = {cell.backend};
      axes.procs = {std::to_string(cell.procs)};
      if (cell.elements != 0) {
        axes.elements = {std::to_string(cell.elements)};
        axes.slices = {std::to_string(cell.slice)};
      }
      axes.payload_bytes = {cell.payload_bytes};
      axes.layout = {cell.layout};
      axes.think_ns = {cell.think_ns};
      axes.critical_ns = {cell.critical_ns};
      axes.in_flight = {std::max(cell.in_flight, 1u)};
      axes.pin = {cell.pin};
      axes.window_ms = {cell.window_ms};
      axes.load_percent = {cell.load_percent};
      axes.idle_us = {cell.idle_us};
      stage.cells.push_back(axes);
    }
    exact.stages.push_back(stage);
  }
  return exact;
}

std::vector<Cell> block_order(const PlannedStage& stage, const Sweep& sweep, std::uint32_t block) {
  std::uint64_t seed = sweep.seed ^ (std::uint64_t{block} + 1) * 0xd1342543de82ef95;
  for (const char c : stage.stage.name) seed = seed * 31 + static_cast<unsigned char>(c);
  Random random(seed);
  std::vector<Cell> order = stage.cells;
  for (std::size_t i = order.size(); sweep.shuffled && i > 1; --i)
    std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace sharebench
