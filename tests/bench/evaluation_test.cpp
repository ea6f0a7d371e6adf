// The evaluation of a control area filled in by hand.
#include "bench/trial/evaluation.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "bench/trial/validity.hpp"
#include "tests/bench/records.hpp"

namespace sharebench::test {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

class EvaluationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(128, ControlArea::bytes(2) + 128)));
    std::fill_n(memory_.get(), ControlArea::bytes(2), std::byte{0});
    area_.header().workers = 2;
    area_.header().epoch_ns[0] = 100 * kMs;
    area_.header().epoch_ns[1] = 200 * kMs;
    for (std::uint32_t w = 0; w < 2; ++w) {
      set_window(w, 100 * kMs, 200 * kMs, 1000);
      area_.slot(w).active_slices = 10;
    }
  }
  void set_window(std::uint32_t w, std::uint64_t begin, std::uint64_t end,
                  std::uint64_t operations) {
    Sample* samples = area_.slot(w).samples;
    samples[0] = {500, begin, 7, 0, 1, 1, 0, 0, 0, 0};
    samples[1] = {500 + operations, end, 7 + (end - begin), 0, 2, 4, 0, 0, 0, 0};
  }
  TrialResult evaluated(const std::string& backend = "atomic", bool oversubscribed = false) {
    const BackendInfo& info = *find_backend(backend);
    TrialResult result = evaluate(area_, increment(backend), info, {0.01, 0.02});
    judge(result, increment(backend), info, {oversubscribed, 0, ""});
    return result;
  }
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  struct LazyArea {
    std::unique_ptr<std::byte, Free>& memory;
    ControlHeader& header() const { return ControlArea(memory.get()).header(); }
    WorkerSlot& slot(std::uint32_t w) const { return ControlArea(memory.get()).slot(w); }
    operator ControlArea() const { return ControlArea(memory.get()); }
  } area_{memory_};
};

TEST_F(EvaluationTest, RateIsTheSumOfTheWorkersOwnRates) {
  set_window(1, 100 * kMs, 150 * kMs, 1000);  // twice as fast, half as long
  const TrialResult r = evaluated();
  EXPECT_NEAR(r.rate, 10'000 + 20'000, 1e-6);
  EXPECT_EQ(r.operations, 2000u);
  EXPECT_NEAR(r.fairness, 0.9, 1e-9);
  EXPECT_NEAR(r.cpu_workers_seconds, 0.15, 1e-9);
}

TEST_F(EvaluationTest, ATrialThatRanTogetherIsValid) {
  const TrialResult r = evaluated();
  EXPECT_EQ(r.overlap, 1);
  EXPECT_TRUE(r.valid());
  EXPECT_EQ(r.workers[0].context_switches, 4u);
}

TEST_F(EvaluationTest, WorkersThatRanOneAfterTheOtherAreInvalid) {
  set_window(1, 210 * kMs, 310 * kMs, 1000);
  const TrialResult r = evaluated();
  EXPECT_LT(r.overlap, 0);
  ASSERT_EQ(r.invalid.size(), 1u);
  EXPECT_EQ(r.invalid[0].code, "V1 overlap");
}

TEST_F(EvaluationTest, TheBoundIsLowerBeyondTheCores) {
  set_window(1, 108 * kMs, 200 * kMs, 1000);
  EXPECT_FALSE(evaluated().valid());
  EXPECT_TRUE(evaluated("atomic", true).valid());
}

TEST_F(EvaluationTest, AWorkerWithoutACpuIsAbsentOneThatWaitsInTheBackendIsNot) {
  area_.slot(1).active_slices = 3;
  EXPECT_TRUE(evaluated().valid()) << "it slept in the backend";
  area_.slot(1).samples[1].run_delay_ns = 60 * kMs;
  EXPECT_FALSE(evaluated().valid()) << "it was runnable and had no CPU";
}

TEST_F(EvaluationTest, AWorkerThatWaitedInOneCallIsPresentWithoutOperations) {
  set_window(1, 900 * kMs, 900 * kMs, 0);  // it saw both epochs after the others had stopped
  for (Sample& sample : area_.slot(1).samples) {
    sample.call_begin_ns = 50 * kMs;
    sample.run_delay_ns = 700 * kMs;  // after the window
    sample.cpu_ns = 700 * kMs;
    sample.operations = 501;
    sample.operations_before = 500;
  }
  const TrialResult r = evaluated("mutex.robust");
  EXPECT_TRUE(r.valid());
  EXPECT_EQ(r.overlap, 1);
  EXPECT_NEAR(r.fairness, 0.5, 1e-9);
  EXPECT_NEAR(r.workers[1].seconds, 0.1, 1e-9);
  EXPECT_EQ(r.operations, 1000u);
  EXPECT_EQ(r.workers[1].cpu_seconds, 0.02) << "as the coordinator saw it";
}

TEST_F(EvaluationTest, ALateWorkerThatWasInNoCallIsAbsent) {
  set_window(1, 100 * kMs, 250 * kMs, 1000);
  area_.slot(1).samples[1].call_begin_ns = 240 * kMs;  // begun after the epoch: it had no CPU
  EXPECT_FALSE(evaluated().valid());
}

TEST_F(EvaluationTest, LostUpdatesBreakAnExactPromiseOnly) {
  area_.slot(0).lost = 1;
  const TrialResult exact = evaluated("atomic");
  EXPECT_TRUE(exact.promise_broken());
  ASSERT_EQ(exact.invalid.size(), 1u);
  EXPECT_EQ(exact.invalid[0].code, "V2 correctness");
  EXPECT_TRUE(evaluated("raw").valid());
}

TEST_F(EvaluationTest, ExtraWrongAndCorruptedBreakItToo) {
  for (std::uint64_t WorkerSlot::*count :
       {&WorkerSlot::extra, &WorkerSlot::wrong_elements, &WorkerSlot::corrupted}) {
    area_.slot(0).*count = 1;
    EXPECT_TRUE(evaluated("mutex.robust").promise_broken());
    area_.slot(0).*count = 0;
  }
}

TEST_F(EvaluationTest, TheFloorIsTheRatioOfTheAddedRates) {
  area_.slot(0).turn_backend_ns = 20;
  area_.slot(0).turn_floor_ns = 10;
  area_.slot(1).turn_backend_ns = 20;
  EXPECT_FALSE(evaluated().floor_ratio) << "one worker has no turns";
  area_.slot(1).turn_floor_ns = 30;
  EXPECT_NEAR(*evaluated().floor_ratio, (1.0 / 10 + 1.0 / 30) / (2.0 / 20), 1e-9);
  EXPECT_NEAR(*evaluated().floor_ns, 7.5, 1e-9);
}

TEST_F(EvaluationTest, AWindowWithoutAnOperationIsImplausible) {
  set_window(0, 100 * kMs, 200 * kMs, 0);
  set_window(1, 100 * kMs, 200 * kMs, 0);
  const TrialResult r = evaluated();
  ASSERT_FALSE(r.valid());
  EXPECT_EQ(r.invalid[0].code, "V10 plausibility");
}

}  // namespace
}  // namespace sharebench::test
