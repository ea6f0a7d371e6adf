// sharebench: which way of sharing state between processes, at what cost, is it correct?
#include <iostream>
#include <share/core/error.hpp>

#include "bench/commands.hpp"
#include "bench/compare/results_file.hpp"
#include "bench/exit_status.hpp"
#include "bench/output/trial_json.hpp"
#include "bench/trial/roles.hpp"

namespace {

int dispatch(const sharebench::Options& options) {
  using sharebench::Command;
  switch (options.command) {
    case Command::run:
      return sharebench::run_sweep(options);
    case Command::plan:
      return sharebench::show_plan(options);
    case Command::list:
      return sharebench::show_list();
    case Command::list_tests:
      return sharebench::list_tests(options);
    case Command::gate:
      return sharebench::run_gate(options);
    case Command::compare:
      return sharebench::run_compare(options);
    case Command::baseline_save:
      return sharebench::save_baseline(options);
    case Command::baseline_show:
      return sharebench::show_baselines(options);
    case Command::doctor:
      return sharebench::run_doctor(options);
    case Command::trial:
      return sharebench::answer_trial(options);
    case Command::primitives:
      return sharebench::run_primitives(options);
    case Command::worker:
      return sharebench::be_worker(options.rest);
    case Command::manager_server:
      return sharebench::be_manager_server(options.rest);
    case Command::floor_server:
      return sharebench::be_floor_server(options.rest);
  }
  return sharebench::kExitFailure;
}

}  // namespace

int main(int argc, char** argv) {
  const sharebench::ParsedOptions parsed = sharebench::parse_options(argc, argv);
  if (!parsed.options) return parsed.exit_status;
  try {
    return dispatch(*parsed.options);
  } catch (const sharebench::SweepError& error) {
    std::cerr << "sharebench: " << error.what() << "\n";
    return sharebench::kExitUsage;
  } catch (const sharebench::JournalError& error) {  // of a file or a run that the user named
    std::cerr << "sharebench: " << error.what() << "\n";
    return sharebench::kExitUsage;
  } catch (const sharebench::ResultsError& error) {
    std::cerr << "sharebench: " << error.what() << "\n";
    return sharebench::kExitUsage;
  } catch (const share::NotEnoughMemory& error) {  // before anything was measured
    std::cerr << "sharebench: " << error.what() << "\n";
    return sharebench::kExitUsage;
  } catch (const std::exception& error) {
    std::cerr << "sharebench: " << error.what() << "\n";
    return sharebench::kExitFailure;
  }
}
