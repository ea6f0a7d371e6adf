// The rules V1 to V10, one by one, on results made by hand.
#include "bench/trial/validity.hpp"

#include <gtest/gtest.h>

#include "bench/measure/environment.hpp"
#include "tests/bench/records.hpp"

namespace sharebench::test {
namespace {

class ValidityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    result_ = *trial(cell_, 0, 10).result;
    for (int w = 0; w < 2; ++w) {
      WorkerResult worker;
      worker.seconds = 0.1;
      worker.operations = 5'000'000;  // 20 ns each
      worker.active_share = 1;
      result_.workers.push_back(worker);
    }
  }
  TrialResult judged(const std::string& backend = "atomic") {
    TrialResult result = result_;
    judge(result, cell_, *find_backend(backend), circumstances_);
    return result;
  }
  static std::string only(const std::vector<Reason>& reasons) {
    return reasons.size() == 1 ? reasons[0].code : std::to_string(reasons.size()) + " reasons";
  }
  Cell cell_ = increment("atomic", 2);
  TrialResult result_;
  Circumstances circumstances_{false, 0.3, "tsc"};
};

TEST_F(ValidityTest, AGoodTrialHasNoReasons) {
  const TrialResult r = judged();
  EXPECT_TRUE(r.valid());
  EXPECT_TRUE(r.noisy.empty());
  EXPECT_TRUE(r.flags.empty());
}

TEST_F(ValidityTest, V1Overlap) {
  result_.overlap = 0.94;
  EXPECT_EQ(only(judged().invalid), "V1 overlap");
  circumstances_.oversubscribed = true;
  EXPECT_TRUE(judged().valid());
}

TEST_F(ValidityTest, V2Correctness) {
  result_.exact = true;
  result_.lost = 1;
  EXPECT_EQ(only(judged().invalid), "V2 correctness");
}

TEST_F(ValidityTest, V3RunDelayIsNoisyAndNotBesideServers) {
  result_.workers[1].run_delay_seconds = 0.006;
  EXPECT_TRUE(judged().valid());
  EXPECT_EQ(only(judged().noisy), "V3 run delay");
  EXPECT_TRUE(judged("manager.ipc").noisy.empty()) << "workers and server share the CPUs";
  circumstances_.oversubscribed = true;
  EXPECT_TRUE(judged().noisy.empty());
}

TEST_F(ValidityTest, V6Faults) {
  result_.workers[0].minor_faults = 8;
  EXPECT_TRUE(judged().valid());
  result_.workers[0].minor_faults = 9;
  EXPECT_EQ(only(judged().invalid), "V6 faults");
  EXPECT_TRUE(judged("manager.ipc").valid()) << "its library allocates";
  result_.workers[0].minor_faults = 0;
  result_.workers[1].major_faults = 1;
  EXPECT_EQ(only(judged().invalid), "V6 faults");
}

TEST_F(ValidityTest, V7MigrationIsOnlyTold) {
  result_.workers[0].cpu_at_close = 1;
  EXPECT_TRUE(judged().valid());
  EXPECT_EQ(only(judged().flags), "V7 migration");
}

TEST_F(ValidityTest, V8Clock) {
  circumstances_.clock_source = "hpet";
  EXPECT_EQ(only(judged().invalid), "V8 clock");
  circumstances_.clock_source = "kvm-clock";
  result_.clock_ppm = -101;
  EXPECT_EQ(only(judged().invalid), "V8 clock");
  result_.clock_ppm = 99;
  EXPECT_TRUE(judged().valid());
}

TEST_F(ValidityTest, V10PlausibilityFasterThanTheProcessor) {
  result_.workers[0].operations = 1'000'000'000;  // 0.1 ns
  EXPECT_EQ(only(judged().invalid), "V10 plausibility");
  EXPECT_TRUE(judged("null").valid()) << "it does no work";
  cell_ = {"square", "atomic", 2, 4096, 4, Measure::throughput};
  EXPECT_TRUE(judged().valid()) << "several elements a cycle fit";
  result_.workers[0].operations = 10'000'000'000;
  EXPECT_EQ(only(judged().invalid), "V10 plausibility");
}

TEST_F(ValidityTest, V10NothingFinished) {
  result_.rate = 0;
  EXPECT_EQ(only(judged().invalid), "V10 plausibility");
}

TEST_F(ValidityTest, V10HalvesAreOnlyTold) {
  result_.half_ratio = 0.89;
  EXPECT_TRUE(judged().valid());
  EXPECT_EQ(only(judged().flags), "V10 halves");
  result_.half_ratio = 1.09;
  EXPECT_TRUE(judged().flags.empty());
}

TEST(Environment, StealAndForeignTimeAreShares) {
  EnvironmentReading a, b;
  b.seconds = 10;
  b.all_seconds = 20;
  b.busy_seconds = 12;
  b.own_seconds = 10;
  b.steal_seconds = 1;
  const Environment e = between(a, b);
  EXPECT_NEAR(e.foreign_share, 0.1, 1e-12);
  EXPECT_NEAR(e.steal_share, 0.05, 1e-12);
  EXPECT_EQ(noise_of(e).size(), 2u);
  b.seconds = 0.9;
  EXPECT_TRUE(noise_of(between(a, b)).empty()) << "ticks are too coarse for less than a second";
}

TEST(Environment, ThisMachineTells) {
  const EnvironmentReading before = read_environment();
  volatile std::uint64_t x = 0;
  for (int i = 0; i < 30'000'000; ++i) x = x + 1;
  const EnvironmentReading after = read_environment();
  EXPECT_GT(after.own_seconds, before.own_seconds);
  EXPECT_GT(after.all_seconds, before.all_seconds);
  EXPECT_GE(between(before, after).steal_share, 0);
}

}  // namespace
}  // namespace sharebench::test
