// Validity: a trial's reasons to be distrusted, V1 to V10 of docs/method.md (V4 and V5 belong to a
// block, see measure/environment.hpp). Pure; what is measured never decides whether it counts.
#pragma once

#include "bench/registry/registry.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {

/// What the rules need to know besides the result.
struct Circumstances {
  bool oversubscribed = false;
  double cycle_ns = 0;  ///< of the processor, measured; 0: unknown
  std::string clock_source;
};

/// Fills invalid, noisy and flags.
void judge(TrialResult& result, const Cell& cell, const BackendInfo& backend,
           const Circumstances& circumstances);

}  // namespace sharebench
