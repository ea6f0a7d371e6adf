// run: plan, measure, write, show.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <share/core/error.hpp>
#include <share/core/memory_limit.hpp>

#include "bench/build_info.hpp"
#include "bench/commands.hpp"
#include "bench/exit_status.hpp"
#include "bench/measure/clock.hpp"
#include "bench/output/console.hpp"
#include "bench/output/google_benchmark.hpp"
#include "bench/output/journal.hpp"
#include "bench/output/results.hpp"
#include "bench/output/run_folder.hpp"
#include "bench/sweep_runner.hpp"
#include "bench/trial/interrupt.hpp"

namespace sharebench {
namespace {

RunFacts gather_facts(const Options& options) {
  RunFacts facts;
  facts.sweep = chosen_sweep(options);
  facts.machine = read_machine();
  facts.plan = make_plan(facts.sweep, facts.machine, options.selection);
  facts.executable = std::filesystem::read_symlink("/proc/self/exe").string();
  const nlohmann::json ours = context_json(facts);
  for (const auto& [key, value] : options.context)
    if (ours.contains(key))
      throw SweepError(
          fmt::format("--benchmark_context {}={}: sharebench writes '{}' itself; "
                      "allowed: any other key",
                      key, value, key));
  facts.context = options.context;
  return facts;
}

/// Refuses before anything is measured what would fail in the middle.
void require_fit(const Plan& plan) {
  constexpr std::uint64_t kBesides = 64 << 20;  // workers, server, results
  const Cell* largest = plan.largest_cell(memory_bytes);
  if (memory_bytes(*largest) != 0)
    share::require_memory(full_name(*largest), memory_bytes(*largest) + kBesides);
}

std::vector<TrialRecord> measure(RunFacts& facts, const RunFolder& folder) {
  Progress progress(facts.plan.trials(), stderr);
  Journal journal(folder.path() / "trials.jsonl");
  const CpuTicks before = read_cpu_ticks();
  SweepRunner runner(facts,
                     {run_trial, [] { return static_cast<double>(monotonic_ns()) * 1e-9; },
                      [] { return interrupts() > 0; },
                      [&](const std::string& stage, std::uint32_t block, std::uint32_t blocks) {
                        progress.begin_block(stage, block, blocks);
                      },
                      [&](const Cell& cell) { progress.begin_trial(cell); },
                      [&](const TrialRecord& record) {
                        journal.append(record);
                        progress.end_trial(record);
                      }});
  std::vector<TrialRecord> records = runner.run();
  progress.finish();
  const CpuTicks after = read_cpu_ticks();
  if (after.total > before.total)
    facts.steal_share = static_cast<double>(after.steal - before.steal) /
                        static_cast<double>(after.total - before.total);
  return records;
}

/// Names from outside (a host, a context value) need not be UTF-8.
std::string text_of(const nlohmann::json& json) {
  return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int status_of(const std::vector<CellSummary>& cells, const RunFacts& facts) {
  for (const CellSummary& s : cells)
    if (!s.promise_kept) return kExitPromiseBroken;
  if (facts.interrupted) return kExitInterrupted;
  const bool any =
      std::any_of(cells.begin(), cells.end(), [](const CellSummary& s) { return s.valid; });
  const bool none_failed = std::all_of(cells.begin(), cells.end(),
                                       [](const CellSummary& s) { return s.failed < s.trials; });
  return any && none_failed ? kExitOk : kExitFailure;
}

}  // namespace

int run_sweep(const Options& options) {
  RunFacts facts = gather_facts(options);
  if (facts.plan.cells() == 0) {
    std::cerr << "sharebench: nothing to do: no cell of sweep '" << facts.sweep.name
              << "' matches\n";
    for (const std::string& why : facts.plan.left_out) std::cerr << "  left out: " << why << "\n";
    return kExitNothingToDo;
  }
  try {
    require_fit(facts.plan);
  } catch (const share::NotEnoughMemory& error) {
    std::cerr << "sharebench: " << error.what() << "\n";
    return kExitUsage;
  }
  const std::time_t now = std::time(nullptr);
  facts.started = fmt::format("{:%Y-%m-%dT%H:%M:%S}+00:00", fmt::gmtime(now));
  const RunFolder folder(options.out, fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now)),
                         build_info().git_sha + (build_info().git_dirty ? "-dirty" : ""));
  folder.write("sweep.json", to_json(spelled_out(facts.plan, facts.sweep)).dump(2) + "\n");
  install_interrupt_handler();
  start_google_benchmark(facts.executable);

  const std::vector<TrialRecord> records = measure(facts, folder);
  const std::vector<CellSummary> cells = summarise_cells(records, facts.plan, facts.machine.cores);
  const std::string results = text_of(results_json(facts, records, cells));
  folder.write("results.json", results);
  folder.write("results.ci.json", text_of(ci_results_json(facts, cells)));

  if (options.json_to_stdout)
    std::cout << results;
  else
    std::cout << verdict_table(cells, facts, use_colour(options.colour, stdout));
  (options.json_to_stdout ? std::cerr : std::cout) << "results: " << folder.path().string() << "\n";
  std::cout.flush();
  // Last, because nothing that fails here may cost what was measured.
  folder.link_latest();
  if (!options.json_copy.empty()) write_file(options.json_copy, results);
  if (!std::cout) throw share::Error("stdout: the results could not be written");
  return status_of(cells, facts);
}

}  // namespace sharebench
