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
#include "bench/output/exports.hpp"
#include "bench/output/google_benchmark.hpp"
#include "bench/output/results.hpp"
#include "bench/output/run_identity.hpp"
#include "bench/output/trial_json.hpp"
#include "bench/output/trust.hpp"
#include "bench/sweep_runner.hpp"
#include "bench/trial/interrupt.hpp"

namespace sharebench {
namespace {

/// A run that is about to be measured: a new one, or the rest of one.
struct Undertaking {
  RunFacts facts;
  RunFolder folder;
  share::Descriptor lock;  ///< of the journal
  JournalContent done;
};

std::string journal_of(const std::filesystem::path& folder) {
  return (folder / "trials.jsonl").string();
}

RunFacts gather_facts(Sweep sweep, const Selection& selection) {
  RunFacts facts;
  facts.sweep = std::move(sweep);
  facts.machine = read_machine();
  facts.plan = make_plan(facts.sweep, facts.machine, selection);
  facts.executable = std::filesystem::read_symlink("/proc/self/exe").string();
  return facts;
}

void take_context(RunFacts& facts, const Options& options) {
  const nlohmann::json ours = context_json(facts);
  for (const auto& [key, value] : options.context)
    if (ours.contains(key))
      throw SweepError(
          fmt::format("--benchmark_context {}={}: sharebench writes '{}' itself; "
                      "allowed: any other key",
                      key, value, key));
  facts.context = options.context;
}

Undertaking begin_run(RunFacts facts, const Options& options) {
  const std::time_t now = std::time(nullptr);
  facts.started = fmt::format("{:%Y-%m-%dT%H:%M:%S}+00:00", fmt::gmtime(now));
  RunIdentity identity = identify_this(facts.started, facts.machine.fingerprint());
  identity.context = facts.context;
  const RunFolder folder = RunFolder::create(
      options.out, fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now)), identity.git_sha);
  folder.write("sweep.json", to_json(spelled_out(facts.plan, facts.sweep)).dump(2) + "\n");
  save(identity, folder);
  return {std::move(facts), folder, lock_journal(journal_of(folder.path())), {}};
}

/// The plan of the folder, and what its journal holds already.
Undertaking resume_run(const Options& options) {
  const std::filesystem::path path = options.resume->empty()
                                         ? unfinished_run(options.out)
                                         : std::filesystem::path(*options.resume);
  const RunIdentity begun = load_identity(path);
  RunFacts facts = gather_facts(load_sweep_file((path / "sweep.json").string()), {});
  const std::string changed =
      difference(begun, identify_this(begun.started, facts.machine.fingerprint()));
  if (!changed.empty()) throw JournalError(fmt::format("--resume {}: {}", path.string(), changed));
  facts.started = begun.started;
  facts.context = begun.context;
  share::Descriptor lock = lock_journal(journal_of(path));
  JournalContent done = recover_journal(journal_of(path));
  std::cerr << "resuming " << path.string() << ": " << done.trials.size()
            << " trials are there already\n";
  return {std::move(facts), RunFolder::open(path), std::move(lock), std::move(done)};
}

/// Refuses before anything is measured what would fail in the middle.
void require_fit(const Plan& plan) {
  constexpr std::uint64_t kBesides = 64 << 20;  // workers, server, results
  const Cell* largest = plan.largest_cell(memory_bytes);
  if (memory_bytes(*largest) != 0)
    share::require_memory(full_name(*largest), memory_bytes(*largest) + kBesides);
}

std::vector<TrialRecord> measure(Undertaking& run) {
  Progress progress(run.facts.plan.trials(), stderr);
  Journal journal(journal_of(run.folder.path()));
  progress.already_done(run.done.trials.size());
  SweepRunner runner(run.facts,
                     {run_trial, [] { return static_cast<double>(monotonic_ns()) * 1e-9; },
                      read_environment, [] { return interrupts() > 0; },
                      [&](const std::string& stage, std::uint32_t block, std::uint32_t blocks) {
                        progress.begin_block(stage, block, blocks);
                      },
                      [&](const Cell& cell) { progress.begin_trial(cell); },
                      [&](const TrialRecord& record) {
                        journal.append(record);
                        progress.end_trial(record);
                      },
                      [&](const BlockRecord& block) {
                        journal.append(block);
                        progress.end_block(block);
                      }},
                     std::move(run.done));
  std::vector<TrialRecord> records = runner.run();
  progress.finish();
  return records;
}

/// Names from outside (a host, a context value) need not be UTF-8.
std::string text_of(const nlohmann::json& document) {
  return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int status_of(const std::vector<CellSummary>& cells, const RunFacts& facts, bool strict) {
  for (const CellSummary& s : cells)
    if (!s.promise_kept) return kExitPromiseBroken;
  if (facts.interrupted) return kExitInterrupted;
  const bool any =
      std::any_of(cells.begin(), cells.end(), [](const CellSummary& s) { return s.valid; });
  const bool none_failed = std::all_of(cells.begin(), cells.end(),
                                       [](const CellSummary& s) { return s.failed < s.trials; });
  if (!any || !none_failed) return kExitFailure;
  return strict && trust_of(cells, facts).trust != Trust::trusted ? kExitUntrusted : kExitOk;
}

bool exports_to_stdout(const Options& options) {
  return std::any_of(options.exports.begin(), options.exports.end(),
                     [](const auto& e) { return e.second == "-"; });
}

/// increment/atomic/procs:1/latency becomes increment-atomic-procs-1-latency.hgrm.
void write_histograms(const std::string& folder, const std::vector<CellSummary>& cells) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw share::SystemError("create_directories", folder, error.value());
  for (const CellSummary& s : cells) {
    if (!s.latency) continue;
    std::string name = registered_name(s.cell);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == ':'; }, '-');
    write_file(std::filesystem::path(folder) / (name + ".hgrm"), s.latency->hgrm());
  }
}

void write_exports(const Options& options, const RunFacts& facts,
                   const std::vector<TrialRecord>& records, const std::vector<CellSummary>& cells) {
  if (!options.hgrm_folder.empty()) write_histograms(options.hgrm_folder, cells);
  for (const auto& [format, make] : exporters()) {
    const auto wanted = options.exports.find(format);
    if (wanted == options.exports.end() || wanted->second.empty()) continue;
    const std::string text = make(facts, records, cells);
    if (wanted->second == "-")
      std::cout << text << std::flush;
    else
      write_file(wanted->second, text);
  }
}

int carry_out(Undertaking run, const Options& options) {
  install_interrupt_handler();
  start_google_benchmark(run.facts.executable);
  const std::vector<TrialRecord> records = measure(run);
  const RunFacts& facts = run.facts;
  const std::vector<CellSummary> cells = summarise_cells(records, facts.plan, facts.machine.cores);
  const std::string results = text_of(results_json(facts, records, cells));
  run.folder.write("results.json", results);
  run.folder.write("results.ci.json", text_of(ci_results_json(facts, cells)));

  const bool taken = options.json_to_stdout || exports_to_stdout(options);
  std::ostream& told = taken ? std::cerr : std::cout;
  if (options.json_to_stdout) std::cout << results;
  if (!options.json_to_stdout)
    told << verdict_table(cells, facts, !taken && use_colour(options.colour, stdout));
  told << "results: " << run.folder.path().string() << "\n";
  told.flush();
  // Last, because nothing that fails here may cost what was measured.
  run.folder.link_latest();
  if (!options.json_copy.empty()) write_file(options.json_copy, results);
  write_exports(options, facts, records, cells);
  if (!std::cout) throw share::Error("stdout: the results could not be written");
  return status_of(cells, facts, options.strict);
}

}  // namespace

int run_sweep(const Options& options) {
  if (options.resume) {
    Undertaking rest = resume_run(options);
    require_fit(rest.facts.plan);
    return carry_out(std::move(rest), options);
  }
  RunFacts facts = gather_facts(chosen_sweep(options), options.selection);
  take_context(facts, options);
  if (facts.plan.cells() == 0) {
    std::cerr << "sharebench: nothing to do: no cell of sweep '" << facts.sweep.name
              << "' matches\n";
    for (const std::string& why : facts.plan.left_out) std::cerr << "  left out: " << why << "\n";
    return kExitNothingToDo;
  }
  require_fit(facts.plan);
  return carry_out(begin_run(std::move(facts), options), options);
}

}  // namespace sharebench
