// What a run remembers: one record a trial, and the facts of the whole run. Plain values;
// everything in output/ is a function of these.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure/environment.hpp"
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
  double seconds = 0;         ///< what the trial took, set-up included
  std::uint32_t attempt = 0;  ///< of the block: a noisy one is repeated
  bool dropped = false;       ///< its block was too noisy and was repeated
};

/// One execution of a block.
struct BlockRecord {
  std::string stage;
  std::uint32_t block = 0, attempt = 0;
  Environment environment;
  std::vector<std::string> noise;  ///< why it is noisy; empty: it is quiet
  bool dropped = false;            ///< repeated, so that its trials do not count
  double at = 0;                   ///< seconds of measuring when it ended
};

struct RunFacts {
  Sweep sweep;
  Plan plan;
  Machine machine;
  std::string started;  ///< ISO 8601, UTC
  std::string executable;
  double seconds = 0;
  Environment environment;  ///< of the whole run
  std::vector<BlockRecord> blocks;
  bool interrupted = false;
  std::vector<std::string> not_measured;  ///< what did not fit or was not available
  std::vector<std::pair<std::string, std::string>> context;  ///< --benchmark_context
};

}  // namespace sharebench
