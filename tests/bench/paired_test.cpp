#include "bench/measure/paired.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "bench/measure/multiple.hpp"
#include "bench/measure/random.hpp"

namespace sharebench {
namespace {

TEST(Paired, RanksOfTheIntervalAreThoseOfTheTables) {
  // Hollander, Wolfe, Chicken, table A.4; the larger ones from the exact distribution.
  const std::map<std::size_t, std::size_t> known = {{6, 1},    {9, 6},   {10, 9},  {12, 14},
                                                    {16, 30},  {20, 53}, {24, 82}, {30, 138},
                                                    {45, 344}, {60, 649}};
  for (const auto& [n, k] : known) EXPECT_EQ(walsh_rank(n, 0.95), k) << n;
  EXPECT_EQ(walsh_rank(5, 0.95), 0u) << "no interval of five values covers 95 %";
}

TEST(Paired, CoverageIsExact) {
  EXPECT_NEAR(walsh_coverage(6, 1), 1 - 2.0 / 64, 1e-15);
  EXPECT_NEAR(walsh_coverage(3, 1), 0.75, 1e-15);
  for (const std::size_t n : {9u, 16u, 60u}) {
    EXPECT_GE(walsh_coverage(n, walsh_rank(n, 0.95)), 0.95);
    EXPECT_LT(walsh_coverage(n, walsh_rank(n, 0.95) + 1), 0.95);
  }
}

TEST(Paired, TheShiftIsTheMedianOfTheWalshAverages) {
  EXPECT_EQ(hodges_lehmann({1}), 1);
  EXPECT_EQ(hodges_lehmann({1, 2, 9}), 3.5);  // 1 1.5 2 5 5.5 9
  const ShiftEstimate e = estimate_shift({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(e.shift, 3.5);
  EXPECT_EQ(e.low, 1);
  EXPECT_EQ(e.high, 6);
  EXPECT_NEAR(e.p, 0.03125, 1e-15);
}

/// The p of all sign flips, one by one.
double p_by_hand(const std::vector<double>& ranks, double observed) {
  double all = 0;
  for (const double r : ranks) all += r;
  const double smaller = std::min(observed, all - observed);
  int hits = 0;
  for (std::size_t flips = 0; flips < std::size_t{1} << ranks.size(); ++flips) {
    double sum = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i)
      if (flips >> i & 1) sum += ranks[i];
    hits += sum <= smaller;
  }
  return std::min(1.0, 2.0 * hits / std::ldexp(1.0, static_cast<int>(ranks.size())));
}

TEST(Paired, SignedRankIsExactAlsoWithTies) {
  EXPECT_NEAR(signed_rank_p({1, -2, 3, 4, 5, 6, 7}), p_by_hand({1, 2, 3, 4, 5, 6, 7}, 26), 1e-15);
  EXPECT_NEAR(signed_rank_p({1, -1, 2, 2, 3, -4}), p_by_hand({1.5, 1.5, 3.5, 3.5, 5, 6}, 13.5),
              1e-15);
  EXPECT_NEAR(signed_rank_p({0, 0, 1, 2, 3, 4, 5, 6}), 0.03125, 1e-15) << "zeros are left out";
  EXPECT_EQ(signed_rank_p({0, 0, 0}), 1);
  EXPECT_EQ(smallest_p(9), std::ldexp(1.0, -8));
  EXPECT_EQ(signed_rank_p({1, 2, 3, 4, 5, 6, 7, 8, 9}), smallest_p(9));
}

TEST(Paired, AdjustmentsOfManyComparisons) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  const std::vector<double> h = holm(p), bh = benjamini_hochberg(p);
  const std::vector<double> holm_due = {0.03, 0.06, 0.06, 0.02}, bh_due = {0.02, 0.04, 0.04, 0.02};
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(h[i], holm_due[i], 1e-15);
    EXPECT_NEAR(bh[i], bh_due[i], 1e-15);
  }
  EXPECT_TRUE(holm({}).empty());
  EXPECT_EQ(holm({0.9, 0.9})[1], 1);
}

/// A symmetric difference with heavy tails and two modes, as launches of a contended lock have.
double two_modes(Random& random) {
  const double u = static_cast<double>(random.next() >> 11) * 0x1p-53;
  const double size = random.coin() ? 0.01 + 0.02 * u : 0.15 + 0.1 * u * u;
  return random.coin() ? size : -size;
}

// The size of the exact test is a step function of n: the share of false alarms must be the largest
// attainable level that does not exceed the nominal one, within three Monte-Carlo standard errors.
TEST(Paired, FalseAlarmsComeAsOftenAsTheExactSizeSays) {
  constexpr int kRuns = 4000;
  constexpr double kLevel = 0.05;
  Random random(2026);
  for (const std::size_t n : {9u, 12u, 16u, 20u, 24u, 30u, 45u, 60u}) {
    // p <= level holds for the rank sums below walsh_rank(n, 1 - level).
    const double size = 1 - walsh_coverage(n, walsh_rank(n, 1 - kLevel));
    int alarms = 0;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<double> differences(n);
      for (double& d : differences) d = two_modes(random);
      alarms += signed_rank_p(differences) <= kLevel;
    }
    const double share = static_cast<double>(alarms) / kRuns;
    const double error = std::sqrt(size * (1 - size) / kRuns);
    EXPECT_NEAR(share, size, 3 * error) << "n = " << n;
    RecordProperty("size_n" + std::to_string(n), std::to_string(size));
  }
}

}  // namespace
}  // namespace sharebench
