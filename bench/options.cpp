#include "bench/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/exit_status.hpp"

namespace sharebench {
namespace {

constexpr const char* kFooter = R"(Exit status:
  0  ran, verified              4  a backend that promises exact updates broke its promise
  1  failure of the harness     5  nothing to do: nothing matches
  2  wrong usage                130  interrupted; what was measured is saved

Google Benchmark's flags: --benchmark_filter, --benchmark_list_tests, --benchmark_repetitions (blocks),
--benchmark_out, --benchmark_out_format=json, --benchmark_format=console|json, --benchmark_color and
--benchmark_context work; the others have no meaning for trials in processes and are refused.)";

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

void add_selection(CLI::App& app, Options& o) {
  auto* profile = app.add_option("--profile", o.profile, "Built-in sweep: smoke, quick or full")
                      ->capture_default_str();
  app.add_option("--sweep", o.sweep_file, "Sweep file (JSON, see docs/sweep-files.md)")
      ->excludes(profile);
  app.add_option("--backend", o.selection.backends, "Only these backends or families")
      ->delimiter(',');
  app.add_option("--workload", o.selection.workloads, "Only these workloads")->delimiter(',');
  app.add_option("--procs", o.selection.procs,
                 "These numbers of worker processes instead of the "
                 "sweep's")
      ->delimiter(',');
  app.add_option(
      "--filter,--benchmark_filter", o.selection.filter,
      "Only cells whose name matches this extended regular expression ('-' first: does not)");
  app.add_option("--seed", o.seed, "Seed of the order of the cells in each block (up to 2^53)")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53));
  app.add_option("--blocks,--benchmark_repetitions", o.blocks, "Blocks in each stage")
      ->check(CLI::Range(1u, 10000u));
}

void add_run_options(CLI::App& app, Options& o, bool& list_tests, std::string& format,
                     std::vector<std::string>& context) {
  add_selection(app, o);
  app.add_option("--out", o.out, "Folder in which the run's folder is made")->capture_default_str();
  app.add_option("--color,--benchmark_color", o.colour, "Colour on the terminal")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.add_option("--benchmark_out", o.json_copy, "Also write results.json to this file");
  static std::string out_format;
  app.add_option("--benchmark_out_format", out_format, "Format of that file: json")
      ->check(CLI::IsMember({"json"}));
  app.add_option("--benchmark_format", format, "What stdout gets: console (the table) or json")
      ->check(CLI::IsMember({"console", "json"}));
  app.add_flag("--benchmark_list_tests", list_tests, "Print the names of all cells and stop");
  app.add_option("--benchmark_context", context, "key=value for the context of the results")
      ->delimiter(',');
}

/// Commands whose arguments are not for this parser: those of the processes of a trial, which only
/// sharebench itself starts, and the suite that hands its flags to Google Benchmark.
std::optional<Command> passed_through(const std::string& word) {
  static const std::pair<const char*, Command> kCommands[] = {
      {"worker", Command::worker},
      {"manager-server", Command::manager_server},
      {"echo-server", Command::echo_server},
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
  app.footer(kFooter);
  CLI::App* run = app.add_subcommand("run", "Measure a sweep and write its results");
  add_run_options(*run, o, list_tests, format, context);
  run->footer(kFooter);
  CLI::App* plan = app.add_subcommand("plan",
                                      "Say what a sweep would measure, in which order and how "
                                      "long it takes; runs nothing");
  add_selection(*plan, o);
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
  if (*run) o.command = list_tests ? Command::list_tests : Command::run;
  if (*plan) o.command = Command::plan;
  if (*list) o.command = Command::list;
  return {o, kExitOk};
}

}  // namespace sharebench
