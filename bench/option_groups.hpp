// The options of each command, as CLI11 is told of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bench/options.hpp"

namespace sharebench {

inline constexpr const char* kRunFooter = R"(Exit status:
  0  ran, verified              4  a backend that promises exact updates broke its promise
  1  failure of the harness     5  nothing to do: nothing matches
  2  wrong usage                6  with --strict: the figures cannot be trusted
                                130  interrupted; what was measured is saved, see --resume

Google Benchmark's flags: --benchmark_filter, --benchmark_list_tests, --benchmark_repetitions (blocks),
--benchmark_out, --benchmark_out_format=json, --benchmark_format=console|json, --benchmark_color and
--benchmark_context work; the others have no meaning for trials in processes and are refused.)";

/// Which cells, in which order, for how long: for run, plan and gate.
void add_selection(CLI::App& app, Options& o);
void add_run_options(CLI::App& app, Options& o, bool& list_tests, std::string& format,
                     std::vector<std::string>& context);
void add_gate_options(CLI::App& app, Options& o);
void add_compare_options(CLI::App& app, Options& o);
void add_baseline_options(CLI::App& app, Options& o);
void add_format(CLI::App& app, Options& o, std::vector<std::string> allowed);

}  // namespace sharebench
