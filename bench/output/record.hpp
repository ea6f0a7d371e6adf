// What a run remembers: one record a trial, and the facts of the whole run. Plain values;
// everything in output/ is a function of these.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure/machine.hpp"
#include "bench/plan/plan.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {

struct TrialRecord {
  std::string stage;
  bool ranked = true;
  std::uint32_t block = 0;
  Cell cell;
  std::optional<TrialResult> result;  ///< empty: failed
  std::string failure;
  double seconds = 0;  ///< what the trial took, set-up included
};

struct RunFacts {
  Sweep sweep;
  Plan plan;
  Machine machine;
  std::string started;  ///< ISO 8601, UTC
  std::string executable;
  double seconds = 0;
  double steal_share = 0;  ///< of all CPU time during the run
  bool interrupted = false;
  std::vector<std::string> not_measured;  ///< what did not fit or was not available
  std::vector<std::pair<std::string, std::string>> context;  ///< --benchmark_context
};

}  // namespace sharebench
