// compare and baseline: what finished runs say.
#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/commands.hpp"
#include "bench/compare/baseline.hpp"
#include "bench/compare/comparison.hpp"
#include "bench/exit_status.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

json change_json(const Change& c) {
  json shift = nullptr;
  if (c.shift)
    shift = {{"n", c.shift->n},
             {"shift", c.shift->shift},
             {"low", c.shift->low},
             {"high", c.shift->high},
             {"p", c.shift->p},
             {"coverage", c.shift->coverage},
             {"percent", 100 * std::expm1(c.shift->shift)}};
  return {{"name", c.cell},
          {"base_ns", c.base_ns > 0 ? json(c.base_ns) : json(nullptr)},
          {"new_ns", c.new_ns > 0 ? json(c.new_ns) : json(nullptr)},
          {"change", shift},
          {"p_adjusted", c.p},
          {"mde", c.mde > 0 ? json(c.mde) : json(nullptr)},
          {"verdict", c.verdict},
          {"regression", c.bad}};
}

std::string as_text(const ResultsFile& base, const ResultsFile& fresh, const RunComparison& result,
                    TableFormat format) {
  const bool markdown = format == TableFormat::markdown;
  const char* outcome = result.promise_broken ? "promise broken"
                        : result.regression   ? "regression"
                                              : "no regression";
  std::string text = fmt::format("{}compare: {}\n\n", markdown ? "### " : "", outcome);
  const char* bullet = markdown ? "- " : "  ";
  text += fmt::format("{}base: {} ({}, {})\n{}new: {} ({}, {})\n\n", bullet, base.path,
                      base.git_sha, base.started, bullet, fresh.path, fresh.git_sha, fresh.started);
  text += change_table(result.changes, format) + "\n";
  for (const std::string& remark : result.remarks) text += bullet + remark + "\n";
  return text;
}

json as_json(const ResultsFile& base, const ResultsFile& fresh, const RunComparison& result) {
  json cells = json::array();
  for (const Change& change : result.changes) cells.push_back(change_json(change));
  return {{"schema", 1},  // 1: 2026-11, first
          {"base", base.path},
          {"new", fresh.path},
          {"regression", result.regression},
          {"promise_broken", result.promise_broken},
          {"remarks", result.remarks},
          {"cells", cells}};
}

}  // namespace

int run_compare(const Options& options) {
  const ResultsFile base = load_results(options.base, options.store),
                    fresh = load_results(options.fresh, options.store);
  const RunComparison result =
      compare_runs(base, fresh, {options.threshold, options.cross_machine});
  if (options.format == "json")
    std::cout << as_json(base, fresh, result).dump(1) << "\n";
  else
    std::cout << as_text(base, fresh, result,
                         options.format == "markdown" ? TableFormat::markdown : TableFormat::text);
  if (options.fail_on == "never") return kExitOk;
  if (result.promise_broken) return kExitPromiseBroken;
  return result.regression ? kExitRegression : kExitOk;
}

int save_baseline(const Options& options) {
  save_baseline(options.store, options.base, options.fresh, options.replace);
  std::cout << "baseline " << options.base << ": " << options.fresh << "\n";
  return kExitOk;
}

int show_baselines(const Options& options) {
  const std::vector<std::string> names =
      options.base.empty() ? list_baselines(options.store) : std::vector<std::string>{options.base};
  for (const std::string& name : names) {
    const ResultsFile file =
        load_results(baseline_file(options.store, name).string(), options.store);
    fmt::print("{:<24} {}  {}  {} cells  {}{}\n", name, file.started, file.git_sha,
               file.cells.size(), file.machine, file.trust.empty() ? "" : "  " + file.trust);
    if (options.base.empty()) continue;
    for (const MeasuredCell& cell : file.cells)
      fmt::print("  {:<64} {}\n", cell.name,
                 cell.median_ns > 0
                     ? fmt::format("{:.4g} ns, {} blocks", cell.median_ns, cell.ns.size())
                     : "no valid trial");
  }
  return names.empty() ? kExitNothingToDo : kExitOk;
}

}  // namespace sharebench
