// The command line, parsed and checked, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/plan/plan.hpp"

namespace sharebench {

enum class Command {
  run,
  plan,
  list,
  list_tests,
  gate,
  compare,
  baseline_save,
  baseline_show,
  doctor,
  primitives,
  trial,
  worker,
  manager_server,
  floor_server
};

struct Options {
  Command command = Command::run;
  // run, plan
  std::string
      profile;  ///< set by parse_options, where --sweep is not given: "quick", or "ci" of gate
  std::string sweep_file;
  Selection selection;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> blocks;
  std::optional<double> budget_seconds;  ///< --budget
  std::optional<double> max_noise;       ///< --max-noise, in parts of one
  std::string order;                     ///< "random", "fixed" or empty: as the sweep says
  bool no_repeat = false;
  // run
  std::string out = "results";
  std::optional<std::string> resume;  ///< the run to go on with; empty: the newest unfinished one
  bool strict = false;
  std::string hgrm_folder;
  std::map<std::string, std::string> exports;  ///< format to file, see output/exports.hpp
  std::string json_copy;                       ///< --benchmark_out
  bool json_to_stdout = false;                 ///< --benchmark_format=json
  std::string colour = "auto";
  std::vector<std::pair<std::string, std::string>> context;
  // gate, compare, baseline
  std::string base, fresh;  ///< programs; runs; the name of a baseline and a run
  std::string store = "results/baselines";
  std::string fail_on = "regression";
  double threshold = 0.05;
  bool cross_machine = false, replace = false;
  std::string format = "text";
  std::string save;  ///< file that gets the JSON
  bool allow_inconclusive = false;
  // the hidden commands of the processes of a trial, and what primitives hands on
  std::vector<std::string> rest;
};

/// @returns the options, or an exit status when there is nothing more to do (help, version, an
/// error that has been printed).
struct ParsedOptions {
  std::optional<Options> options;
  int exit_status = 0;
};
ParsedOptions parse_options(int argc, char** argv);

}  // namespace sharebench
