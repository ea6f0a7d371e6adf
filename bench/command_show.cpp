// plan, list and --benchmark_list_tests: what only looks.
#include <fmt/format.h>

#include <iostream>

#include "bench/commands.hpp"
#include "bench/exit_status.hpp"
#include "bench/plan/estimate.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

std::string bytes_text(std::uint64_t bytes) {
  if (bytes >= 1u << 20) return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
  if (bytes >= 1u << 10) return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
  return fmt::format("{} B", bytes);
}

}  // namespace

Sweep chosen_sweep(const Options& options) {
  Sweep sweep = options.sweep_file.empty() ? load_profile(options.profile)
                                           : load_sweep_file(options.sweep_file);
  if (options.seed) sweep.seed = *options.seed;
  if (options.budget_seconds) sweep.budget_seconds = *options.budget_seconds;
  if (!options.order.empty()) sweep.shuffled = options.order == "random";
  if (options.no_repeat) sweep.repeats = 0;
  for (Stage& stage : sweep.stages) {
    if (options.max_noise && stage.ranked) {
      stage.max_noise = *options.max_noise;
      stage.blocks = kLooks.back();
    }
    if (options.blocks) stage.blocks = *options.blocks;
    stage.min_blocks = std::min(stage.min_blocks, stage.blocks);
  }
  return sweep;
}

int show_plan(const Options& options) {
  const Sweep sweep = chosen_sweep(options);
  const Machine machine = read_machine();
  const Plan plan = make_plan(sweep, machine, options.selection);
  double total = 0;
  for (const PlannedStage& stage : plan.stages) {
    const double block = estimate_seconds(stage, sweep.timing, machine.cores);
    total += block * stage.stage.blocks;
    fmt::print("stage {}: {} cells x {} blocks, about {:.0f} s a block{}\n", stage.stage.name,
               stage.cells.size(), stage.stage.blocks, block,
               stage.stage.ranked ? "" : ", not ranked");
    if (stage.stage.max_noise > 0)
      fmt::print("  fewer blocks once every interval is within {:.3g} %\n",
                 100 * stage.stage.max_noise);
    fmt::print("  order of the first block ({}):\n",
               sweep.shuffled ? fmt::format("seed {}", sweep.seed) : "that of the sweep");
    for (const Cell& cell : block_order(stage, sweep, 0)) {
      fmt::print("    {:<64} {:>10}\n", full_name(cell),
                 cell.elements == 0 ? "" : bytes_text(cell.elements * sizeof(double)));
    }
  }
  for (const std::string& why : plan.left_out) fmt::print("left out: {}\n", why);
  if (const Cell* largest = plan.largest_cell(segment_bytes))
    fmt::print("largest segment: {} ({})\n", bytes_text(segment_bytes(*largest)),
               full_name(*largest));
  if (const Cell* largest = plan.largest_cell(memory_bytes);
      largest && memory_bytes(*largest) > segment_bytes(*largest))
    fmt::print("most memory: {} ({}, copies of the workers included)\n",
               bytes_text(memory_bytes(*largest)), full_name(*largest));
  fmt::print("total: {} cells, {} trials, about {:.0f} s", plan.cells(), plan.trials(), total);
  if (sweep.budget_seconds > 0) fmt::print(", at most {:.0f} s", sweep.budget_seconds);
  fmt::print("\n");
  return plan.cells() == 0 ? kExitNothingToDo : kExitOk;
}

int show_list() {
  fmt::print("Backends (family.variant):\n  {:<19} {:<8} {:<10} {:<9} {}\n", "name", "updates",
             "on death", "transform", "details");
  for (const BackendInfo& b : all_backends()) {
    if (b.available)
      fmt::print("  {:<19} {:<8} {:<10} {:<9} {}{}\n", b.name, text(b.traits.updates),
                 text(b.traits.on_death), text(b.traits.transform), b.details,
                 b.control() ? " (control)" : "");
    else
      fmt::print("  {:<19} unavailable: {}\n", b.name, b.details);
  }
  fmt::print("\nWorkloads:\n");
  for (const WorkloadInfo& w : all_workloads())
    fmt::print("  {:<19} {}\n  {:<19} verified: {}\n", w.name, w.operation, "", w.verification);
  fmt::print("\nProfiles:\n");
  const Machine machine = read_machine();
  for (const std::string& name : profile_names()) {
    const Sweep sweep = load_profile(name);
    const Plan plan = make_plan(sweep, machine, {});
    double seconds = 0;
    for (const PlannedStage& stage : plan.stages)
      seconds += estimate_seconds(stage, sweep.timing, machine.cores) * stage.stage.blocks;
    fmt::print("  {:<19} {} cells, {} trials, about {:.0f} s\n", name, plan.cells(), plan.trials(),
               sweep.budget_seconds > 0 ? std::min(seconds, sweep.budget_seconds) : seconds);
  }
  return kExitOk;
}

int list_tests(const Options& options) {
  const Plan plan = make_plan(chosen_sweep(options), read_machine(), options.selection);
  for (const PlannedStage& stage : plan.stages)
    for (const Cell& cell : stage.cells) fmt::print("{}\n", full_name(cell));
  return plan.cells() == 0 ? kExitNothingToDo : kExitOk;
}

}  // namespace sharebench
