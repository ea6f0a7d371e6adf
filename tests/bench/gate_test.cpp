// The gate with programs that take no time: what it must never say, and what it must find.
#include "bench/gate/gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "bench/gate/verdict.hpp"
#include "bench/measure/random.hpp"
#include "bench/workloads/work.hpp"
#include "tests/bench/records.hpp"
#include "tests/data/recorded_launches.hpp"

namespace sharebench::gate {
namespace {

using test::increment;

// Simulations of hundreds of gates are statistics, not memory accesses: the sanitizers see them all
// in the shorter tests.
#ifdef NDEBUG
constexpr bool kOptimised = true;
#else
constexpr bool kOptimised = false;
#endif

class GateTest : public ::testing::Test {
 protected:
  GateResult run(std::uint64_t seed) {
    Random random(seed);
    GateSettings settings;
    settings.cells = {increment("mutex.robust", 1), increment("mutex.robust", 2),
                      increment("manager.ipc", 1)};
    settings.seed = seed;
    settings.max_blocks = 16;
    settings.cores = 2;
    settings.budget_seconds = 1e9;
    double now = 0, foreign = 0;
    return run_gate(
        settings, {[&](bool fresh, const TrialSpec& spec) {
                     now += 1;
                     foreign += foreign_;
                     if (fresh && crash_) throw TrialFailed("worker 0 died");
                     double ns = 1000 * std::exp(recorded_ ? recorded(spec.cell, random)
                                                           : noise_ * unit_noise(random));
                     if (fresh) ns *= 1 + slower_;
                     if (plants_work_)
                       ns += work_unit_ns() * (spec.extra_think_units + spec.extra_critical_units);
                     TrialResult r = *test::trial(spec.cell, 0, ns).result;
                     r.exact = true;
                     r.lost = fresh ? lost_ : 0;
                     return r;
                   },
                   [&] { return now; },
                   [&] {
                     EnvironmentReading reading;
                     reading.seconds = now;
                     reading.all_seconds = 2 * now;
                     reading.busy_seconds = foreign;
                     return reading;
                   },
                   [] { return false; }, [](const std::string&) {}});
  }
  /// Of mean 0 and standard deviation 1.
  static double unit_noise(Random& random) {
    return 3.46 * (static_cast<double>(random.next() >> 11) * 0x1p-53 - 0.5);
  }
  static double recorded(const Cell& cell, Random& random) {
    const auto one_of = [&](const auto& launches) {
      return launches[random.below(std::size(launches))];
    };
    if (cell.backend == "manager.ipc") return one_of(test::kRemoteLaunches);
    return cell.procs == 1 ? one_of(test::kSerialLaunches) : one_of(test::kContendedLaunches);
  }

  bool recorded_ = false;  ///< else uniform noise of that standard deviation
  double noise_ = 0.03, slower_ = 0, foreign_ = 0;
  bool crash_ = false, plants_work_ = true;
  std::uint64_t lost_ = 0;
};

TEST_F(GateTest, IdenticalProgramsAreNeverCalledSlower) {
  const std::uint64_t seeds = kOptimised ? 7 : 2;
  for (const double noise : {0.005, 0.03, 0.15})
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      noise_ = noise;
      const GateResult r = run(seed);
      EXPECT_NE(r.outcome, Outcome::regression) << "noise " << noise << ", seed " << seed;
      for (const CellVerdict& v : r.cells) EXPECT_FALSE(v.confirmed);
    }
}

TEST_F(GateTest, ASlowdownAboveTheDetectableOneIsFoundNineTimesOutOfTen) {
  if (!kOptimised) GTEST_SKIP() << "takes minutes";
  for (const double slower : {0.07, 0.10, 0.15, 0.25}) {
    int due = 0, found = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      slower_ = slower;
      noise_ = 0.02;
      const GateResult r = run(seed);
      const bool within = std::all_of(r.classes.begin(), r.classes.end(), [&](const auto& c) {
        return c.noise.mde < slower && c.plant_found;
      });
      due += within;
      found += within && r.outcome == Outcome::regression;
      EXPECT_TRUE(
          r.outcome == Outcome::regression || !within ||
          std::any_of(r.cells.begin(), r.cells.end(), [](const CellVerdict& v) { return v.fired; }))
          << slower << ", seed " << seed << ": " << text(r.outcome);
    }
    if (slower >= 0.10) {
      EXPECT_GE(due, 9) << slower;
    }
    EXPECT_GE(found, due * 9 / 10) << "slower by " << slower;
  }
}

/// With the launches of a real machine, which have modes and long tails. A slowdown counts as due
/// in a class whose own detectable slowdown is below it.
TEST_F(GateTest, WithRecordedLaunchesItIsRightOrInconclusive) {
  if (!kOptimised) GTEST_SKIP() << "takes minutes";
  recorded_ = true;
  int all_due = 0, all_found = 0;
  for (const double slower : {0.0, 0.05, 0.07, 0.10, 0.15, 0.25}) {
    slower_ = slower;
    int due = 0, found = 0, undecided = 0, passed = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const GateResult r = run(seed);
      passed += r.outcome == Outcome::none;
      undecided += r.outcome == Outcome::inconclusive || r.outcome == Outcome::insensitive;
      if (slower == 0) {
        EXPECT_NE(r.outcome, Outcome::regression) << "seed " << seed;
        continue;
      }
      const bool detectable = std::any_of(r.classes.begin(), r.classes.end(), [&](const auto& c) {
        return c.noise.mde * 1.1 < slower && c.decides;  // at the MDE one in five is missed
      });
      if (!detectable) continue;
      ++due;
      found += r.outcome == Outcome::regression;
    }
    std::printf(
        "slower by %2.0f %%: detectable in %d of 20 runs, found in %d; passed %d, undecided %d\n",
        100 * slower, due, found, passed, undecided);
    // At 10 % few runs count as due: those whose estimate of the MDE is low, some of them by luck.
    EXPECT_GE(3 * found, due) << slower;
    if (slower < 0.15) continue;
    all_due += due;
    all_found += found;
    if (slower == 0.25) {  // beyond what any class may fail to detect
      EXPECT_GE(due, 10);
      EXPECT_EQ(passed, 0);
    }
  }
  EXPECT_GE(all_due, 20) << "too few to tell";
  EXPECT_GE(10 * all_found, 9 * all_due);
}

TEST_F(GateTest, FasterIsNoRegression) {
  slower_ = -0.2;
  EXPECT_EQ(run(1).outcome, Outcome::none);
}

TEST_F(GateTest, SlowdownsBelowFivePercentDoNotGate) {
  slower_ = 0.03;
  noise_ = 0.002;
  EXPECT_EQ(run(1).outcome, Outcome::none);
}

TEST_F(GateTest, TooMuchNoiseIsInconclusiveOrInsensitive) {
  noise_ = 0.3;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const GateResult r = run(seed);
    EXPECT_TRUE(r.outcome == Outcome::inconclusive || r.outcome == Outcome::insensitive)
        << text(r.outcome);
    EXPECT_FALSE(r.reasons.empty());
  }
}

TEST_F(GateTest, APlantThatIsNotSeenMakesItInsensitive) {
  plants_work_ = false;
  const GateResult r = run(3);
  EXPECT_EQ(r.outcome, Outcome::insensitive);
  EXPECT_NE(r.reasons[0].find("planted"), std::string::npos);
}

TEST_F(GateTest, NothingGatesOnABusyMachine) {
  foreign_ = 0.5;  // seconds of others in each second
  slower_ = 0.5;
  const GateResult r = run(4);
  EXPECT_EQ(r.outcome, Outcome::inconclusive);
  EXPECT_NE(r.reasons[0].find("environment unfit"), std::string::npos);
  EXPECT_EQ(r.blocks, 16u) << "and still it ends with figures";
}

TEST_F(GateTest, ABrokenPromiseComesBeforeEverything) {
  lost_ = 1;
  slower_ = 0.5;
  EXPECT_EQ(run(5).outcome, Outcome::promise_broken);
}

TEST_F(GateTest, AProgramThatFailsIsAFailureWithItsReason) {
  crash_ = true;
  const GateResult r = run(6);
  EXPECT_EQ(r.outcome, Outcome::failed);
  EXPECT_NE(r.reasons[0].find("worker 0 died"), std::string::npos);
}

TEST(GateRule, BlocksSufficeForTheLevel) {
  EXPECT_EQ(blocks_needed(1), 16u);
  EXPECT_EQ(blocks_needed(327), 16u) << "2^-15 x 327 < 0.01";
  EXPECT_EQ(blocks_needed(400), 17u);
}

TEST(GateRule, AllConditionsMustHold) {
  ShiftEstimate e;
  e.shift = 0.08;
  e.low = 0.03;
  EXPECT_TRUE(fires(e, 0.009, 0.01));
  EXPECT_FALSE(fires(e, 0.011, 0.01)) << "p";
  EXPECT_FALSE(fires(e, 0.009, 0.05)) << "within what identical programs differ by";
  e.low = 0.019;
  EXPECT_FALSE(fires(e, 0.009, 0.01)) << "the near end";
  e = {16, 0.045, 0.04, 0.05, 0.95, 0.001};
  EXPECT_FALSE(fires(e, 0.001, 0.01)) << "below 5 %";
}

// The power of the rule at the first look, for the method's documentation; printed, not judged.
TEST(GateRule, PowerTable) {
  Random random(11);
  for (const double sd : {0.01, 0.03, 0.07, 0.15}) {
    std::vector<double> identical(16);
    for (double& d : identical)
      d = sd * 1.41 * 3.46 * (static_cast<double>(random.next() >> 11) * 0x1p-53 - 0.5);
    std::printf("launch sd %4.1f %%:", 100 * sd);
    for (const std::uint32_t blocks : {16u, 30u, 60u}) {
      if (!kOptimised && blocks != 16u) continue;  // slow with sanitizers, and the same code
      const ClassNoise noise = learn_noise(identical, blocks, 8, 5);
      std::printf("  n = %u: tau %.2f %%, found from %.1f %%", blocks, 100 * noise.tau,
                  100 * noise.mde);
      EXPECT_GT(noise.mde, kMinSlowdown) << "the rule asks for more than that";
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace sharebench::gate
