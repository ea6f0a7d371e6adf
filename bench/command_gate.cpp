// gate: two programs side by side; is the new one slower?
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

#include "bench/commands.hpp"
#include "bench/exit_status.hpp"
#include "bench/gate/gate_report.hpp"
#include "bench/measure/clock.hpp"
#include "bench/output/run_folder.hpp"
#include "bench/output/trial_json.hpp"
#include "bench/registry/registry.hpp"
#include "bench/trial/interrupt.hpp"
#include "bench/trial/trial_program.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

std::string program(const std::string& path) {
  if (access(path.c_str(), X_OK) != 0 || !std::filesystem::is_regular_file(path))
    throw SweepError(path + ": no such program; allowed: two builds of sharebench");
  return std::filesystem::canonical(path).string();
}

TrialResult trial_in(const std::string& path, const TrialSpec& spec) {
  const auto limit = std::chrono::seconds(120);
  const std::string answer =
      ask_program(path, request_json(spec).dump(), share::Deadline::after(limit));
  const json parsed = json::parse(answer, nullptr, false);
  if (parsed.is_discarded()) throw TrialFailed(path + ": its answer is no JSON");
  if (parsed.contains("failure")) throw TrialFailed(parsed["failure"].get<std::string>());
  try {
    return read_result(parsed);
  } catch (const JournalError& error) {
    throw TrialFailed(path + ": its answer is not understood: " + error.what());
  }
}

gate::GateSettings settings_of(const Options& options) {
  const Sweep sweep = chosen_sweep(options);
  const Machine machine = read_machine();
  gate::GateSettings settings;
  for (const PlannedStage& stage : make_plan(sweep, machine, options.selection).stages)
    for (const Cell& cell : stage.cells)
      if (stage.stage.ranked && cell.measure == Measure::throughput &&
          find_backend(cell.backend)->traits.updates == share::Updates::exact)
        settings.cells.push_back(cell);
  settings.timing = sweep.timing;
  settings.seed = sweep.seed;
  settings.repeats = sweep.repeats;
  settings.cores = machine.cores;
  settings.shuffled = sweep.shuffled;
  settings.budget_seconds =
      sweep.budget_seconds > 0 ? sweep.budget_seconds : std::numeric_limits<double>::infinity();
  if (options.blocks) settings.min_blocks = settings.max_blocks = *options.blocks;
  if (options.max_noise) settings.max_half_width = *options.max_noise;
  return settings;
}

int status_of(gate::Outcome outcome, bool allow_inconclusive) {
  switch (outcome) {
    case gate::Outcome::none:
      return kExitOk;
    case gate::Outcome::regression:
      return kExitRegression;
    case gate::Outcome::promise_broken:
      return kExitPromiseBroken;
    case gate::Outcome::inconclusive:
    case gate::Outcome::insensitive:
      return allow_inconclusive ? kExitOk : kExitInconclusive;
    case gate::Outcome::interrupted:
      return kExitInterrupted;
    case gate::Outcome::failed:
      return kExitFailure;
  }
  return kExitFailure;
}

}  // namespace

int run_gate(const Options& options) {
  const std::string base = program(options.base), fresh = program(options.fresh);
  const gate::GateSettings settings = settings_of(options);
  if (settings.cells.empty()) {
    std::cerr << "sharebench: nothing to do: no ranked cell of an exact backend matches\n";
    return kExitNothingToDo;
  }
  install_interrupt_handler();
  const gate::GateResult result =
      gate::run_gate(settings, {[&](bool is_fresh, const TrialSpec& spec) {
                                  return trial_in(is_fresh ? fresh : base, spec);
                                },
                                [] { return static_cast<double>(monotonic_ns()) * 1e-9; },
                                read_environment, [] { return interrupts() > 0; },
                                [](const std::string& text) { std::cerr << text << std::endl; }});
  const json all = gate::gate_json(result);
  if (options.format == "json")
    std::cout << all.dump(1) << "\n";
  else
    std::cout << gate::gate_text(
        result, options.format == "markdown" ? TableFormat::markdown : TableFormat::text);
  std::cout.flush();
  if (!options.save.empty()) write_file(options.save, all.dump(1) + "\n");
  return status_of(result.outcome, options.allow_inconclusive);
}

}  // namespace sharebench
