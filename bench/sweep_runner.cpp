#include "bench/sweep_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "bench/measure/statistics.hpp"
#include "bench/output/google_benchmark.hpp"
#include "bench/plan/estimate.hpp"

namespace sharebench {

namespace {
constexpr const char* kCutShort = "interrupted";

/// What a stage should get; an adaptive one its first look.
std::uint32_t planned_blocks(const Stage& s) {
  return s.max_noise > 0 ? std::min(s.blocks, std::max(s.min_blocks, kLooks[0])) : s.blocks;
}

}  // namespace

SweepRunner::SweepRunner(RunFacts& facts, RunnerHooks hooks, JournalContent done)
    : facts_(facts), hooks_(std::move(hooks)), records_(std::move(done.trials)) {
  facts_.blocks = std::move(done.blocks);
  for (const BlockRecord& block : facts_.blocks)
    if (block.dropped) drop(block);
}

std::vector<TrialRecord> SweepRunner::run() {
  // The time that was spent already counts against the budget.
  const double spent = facts_.blocks.empty() ? 0 : facts_.blocks.back().at;
  begin_ = hooks_.now_seconds() - spent;
  const EnvironmentReading before = hooks_.environment();
  for (std::size_t stage = 0; stage < facts_.plan.stages.size(); ++stage) run_stage(stage);
  facts_.seconds = elapsed();
  facts_.environment = between(before, hooks_.environment());
  return std::move(records_);
}

double SweepRunner::elapsed() const { return hooks_.now_seconds() - begin_; }

double SweepRunner::estimate(std::size_t stage) const {
  return slowness_ *
         estimate_seconds(facts_.plan.stages[stage], facts_.sweep.timing, facts_.machine.cores);
}

/// A block must fit with all that is still to come; up to min_blocks it need only fit itself and
/// the min_blocks of the later stages.
bool SweepRunner::block_fits(std::size_t stage, std::uint32_t block) const {
  if (facts_.sweep.budget_seconds <= 0) return true;
  const bool needed = block < facts_.plan.stages[stage].stage.min_blocks;
  double wanted = elapsed() + longest_block(stage);
  for (std::size_t later = stage + 1; later < facts_.plan.stages.size(); ++later) {
    const Stage& s = facts_.plan.stages[later].stage;
    wanted += estimate(later) * (needed ? s.min_blocks : planned_blocks(s));
  }
  return wanted <= facts_.sweep.budget_seconds;
}

/// A repetition must not cost a block that is still to come.
bool SweepRunner::repeat_fits(std::size_t stage, std::uint32_t block) const {
  if (facts_.sweep.budget_seconds <= 0) return true;
  const std::uint32_t planned = planned_blocks(facts_.plan.stages[stage].stage);
  double wanted = elapsed() + longest_block(stage) * (1 + std::max(planned, block + 1) - block - 1);
  for (std::size_t later = stage + 1; later < facts_.plan.stages.size(); ++later)
    wanted += estimate(later) * planned_blocks(facts_.plan.stages[later].stage);
  return wanted <= facts_.sweep.budget_seconds;
}

double SweepRunner::longest_block(std::size_t stage) const {
  return block_seconds_.empty() ? estimate(stage)
                                : *std::max_element(block_seconds_.begin(), block_seconds_.end());
}

const char* SweepRunner::why_stop(std::size_t stage, std::uint32_t block) {
  facts_.interrupted = facts_.interrupted || hooks_.stop_asked();
  if (facts_.interrupted) return "interrupted";
  return block_fits(stage, block) ? nullptr : "the time budget is spent";
}

void SweepRunner::run_stage(std::size_t index) {
  const PlannedStage& stage = facts_.plan.stages[index];
  const std::uint32_t blocks = stage.stage.blocks;
  block_seconds_.clear();
  for (std::uint32_t block = 0; block < blocks; ++block) {
    if (!begun(stage.stage.name, block) && narrow_enough(stage, block)) return;
    const bool done = finished(stage.stage.name, block, 0) != nullptr;
    if (const char* why = done ? nullptr : why_stop(index, block)) {
      facts_.not_measured.push_back(fmt::format("stage {}: {} of {} blocks ({})", stage.stage.name,
                                                blocks - block, blocks, why));
      return;
    }
    run_attempts(index, block);
    if (facts_.interrupted) {
      facts_.not_measured.push_back(
          fmt::format("stage {}: the rest from block {} of {} (interrupted)", stage.stage.name,
                      block + 1, blocks));
      return;
    }
  }
}

/// Whether the intervals of an adaptive stage are narrow enough after so many blocks.
bool SweepRunner::narrow_enough(const PlannedStage& stage, std::uint32_t blocks) const {
  if (stage.stage.max_noise <= 0 || blocks < stage.stage.min_blocks ||
      std::find(kLooks.begin(), kLooks.end(), blocks) == kLooks.end())
    return false;
  std::map<std::string, std::vector<double>> logs;
  for (const TrialRecord& record : records_)
    if (record.stage == stage.stage.name && !record.dropped && record.result &&
        record.result->valid())
      logs[full_name(record.cell)].push_back(std::log(record.result->rate));
  return std::all_of(logs.begin(), logs.end(), [&](const auto& cell) {
    const Summary s = summarise(cell.second);
    return s.coverage >= 0.95 && (s.high - s.low) / 2 <= stage.stage.max_noise;
  });
}

/// The block, again while it is noisy and may be repeated.
void SweepRunner::run_attempts(std::size_t index, std::uint32_t block) {
  const PlannedStage& stage = facts_.plan.stages[index];
  for (std::uint32_t attempt = 0;; ++attempt) {
    if (const BlockRecord* known = finished(stage.stage.name, block, attempt)) {
      if (known->dropped) continue;
      return;
    }
    hooks_.on_block(stage.stage.name, block, stage.stage.blocks);
    BlockRecord record = run_attempt(stage, block, attempt);
    if (facts_.interrupted) return;  // unfinished: --resume goes on inside it
    record.dropped = !record.noise.empty() && attempt < facts_.sweep.repeats &&
                     why_stop(index, block) == nullptr && repeat_fits(index, block);
    facts_.blocks.push_back(record);
    hooks_.on_block_end(record);
    if (!record.dropped) return;
    drop(record);
  }
}

BlockRecord SweepRunner::run_attempt(const PlannedStage& stage, std::uint32_t block,
                                     std::uint32_t attempt) {
  const double begin = hooks_.now_seconds();
  const EnvironmentReading before = hooks_.environment();
  run_cells(stage, block, attempt);
  BlockRecord record{
      stage.stage.name, block, attempt, between(before, hooks_.environment()), {}, false,
      elapsed()};
  record.noise = noise_of(record.environment);
  for (std::string& reason : noise_of_trials(stage, block, attempt))
    record.noise.push_back(std::move(reason));
  const double seconds = hooks_.now_seconds() - begin;
  if (block_seconds_.empty())
    slowness_ = std::max(
        slowness_, seconds / estimate_seconds(stage, facts_.sweep.timing, facts_.machine.cores));
  block_seconds_.push_back(seconds);
  return record;
}

void SweepRunner::run_cells(const PlannedStage& stage, std::uint32_t block, std::uint32_t attempt) {
  const auto run = [&](const Cell& cell) -> BlockOutcome {
    hooks_.on_begin(cell);
    TrialRecord record = run_cell(stage, block, cell);
    record.attempt = attempt;
    BlockOutcome outcome{0, record.failure};
    if (record.result) {
      if (record.result->rate > 0)
        outcome.seconds_per_operation = record.result->ns_per_operation() * 1e-9;
      else
        outcome.error = "no operation finished";
    }
    if (record.failure == kCutShort) return {0, kCutShort};  // by the user: no failure of the cell
    hooks_.on_end(record);
    records_.push_back(std::move(record));
    return outcome;
  };
  std::vector<Cell> cells = block_order(stage, facts_.sweep, block);
  std::erase_if(cells, [&](const Cell& cell) { return measured(stage, block, attempt, cell); });
  run_block(cells, run, [&] {
    facts_.interrupted = facts_.interrupted || hooks_.stop_asked();
    return facts_.interrupted;
  });
}

TrialRecord SweepRunner::run_cell(const PlannedStage& stage, std::uint32_t block,
                                  const Cell& cell) {
  TrialRecord record;
  record.stage = stage.stage.name;
  record.ranked = stage.stage.ranked;
  record.block = block;
  record.cell = cell;
  const double begin = hooks_.now_seconds();
  const std::uint64_t seed = facts_.sweep.seed * 1000003 + records_.size();
  try {
    record.result = hooks_.run_trial({cell, facts_.sweep.timing, seed, stage.stage.floors});
  } catch (const TrialFailed& failed) {
    record.failure = failed.what();
  } catch (const TrialInterrupted&) {
    record.failure = kCutShort;
    facts_.interrupted = true;
  }
  record.seconds = hooks_.now_seconds() - begin;
  return record;
}

std::vector<std::string> SweepRunner::noise_of_trials(const PlannedStage& stage,
                                                      std::uint32_t block,
                                                      std::uint32_t attempt) const {
  std::vector<std::string> reasons;
  for (const TrialRecord& r : records_)
    if (r.stage == stage.stage.name && r.block == block && r.attempt == attempt && r.result)
      for (const Reason& noise : r.result->noisy)
        reasons.push_back(fmt::format("{}: {} ({})", noise.code, noise.text, full_name(r.cell)));
  return reasons;
}

bool SweepRunner::measured(const PlannedStage& stage, std::uint32_t block, std::uint32_t attempt,
                           const Cell& cell) const {
  return std::any_of(records_.begin(), records_.end(), [&](const TrialRecord& r) {
    return r.block == block && r.attempt == attempt && r.stage == stage.stage.name &&
           r.cell == cell;
  });
}

bool SweepRunner::begun(const std::string& stage, std::uint32_t block) const {
  return std::any_of(records_.begin(), records_.end(),
                     [&](const TrialRecord& r) { return r.block == block && r.stage == stage; });
}

const BlockRecord* SweepRunner::finished(const std::string& stage, std::uint32_t block,
                                         std::uint32_t attempt) const {
  for (const BlockRecord& b : facts_.blocks)
    if (b.stage == stage && b.block == block && b.attempt == attempt) return &b;
  return nullptr;
}

void SweepRunner::drop(const BlockRecord& block) {
  for (TrialRecord& r : records_)
    if (r.stage == block.stage && r.block == block.block && r.attempt == block.attempt)
      r.dropped = true;
}

}  // namespace sharebench
