#include "bench/sweep_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/output/google_benchmark.hpp"
#include "bench/plan/estimate.hpp"

namespace sharebench {

namespace {
constexpr const char* kCutShort = "interrupted";
}

std::vector<TrialRecord> SweepRunner::run() {
  begin_ = hooks_.now_seconds();
  for (std::size_t stage = 0; stage < facts_.plan.stages.size(); ++stage) run_stage(stage);
  facts_.seconds = hooks_.now_seconds() - begin_;
  return std::move(records_);
}

double SweepRunner::estimate(std::size_t stage) const {
  return slowness_ *
         estimate_seconds(facts_.plan.stages[stage], facts_.sweep.timing, facts_.machine.cores);
}

/// A block must fit with all that is still to come; up to min_blocks it need only fit itself and
/// the min_blocks of the later stages.
bool SweepRunner::block_fits(std::size_t stage, std::uint32_t block) const {
  if (facts_.sweep.budget_seconds <= 0) return true;
  const bool needed = block < facts_.plan.stages[stage].stage.min_blocks;
  double wanted = hooks_.now_seconds() - begin_;
  wanted += block_seconds_.empty()
                ? estimate(stage)
                : *std::max_element(block_seconds_.begin(), block_seconds_.end());
  for (std::size_t later = stage + 1; later < facts_.plan.stages.size(); ++later) {
    const Stage& s = facts_.plan.stages[later].stage;
    wanted += estimate(later) * (needed ? s.min_blocks : s.blocks);
  }
  return wanted <= facts_.sweep.budget_seconds;
}

void SweepRunner::run_stage(std::size_t index) {
  const PlannedStage& stage = facts_.plan.stages[index];
  const std::uint32_t blocks = stage.stage.blocks;
  block_seconds_.clear();
  for (std::uint32_t block = 0; block < blocks; ++block) {
    facts_.interrupted = facts_.interrupted || hooks_.stop_asked();
    const char* why = facts_.interrupted          ? "interrupted"
                      : !block_fits(index, block) ? "the time budget is spent"
                                                  : nullptr;
    if (why != nullptr) {
      facts_.not_measured.push_back(fmt::format("stage {}: {} of {} blocks ({})", stage.stage.name,
                                                blocks - block, blocks, why));
      return;
    }
    hooks_.on_block(stage.stage.name, block, blocks);
    const double begin = hooks_.now_seconds();
    run_one_block(stage, block);
    block_seconds_.push_back(hooks_.now_seconds() - begin);
    if (facts_.interrupted) {
      facts_.not_measured.push_back(
          fmt::format("stage {}: the rest from block {} of {} (interrupted)", stage.stage.name,
                      block + 1, blocks));
      return;
    }
    if (block == 0)
      slowness_ = std::max(slowness_, block_seconds_[0] / (estimate(index) / slowness_));
  }
}

void SweepRunner::run_one_block(const PlannedStage& stage, std::uint32_t block) {
  const auto run = [&](const Cell& cell) -> BlockOutcome {
    hooks_.on_begin(cell);
    TrialRecord record = run_cell(stage, block, cell);
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
  run_block(block_order(stage, facts_.sweep.seed, block), run, [&] {
    facts_.interrupted = facts_.interrupted || hooks_.stop_asked();
    return facts_.interrupted;
  });
}

TrialRecord SweepRunner::run_cell(const PlannedStage& stage, std::uint32_t block,
                                  const Cell& cell) {
  TrialRecord record{stage.stage.name, stage.stage.ranked, block, cell, std::nullopt, "", 0};
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

}  // namespace sharebench
