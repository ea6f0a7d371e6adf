// SweepRunner: carries a plan out, block by block, within the time budget, and keeps the records.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/output/record.hpp"

namespace sharebench {

/// What the runner needs from outside; a test gives it a clock and trials that take no time.
struct RunnerHooks {
  std::function<TrialResult(const TrialSpec&)> run_trial;
  std::function<double()> now_seconds;
  std::function<bool()> stop_asked;
  std::function<void(const std::string& stage, std::uint32_t block, std::uint32_t blocks)> on_block;
  std::function<void(const Cell&)> on_begin;
  std::function<void(const TrialRecord&)> on_end;
};

class SweepRunner {
 public:
  /// The facts must outlive the runner; it fills seconds, interrupted and not_measured.
  SweepRunner(RunFacts& facts, RunnerHooks hooks) : facts_(facts), hooks_(std::move(hooks)) {}

  std::vector<TrialRecord> run();

 private:
  void run_stage(std::size_t index);
  bool block_fits(std::size_t stage, std::uint32_t block) const;
  void run_one_block(const PlannedStage& stage, std::uint32_t block);
  TrialRecord run_cell(const PlannedStage& stage, std::uint32_t block, const Cell& cell);
  double estimate(std::size_t stage) const;

  RunFacts& facts_;
  RunnerHooks hooks_;
  std::vector<TrialRecord> records_;
  std::vector<double> block_seconds_;  ///< of the current stage
  double begin_ = 0;
  double slowness_ = 1;  ///< measured time of a block / its estimate
};

}  // namespace sharebench
