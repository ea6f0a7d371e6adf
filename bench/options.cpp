#include "bench/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "bench/exit_status.hpp"
#include "bench/option_groups.hpp"

namespace sharebench {
namespace {

/// Flags of Google Benchmark that would be silently without effect.
const char* why_refused(const std::string& flag) {
  static const std::pair<const char*, const char*> kRefused[] = {
      {"--benchmark_min_time", "the window of a trial is set by the sweep file's timing"},
      {"--benchmark_min_warmup_time", "the warm-up of a trial is set by the sweep file's timing"},
      {"--benchmark_enable_random_interleaving", "blocks are always in random order; see --seed"},
      {"--benchmark_report_aggregates_only", "results.ci.json has one row a cell"},
      {"--benchmark_display_aggregates_only", "results.ci.json has one row a cell"},
      {"--benchmark_counters_tabular", "the verdict table has its own columns"},
      {"--benchmark_perf_counters", "performance counters do not see the workers"},
      {"--benchmark_time_unit", "all times are nanoseconds"},
      {"--benchmark_dry_run", "use `sharebench plan`"},
  };
  for (const auto& [name, why] : kRefused)
    if (flag == name) return why;
  return flag.starts_with("--benchmark_") ? "it is not known" : nullptr;
}

/// Commands whose arguments are not for this parser: those of the processes of a trial, which only
/// sharebench itself starts, and the suite that hands its flags to Google Benchmark.
std::optional<Command> passed_through(const std::string& word) {
  static const std::pair<const char*, Command> kCommands[] = {
      {"trial", Command::trial},
      {"worker", Command::worker},
      {"manager-server", Command::manager_server},
      {"floor-server", Command::floor_server},
      {"primitives", Command::primitives}};
  for (const auto& [name, command] : kCommands)
    if (word == name) return command;
  return std::nullopt;
}

void split_context(const std::vector<std::string>& pairs, Options& o) {
  for (const std::string& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw CLI::ValidationError("--benchmark_context",
                                 fmt::format("'{}': allowed: key=value", pair));
    o.context.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  Options o;
  bool list_tests = false;
  std::string format = "console";
  std::vector<std::string> context;

  CLI::App app(
      "sharebench: which way of sharing state between processes, at what cost, is it correct?",
      "sharebench");
  app.set_version_flag("--version", SHAREBENCH_VERSION);
  app.require_subcommand(1);
  app.footer(kRunFooter);
  CLI::App* run = app.add_subcommand("run", "Measure a sweep and write its results");
  add_run_options(*run, o, list_tests, format, context);
  run->footer(kRunFooter);
  CLI::App* plan = app.add_subcommand("plan",
                                      "Say what a sweep would measure, in which order and how "
                                      "long it takes; runs nothing");
  add_selection(*plan, o);
  CLI::App* gate = app.add_subcommand(
      "gate", "Measure two builds of sharebench side by side: is the new one slower?");
  add_gate_options(*gate, o);
  CLI::App* compare = app.add_subcommand("compare", "Compare two finished runs");
  add_compare_options(*compare, o);
  CLI::App* baseline = app.add_subcommand("baseline", "Results kept under a name, for compare");
  add_baseline_options(*baseline, o);
  CLI::App* doctor = app.add_subcommand(
      "doctor",
      "Say what of this machine makes measurements worse, and the command that changes it");
  add_format(*doctor, o, {"text", "json"});
  CLI::App* list =
      app.add_subcommand("list", "List backends with their promises, workloads, profiles");
  app.add_subcommand("primitives",
                     "Time the uncontended primitives in this process; takes every flag of "
                     "Google Benchmark");

  // Google Benchmark's spelling without a command means run, as for any benchmark binary.
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0].starts_with("--benchmark_"))
    arguments.insert(arguments.begin(), "run");
  if (const auto command = arguments.empty() ? std::nullopt : passed_through(arguments[0])) {
    o.command = *command;
    o.rest.assign(arguments.begin() + 1, arguments.end());
    return {o, kExitOk};
  }

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    app.parse(reversed);
    split_context(context, o);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return {std::nullopt, kExitOk};
  } catch (const CLI::CallForAllHelp&) {
    std::cout << app.help("", CLI::AppFormatMode::All);
    return {std::nullopt, kExitOk};
  } catch (const CLI::CallForVersion&) {
    std::cout << "sharebench " << SHAREBENCH_VERSION << "\n";
    return {std::nullopt, kExitOk};
  } catch (const CLI::ParseError& error) {
    for (const std::string& argument : arguments)
      if (const char* why = why_refused(argument.substr(0, argument.find('=')));
          why != nullptr &&
          error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        std::cerr << "sharebench: " << argument << " is refused: " << why << "\n";
        return {std::nullopt, kExitUsage};
      }
    std::cerr << "sharebench: " << error.what() << "\nRun with --help for what is allowed.\n";
    return {std::nullopt, kExitUsage};
  }

  o.json_to_stdout = format == "json";
  const auto to_stdout = std::count_if(o.exports.begin(), o.exports.end(),
                                       [](const auto& e) { return e.second == "-"; });
  if (to_stdout + (o.json_to_stdout ? 1 : 0) > 1) {
    std::cerr << "sharebench: only one of --export-... - and --benchmark_format=json can have "
                 "stdout\n";
    return {std::nullopt, kExitUsage};
  }
  if (*run) o.command = list_tests ? Command::list_tests : Command::run;
  if (*plan) o.command = Command::plan;
  if (*gate) o.command = Command::gate;
  if (*compare) o.command = Command::compare;
  if (*baseline)
    o.command = baseline->got_subcommand("save") ? Command::baseline_save : Command::baseline_show;
  if (o.command == Command::baseline_save && o.fresh.empty()) o.fresh = "results/latest";
  if (*doctor) o.command = Command::doctor;
  if (o.profile.empty()) o.profile = *gate ? "ci" : "quick";
  if (*list) o.command = Command::list;
  return {o, kExitOk};
}

}  // namespace sharebench
