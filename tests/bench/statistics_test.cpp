#include "bench/measure/statistics.hpp"

#include <gtest/gtest.h>

namespace sharebench {
namespace {

TEST(Statistics, MedianOfOddAndEven) {
  EXPECT_EQ(summarise({3, 1, 2}).median, 2);
  EXPECT_EQ(summarise({4, 1, 3, 2}).median, 2.5);
  EXPECT_EQ(summarise({7}).median, 7);
}

// Exact coverages of order-statistic intervals, from tables of the binomial distribution.
TEST(Statistics, CoverageIsExact) {
  EXPECT_NEAR(interval_coverage(6, 1), 0.96875, 1e-12);
  EXPECT_NEAR(interval_coverage(9, 2), 0.9609375, 1e-12);
  EXPECT_NEAR(interval_coverage(12, 3), 0.96142578125, 1e-12);
  EXPECT_NEAR(interval_coverage(3, 1), 0.75, 1e-12);
}

TEST(Statistics, IntervalIsTheNarrowestThatCovers95Percent) {
  const Summary nine = summarise({9, 8, 7, 6, 5, 4, 3, 2, 1});
  EXPECT_EQ(nine.low, 2);
  EXPECT_EQ(nine.high, 8);
  EXPECT_NEAR(nine.coverage, 0.9609375, 1e-12);
  const Summary twelve = summarise({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  EXPECT_EQ(twelve.low, 3);
  EXPECT_EQ(twelve.high, 10);
}

TEST(Statistics, FewerThanSixValuesSayWhatTheyCover) {
  const Summary three = summarise({5, 1, 3});
  EXPECT_EQ(three.low, 1);
  EXPECT_EQ(three.high, 5);
  EXPECT_NEAR(three.coverage, 0.75, 1e-12);
  EXPECT_EQ(summarise({1}).coverage, 0);
}

TEST(Statistics, SpreadIsTheSampleDeviation) {
  const Summary s = summarise({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_NEAR(s.stddev, 2.138089935, 1e-9);
  EXPECT_NEAR(s.cv(), 2.138089935 / 5, 1e-9);
}

TEST(Statistics, JainsIndex) {
  EXPECT_EQ(jain_fairness({1, 1, 1, 1}), 1);
  EXPECT_EQ(jain_fairness({1, 0, 0, 0}), 0.25);
  EXPECT_EQ(jain_fairness({0, 0}), 1);
}

}  // namespace
}  // namespace sharebench
