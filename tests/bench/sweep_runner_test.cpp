// The runner with a clock and trials that take no time.
#include "bench/sweep_runner.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "bench/output/google_benchmark.hpp"
#include "bench/output/results.hpp"
#include "bench/output/trust.hpp"
#include "tests/bench/records.hpp"

namespace sharebench::test {
namespace {

class SweepRunnerTest : public ::testing::Test {
 public:  // a test makes more of them
  void TestBody() override {}
  static void SetUpTestSuite() { start_google_benchmark("bench_tests"); }

  void SetUp() override {
    facts_.machine.cores = 2;
    add_stage("first", 3, 2, {increment("atomic"), increment("raw"), increment("mutex.robust")});
    add_stage("second", 2, 1, {increment("atomic", 4)});
  }
  void add_stage(const std::string& name, std::uint32_t blocks, std::uint32_t min_blocks,
                 std::vector<Cell> cells) {
    Stage stage;
    stage.name = name;
    stage.blocks = blocks;
    stage.min_blocks = min_blocks;
    facts_.plan.stages.push_back({stage, std::move(cells)});
  }
  std::vector<TrialRecord> run() {
    RunnerHooks hooks;
    hooks.run_trial = [this](const TrialSpec& spec) {
      now_ += trial_seconds_;
      ++ran_;
      if (fail_on_ == full_name(spec.cell)) throw TrialFailed("worker 0 died");
      return *trial(spec.cell, 0, ran_ % 2 == 0 ? 10 : 10 * (1 + spread_)).result;
    };
    hooks.now_seconds = [this] { return now_; };
    hooks.stop_asked = [this] { return ran_ >= stop_after_; };
    hooks.on_block = [this](const std::string& stage, std::uint32_t block, std::uint32_t) {
      blocks_.push_back(stage + std::to_string(block));
    };
    hooks.on_begin = [](const Cell&) {};
    hooks.environment = [this] {
      EnvironmentReading reading;
      reading.seconds = now_;
      reading.all_seconds = 2 * now_;
      reading.busy_seconds = foreign_seconds_;
      return reading;
    };
    hooks.on_end = [this](const TrialRecord& record) {
      journal_.trials.push_back(record);
      if (ran_ <= noisy_until_) foreign_seconds_ += 1;
    };
    hooks.on_block_end = [this](const BlockRecord& block) { journal_.blocks.push_back(block); };
    return SweepRunner(facts_, hooks, std::exchange(journal_, {})).run();
  }

  RunFacts facts_;
  double now_ = 100, trial_seconds_ = 0.2;
  int ran_ = 0, stop_after_ = 1'000'000;
  std::string fail_on_;
  std::vector<std::string> blocks_;
  JournalContent journal_;  ///< what the run wrote, and what the next one goes on from
  int noisy_until_ = 0;     ///< trials
  double spread_ = 0;       ///< every other trial is so much slower
  double foreign_seconds_ = 0;
};

TEST_F(SweepRunnerTest, RunsEveryCellOnceABlock) {
  const auto records = run();
  EXPECT_EQ(records.size(), 3u * 3 + 2);
  EXPECT_EQ(blocks_,
            (std::vector<std::string>{"first0", "first1", "first2", "second0", "second1"}));
  for (std::uint32_t block = 0; block < 3; ++block) {
    std::vector<std::string> names;
    for (const TrialRecord& r : records)
      if (r.stage == "first" && r.block == block) names.push_back(r.cell.backend);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"atomic", "mutex.robust", "raw"}));
  }
  EXPECT_TRUE(facts_.not_measured.empty());
  EXPECT_NEAR(facts_.seconds, 11 * 0.2, 1e-9);
}

TEST_F(SweepRunnerTest, AFailedTrialIsARecordAndTheSweepGoesOn) {
  fail_on_ = "increment/raw/procs:2/manual_time";
  const auto records = run();
  EXPECT_EQ(records.size(), 11u);
  EXPECT_EQ(std::count_if(records.begin(), records.end(),
                          [](const TrialRecord& r) { return r.failure == "worker 0 died"; }),
            3);
}

TEST_F(SweepRunnerTest, WhatDoesNotFitTheBudgetIsSaid) {
  trial_seconds_ = 1;  // a block of the first stage: 3 s; 3 + 3 + 3 + 1 + 1 in all
  facts_.sweep.budget_seconds = 8;
  run();
  EXPECT_LE(facts_.seconds, 8);
  EXPECT_EQ(blocks_.front(), "first0");
  EXPECT_EQ(blocks_.back().substr(0, 6), "second") << "every stage had its turn";
  ASSERT_FALSE(facts_.not_measured.empty());
  EXPECT_NE(facts_.not_measured[0].find("budget"), std::string::npos);
}

TEST_F(SweepRunnerTest, AnInterruptEndsAfterTheTrial) {
  stop_after_ = 2;
  const auto records = run();
  EXPECT_EQ(records.size(), 2u);
  EXPECT_TRUE(facts_.interrupted);
  EXPECT_EQ(facts_.not_measured.size(), 2u);
}

TEST_F(SweepRunnerTest, ANoisyBlockIsRepeatedAndItsTrialsDoNotCount) {
  trial_seconds_ = 1;
  noisy_until_ = 3;  // the whole first execution of the first block
  const auto records = run();
  EXPECT_EQ(records.size(), 3u + 3 * 3 + 2);
  EXPECT_EQ(
      std::count_if(records.begin(), records.end(), [](const TrialRecord& r) { return r.dropped; }),
      3);
  ASSERT_EQ(facts_.blocks.size(), 6u);
  EXPECT_TRUE(facts_.blocks[0].dropped);
  EXPECT_NE(facts_.blocks[0].noise.at(0).find("V5 foreign CPU"), std::string::npos);
  EXPECT_EQ(facts_.blocks[1].attempt, 1u);
  EXPECT_FALSE(facts_.blocks[1].dropped);
  for (const CellSummary& s : summarise_cells(records, facts_.plan, 2))
    EXPECT_EQ(s.trials, s.cell.procs == 4 ? 2u : 3u);
}

TEST_F(SweepRunnerTest, AlwaysNoisyBlocksEndAfterThreeRepeatsAndAreKept) {
  trial_seconds_ = 1;
  noisy_until_ = 1'000'000;
  const auto records = run();
  EXPECT_EQ(records.size(), 4 * 11u);
  const BlockCounts counts = count_blocks(facts_.blocks);
  EXPECT_EQ(counts.dropped, 3 * 5u);
  EXPECT_EQ(counts.kept_noisy, 5u);
  const auto cells = summarise_cells(records, facts_.plan, 2);
  EXPECT_EQ(trust_of(cells, facts_).trust, Trust::unfit);
  for (const CellSummary& s : cells) EXPECT_TRUE(s.ns) << "a noisy machine gives a result as well";
}

TEST_F(SweepRunnerTest, RepeatsStayWithinTheBudgetOrAreOff) {
  trial_seconds_ = 1;
  noisy_until_ = 1'000'000;
  facts_.sweep.repeats = 0;
  EXPECT_EQ(run().size(), 11u);
  SetUp();
  facts_.plan.stages.resize(2);
  facts_.blocks.clear();
  journal_ = {};
  facts_.sweep.repeats = 3;
  facts_.sweep.budget_seconds = 14;
  run();
  EXPECT_LE(facts_.seconds, 14);
}

TEST_F(SweepRunnerTest, AResumedRunHasTheSameTrialsInTheSameOrder) {
  const auto whole = run();
  for (int cut = 1; cut < 11; ++cut) {
    SweepRunnerTest other;
    other.SetUp();
    other.stop_after_ = cut;
    other.run();
    EXPECT_EQ(other.journal_.trials.size(), static_cast<std::size_t>(cut));
    other.facts_.interrupted = false;
    other.facts_.not_measured.clear();
    other.facts_.blocks.clear();
    other.stop_after_ = 1'000'000;
    const auto records = other.run();
    ASSERT_EQ(records.size(), whole.size()) << cut;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(full_name(records[i].cell), full_name(whole[i].cell)) << cut;
      EXPECT_EQ(records[i].block, whole[i].block) << cut;
    }
    EXPECT_EQ(other.facts_.blocks.size(), 5u);
    EXPECT_TRUE(other.facts_.not_measured.empty());
  }
}

TEST_F(SweepRunnerTest, AnAdaptiveStageStopsWhenItIsNarrowEnough) {
  facts_.plan.stages.resize(1);
  facts_.plan.stages[0].stage.blocks = 60;
  facts_.plan.stages[0].stage.max_noise = 0.025;
  EXPECT_EQ(run().size(), 3u * 9) << "all values are equal, so the first look is enough";
}

TEST_F(SweepRunnerTest, AnAdaptiveStageGoesOnWhileItIsWide) {
  facts_.plan.stages.resize(1);
  facts_.plan.stages[0].stage.blocks = 60;
  facts_.plan.stages[0].stage.max_noise = 0.025;
  spread_ = 0.5;
  EXPECT_EQ(run().size(), 3u * 60);
}

std::size_t peak_kib() {
  std::ifstream in("/proc/self/status");
  for (std::string key; in >> key;)
    if (std::size_t kib; key == "VmHWM:" && in >> kib) return kib;
  return 0;
}

// Run in a child, so that the peak is this sweep's alone.
TEST_F(SweepRunnerTest, TenThousandTrialsStayUnder100Megabytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take memory of their own";
#endif
  const pid_t child = fork();
  if (child == 0) {
    facts_.plan.stages.clear();
    add_stage("large", 625, 0, [] {
      std::vector<Cell> cells;
      for (const char* backend : {"atomic", "raw", "mutex.robust", "mutex.boost"})
        for (std::uint32_t procs = 1; procs <= 4; ++procs)
          cells.push_back(increment(backend, procs));
      return cells;
    }());
    const auto records = run();
    const auto cells = summarise_cells(records, facts_.plan, 2);
    const std::string text = results_json(facts_, records, cells).dump();
    _exit(records.size() == 10'000 && text.size() > 1'000'000 && peak_kib() < 100 * 1000 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace sharebench::test
