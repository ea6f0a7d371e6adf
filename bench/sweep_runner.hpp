// SweepRunner: carries a plan out, block by block, within the time budget, repeats noisy blocks,
// and keeps the records. Goes on where an interrupted run stopped.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/output/journal.hpp"
#include "bench/output/record.hpp"

namespace sharebench {

/// What the runner needs from outside; a test gives it a clock and trials that take no time.
struct RunnerHooks {
  std::function<TrialResult(const TrialSpec&)> run_trial;
  std::function<double()> now_seconds;
  std::function<EnvironmentReading()> environment;
  std::function<bool()> stop_asked;
  std::function<void(const std::string& stage, std::uint32_t block, std::uint32_t blocks)> on_block;
  std::function<void(const Cell&)> on_begin;
  std::function<void(const TrialRecord&)> on_end;
  std::function<void(const BlockRecord&)> on_block_end;
};

class SweepRunner {
 public:
  /// The facts must outlive the runner; it fills seconds, blocks, interrupted and not_measured.
  /// @param done what an earlier run of the same plan has measured already.
  SweepRunner(RunFacts& facts, RunnerHooks hooks, JournalContent done = {});

  std::vector<TrialRecord> run();

 private:
  void run_stage(std::size_t index);
  const char* why_stop(std::size_t stage, std::uint32_t block);
  bool block_fits(std::size_t stage, std::uint32_t block) const;
  bool repeat_fits(std::size_t stage, std::uint32_t block) const;
  double longest_block(std::size_t stage) const;
  bool narrow_enough(const PlannedStage& stage, std::uint32_t blocks) const;
  void run_attempts(std::size_t index, std::uint32_t block);
  BlockRecord run_attempt(const PlannedStage& stage, std::uint32_t block, std::uint32_t attempt);
  void run_cells(const PlannedStage& stage, std::uint32_t block, std::uint32_t attempt);
  TrialRecord run_cell(const PlannedStage& stage, std::uint32_t block, const Cell& cell);
  std::vector<std::string> noise_of_trials(const PlannedStage& stage, std::uint32_t block,
                                           std::uint32_t attempt) const;
  bool measured(const PlannedStage& stage, std::uint32_t block, std::uint32_t attempt,
                const Cell& cell) const;
  /// A block that was begun before an interruption was decided on then.
  bool begun(const std::string& stage, std::uint32_t block) const;
  const BlockRecord* finished(const std::string& stage, std::uint32_t block,
                              std::uint32_t attempt) const;
  void drop(const BlockRecord& block);
  double estimate(std::size_t stage) const;
  double elapsed() const;

  RunFacts& facts_;
  RunnerHooks hooks_;
  std::vector<TrialRecord> records_;
  std::vector<double> block_seconds_;  ///< of the current stage
  double begin_ = 0;
  double slowness_ = 1;  ///< measured time of a block / its estimate
};

}  // namespace sharebench
