#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "bench/workloads/slices.hpp"
#include "bench/workloads/square_kernel.hpp"

namespace sharebench {
namespace {

TEST(Ring, Has61DistinctFiniteValuesAndCloses) {
  const std::set<double> values(kRing.begin(), kRing.end());
  EXPECT_EQ(values.size(), 61u);
  for (const double x : values) EXPECT_TRUE(std::isfinite(x));
  double x = kRingStart;
  for (int i = 0; i < 61; ++i) x = ring_next(x);
  EXPECT_EQ(x, kRingStart);
}

TEST(Ring, IndexIsTheNumberOfSquarings) {
  double x = kRingStart;
  for (std::size_t i = 0; i < 61; ++i, x = ring_next(x)) EXPECT_EQ(ring_index(x), i);
}

TEST(Ring, ValuesOffTheRingAreFound) {
  for (const double x : {0.0, 1.0, -1.0, 2.0, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN(), kRing[7] * (1 + 0x1p-40)})
    EXPECT_FALSE(ring_index(x)) << x;
}

TEST(Ring, KernelEqualsTheOperationOnEveryValueAndLength) {
  for (std::size_t length = 0; length <= 70; ++length) {
    std::vector<double> x(length + 2, -1);
    for (std::size_t i = 0; i < length; ++i) x[i + 1] = kRing[i % 61];
    square_in_place(x.data() + 1, length);
    EXPECT_EQ(x.front(), -1);
    EXPECT_EQ(x.back(), -1) << "wrote beyond " << length;
    for (std::size_t i = 0; i < length; ++i) EXPECT_EQ(x[i + 1], kRing[(i + 1) % 61]);
  }
}

/// Walks as the workers do and counts, against the closed form.
TEST(Slices, DueEqualsAWalk) {
  for (const std::uint64_t workers : {1u, 2u, 3u, 5u})
    for (const std::uint64_t count : {1u, 2u, 3u, 7u, 16u}) {
      const Slices slices{count * 4, 4, workers};
      std::vector<std::uint64_t> calls, visits(count);
      for (std::uint64_t w = 0; w < workers; ++w) {
        calls.push_back(w * 13 + count / 2);
        std::uint64_t at = slices.first_of(w);
        for (std::uint64_t i = 0; i < calls.back(); ++i, at = slices.after(at)) ++visits[at];
      }
      for (std::uint64_t s = 0; s < count; ++s)
        EXPECT_EQ(slices.due(s, calls), visits[s])
            << workers << " workers, slice " << s << "/" << count;
    }
}

}  // namespace
}  // namespace sharebench
