#include "bench/measure/histogram.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace sharebench {
namespace {

std::unique_ptr<Histogram> empty() { return std::make_unique<Histogram>(Histogram{}); }

TEST(Histogram, BucketsCoverEveryValueOnceAndAreNarrow) {
  std::size_t last = 0;
  for (std::uint64_t ns = 0; ns < 1'000'000; ns += 1 + ns / 100) {
    const std::size_t bucket = Histogram::bucket_of(ns);
    EXPECT_GE(bucket, last);
    last = bucket;
    EXPECT_LE(ns, Histogram::upper_ns(bucket));
    EXPECT_LE(static_cast<double>(Histogram::upper_ns(bucket) - ns),
              static_cast<double>(ns) / 31 + 1);
    if (bucket > 0) {
      EXPECT_GT(ns, Histogram::upper_ns(bucket - 1));
    }
  }
}

TEST(Histogram, AValueBeyondTheRangeIsKeptAsMaximum) {
  auto h = empty();
  h->add(UINT64_MAX);
  EXPECT_EQ(h->max(), UINT64_MAX);
  EXPECT_EQ(h->count(Histogram::kBuckets - 1), 1u);
}

TEST(Histogram, PercentilesNeedEnoughSamples) {
  auto h = empty();
  for (std::uint64_t ns = 1; ns <= 999; ++ns) h->add(ns);
  EXPECT_NEAR(static_cast<double>(*h->percentile(0.5)), 500, 500 / 31.0);
  EXPECT_FALSE(h->percentile(0.99)) << "needs 1000 samples";
  h->add(1000);
  EXPECT_NEAR(static_cast<double>(*h->percentile(0.99)), 990, 990 / 31.0);
  EXPECT_FALSE(h->percentile(0.999));
}

TEST(Histogram, MergingIsAddingAll) {
  auto a = empty(), b = empty(), all = empty();
  for (std::uint64_t i = 0; i < 500; ++i) {
    (i % 2 ? a : b)->add(i * i);
    all->add(i * i);
  }
  a->merge(*b);
  EXPECT_EQ(a->samples(), all->samples());
  EXPECT_EQ(a->max(), all->max());
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) EXPECT_EQ(a->count(i), all->count(i));
}

TEST(Histogram, TheHgrmTextEndsWithEverything) {
  Histogram h{};
  for (std::uint64_t ns = 1; ns <= 1000; ++ns) h.add(ns);
  const std::string text = h.hgrm();
  EXPECT_NE(text.find("Value     Percentile TotalCount 1/(1-Percentile)"), std::string::npos);
  EXPECT_NE(text.find("1000.000 1.000000000000       1000            inf"), std::string::npos)
      << text;
  EXPECT_NE(text.find("#[Max     =     1000.000, Total count    =         1000]"),
            std::string::npos);
  EXPECT_NE(Histogram{}.hgrm().find("Total count    =            0"), std::string::npos);
}

}  // namespace
}  // namespace sharebench
