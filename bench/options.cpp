#include "bench/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>

#include "bench/exit_status.hpp"

namespace sharebench {
namespace {

constexpr const char* kFooter = R"(Exit status:
  0  ran, verified              4  a backend that promises exact updates broke its promise
  1  failure of the harness     5  nothing to do: nothing matches
  2  wrong usage                6  with --strict: the figures cannot be trusted
                                130  interrupted; what was measured is saved, see --resume

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

/// "90s", "10m", "1h" in seconds.
double duration(const std::string& text) {
  static const std::pair<char, double> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
  double value = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  for (const auto& [unit, seconds] : kUnits)
    if (read.ec == std::errc() && read.ptr + 1 == text.data() + text.size() && *read.ptr == unit &&
        value >= 0 && value * seconds <= 1e7)
      return value * seconds;
  throw CLI::ValidationError("--budget", fmt::format("'{}': allowed: a number and s, m or h, as in "
                                                     "90s, 10m, 1h",
                                                     text));
}

/// "2.5%" or "2.5" in parts of one.
double percentage(const std::string& text) {
  double value = -1;
  const std::string number = text.ends_with('%') ? text.substr(0, text.size() - 1) : text;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (read.ec == std::errc() && read.ptr == number.data() + number.size() && value >= 0.1 &&
      value <= 100)
    return value / 100;
  throw CLI::ValidationError("--max-noise",
                             fmt::format("'{}': allowed: a percentage from 0.1 to 100", text));
}

void add_selection(CLI::App& app, Options& o) {
  auto* profile = app.add_option("--profile", o.profile, "Built-in sweep: smoke, quick, ci or full")
                      ->default_str("quick");
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
  app.add_option_function<std::string>(
         "--budget", [&o](const std::string& text) { o.budget_seconds = duration(text); },
         "Measure for at most this long: 90s, 10m, 1h; 0s: as long as it takes")
      ->type_name("DURATION");
  app.add_option_function<std::string>(
         "--max-noise", [&o](const std::string& text) { o.max_noise = percentage(text); },
         "Add blocks (up to 60, or --blocks) until every ranked interval is within this: 2.5%")
      ->type_name("PERCENT");
  app.add_option("--order", o.order, "Order of the cells in a block; fixed: that of the sweep")
      ->check(CLI::IsMember({"random", "fixed"}));
  app.add_flag("--no-repeat", o.no_repeat, "Never repeat a noisy block");
}

void add_run_options(CLI::App& app, Options& o, bool& list_tests, std::string& format,
                     std::vector<std::string>& context) {
  add_selection(app, o);
  app.add_option("--out", o.out, "Folder in which the run's folder is made")->capture_default_str();
  app.add_option("--benchmark_context", context, "key=value for the context of the results")
      ->delimiter(',');
  auto* resume = app.add_option_function<std::vector<std::string>>(
      "--resume",
      [&o](const std::vector<std::string>& run) { o.resume = run.empty() ? "" : run[0]; },
      "Go on with a run that was interrupted or killed: its folder, or the newest unfinished one "
      "in --out");
  resume->expected(0, 1)->type_name("[RUN]");
  for (const char* other : {"--profile", "--sweep", "--backend", "--workload", "--procs", "--filter",
                            "--seed", "--blocks", "--budget", "--max-noise", "--order",
                            "--no-repeat", "--benchmark_context"})
    resume->excludes(app.get_option(other));
  app.add_flag("--strict", o.strict, "Exit with 6 when the figures cannot be trusted");
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
}

void add_gate_options(CLI::App& app, Options& o) {
  app.add_option("base", o.base, "The program to compare with")->required()->type_name("BASE-BINARY");
  app.add_option("new", o.fresh, "The program to judge")->required()->type_name("NEW-BINARY");
  add_selection(app, o);
  app.get_option("--profile")->default_str("ci");
  app.add_option("--format", o.format, "Of what stdout gets")
      ->check(CLI::IsMember({"text", "markdown", "json"}))
      ->capture_default_str();
  app.add_option("--save", o.save, "Also write the JSON to this file")->type_name("FILE");
  app.add_flag("--allow-inconclusive", o.allow_inconclusive,
               "Exit with 0 instead of 7 when this machine cannot decide");
  app.footer(R"(Exit status:
  0  no regression             4  the new program broke a promise of exact updates
  3  regression, confirmed     5  nothing matches
  1  the harness failed        7  inconclusive (too noisy) or insensitive (a planted slowdown was missed)
  2  wrong usage               130  interrupted

Only ranked cells of exact backends are gated. Among the trials are identical programs (A/A) and a
slowdown made on purpose: they tell what this machine can decide at all.)");
}

/// Commands whose arguments are not for this parser: those of the processes of a trial, which only
/// sharebench itself starts, and the suite that hands its flags to Google Benchmark.
std::optional<Command> passed_through(const std::string& word) {
  static const std::pair<const char*, Command> kCommands[] = {
      {"trial", Command::trial},
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
  CLI::App* gate = app.add_subcommand(
      "gate", "Measure two builds of sharebench side by side: is the new one slower?");
  add_gate_options(*gate, o);
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
  if (*gate) o.command = Command::gate;
  if (o.profile.empty()) o.profile = *gate ? "ci" : "quick";
  if (*list) o.command = Command::list;
  return {o, kExitOk};
}

}  // namespace sharebench
