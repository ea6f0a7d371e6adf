#include "bench/option_groups.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace sharebench {
namespace {

/// "90s", "10m", "1h" in seconds.
double duration(const std::string& text) {
  static const std::pair<char, double> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
  double value = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  for (const auto& [unit, seconds] : kUnits)
    if (read.ec == std::errc() && read.ptr + 1 == text.data() + text.size() && *read.ptr == unit &&
        value >= 0 && value * seconds <= 1e7)
      return std::ceil(value * seconds);  // sweep files have whole seconds
  throw CLI::ValidationError("--budget", fmt::format("'{}': allowed: a number and s, m or h, as in "
                                                     "90s, 10m, 1h",
                                                     text));
}

/// "2.5%" or "2.5" in parts of one.
double percentage(const char* option, const std::string& text) {
  double value = -1;
  const std::string number = text.ends_with('%') ? text.substr(0, text.size() - 1) : text;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (read.ec == std::errc() && read.ptr == number.data() + number.size() && value >= 0.1 &&
      value <= 100)
    return value / 100;
  throw CLI::ValidationError(option,
                             fmt::format("'{}': allowed: a percentage from 0.1 to 100", text));
}

void add_store(CLI::App& app, Options& o) {
  app.add_option("--store", o.store, "Folder of the named baselines")->capture_default_str();
}

}  // namespace

void add_selection(CLI::App& app, Options& o) {
  auto* profile = app.add_option("--profile", o.profile, "Built-in sweep: smoke, quick, locks, ci or full")
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
         "--max-noise",
         [&o](const std::string& text) { o.max_noise = percentage("--max-noise", text); },
         "Add blocks (up to 60, or --blocks) until every ranked interval is within this: 2.5%")
      ->type_name("PERCENT");
  app.add_option("--order", o.order, "Order of the cells in a block; fixed: that of the sweep")
      ->check(CLI::IsMember({"random", "fixed"}));
  app.add_flag("--no-repeat", o.no_repeat, "Never repeat a noisy block");
}

void add_format(CLI::App& app, Options& o, std::vector<std::string> allowed) {
  app.add_option("--format", o.format, "Of what stdout gets")
      ->check(CLI::IsMember(std::move(allowed)))
      ->capture_default_str();
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
  for (const char* other :
       {"--profile", "--sweep", "--backend", "--workload", "--procs", "--filter", "--seed",
        "--blocks", "--budget", "--max-noise", "--order", "--no-repeat", "--benchmark_context"})
    resume->excludes(app.get_option(other));
  static const std::pair<const char*, const char*> kExports[] = {
      {"csv", "One row a trial"},
      {"junit", "One test case a cell"},
      {"openmetrics", "Gauges for Prometheus and its like"},
      {"bencher", "Bencher Metric Format"},
      {"github", "github-action-benchmark, customSmallerIsBetter"}};
  for (const auto& [name, what] : kExports)
    app.add_option("--export-" + std::string(name), o.exports[name],
                   std::string(what) + ", to this file; - is stdout")
        ->type_name("FILE");
  app.add_option(
         "--export-hgrm", o.hgrm_folder,
         "The latency histograms as HdrHistogram writes them, one file a cell, into this folder")
      ->type_name("DIR");
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
  app.add_option("base", o.base, "The program to compare with")
      ->required()
      ->type_name("BASE-BINARY");
  app.add_option("new", o.fresh, "The program to judge")->required()->type_name("NEW-BINARY");
  add_selection(app, o);
  app.get_option("--profile")->default_str("ci");
  add_format(app, o, {"text", "markdown", "json"});
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

void add_compare_options(CLI::App& app, Options& o) {
  constexpr const char* kRun = "a results.json, a run folder, or the name of a baseline";
  app.add_option("base", o.base, std::string("The run to compare with: ") + kRun)
      ->required()
      ->type_name("BASE");
  app.add_option("new", o.fresh, "The run to judge, given alike")->required()->type_name("NEW");
  add_format(app, o, {"text", "markdown", "json"});
  add_store(app, o);
  app.add_option("--fail-on", o.fail_on, "When to exit with 3 (4 for a broken promise)")
      ->check(CLI::IsMember({"regression", "never"}))
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--threshold",
         [&o](const std::string& text) { o.threshold = percentage("--threshold", text); },
         "Slowdowns below this are none")
      ->type_name("PERCENT")
      ->default_str("5%");
  app.add_flag("--allow-cross-machine", o.cross_machine,
               "Compare runs of different machines, by the ratios to each cell's floor only");
  app.footer(R"(Exit status: 0 no regression; 2 wrong usage, or the machines differ; 3 regression;
4 the new run has a broken promise.

Two runs made one after the other differ also because the machine does; `gate` measures both at once.)");
}

void add_baseline_options(CLI::App& app, Options& o) {
  app.require_subcommand(1);
  CLI::App* save = app.add_subcommand("save", "Keep the results of a run under a name");
  save->add_option("name", o.base, "Letters, digits, '.', '_', '-'")->required();
  save->add_option("run", o.fresh, "A run folder or results.json")->default_str("results/latest");
  save->add_flag("--replace", o.replace, "Replace an older one of that name");
  add_store(*save, o);
  CLI::App* list = app.add_subcommand("list", "All baselines, a line each");
  add_store(*list, o);
  CLI::App* show = app.add_subcommand("show", "One baseline, cell by cell");
  show->add_option("name", o.base)->required();
  add_store(*show, o);
}

}  // namespace sharebench
