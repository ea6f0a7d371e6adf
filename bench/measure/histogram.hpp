// Histogram: a log-linear histogram of durations in nanoseconds: 32 linear buckets for each power
// of two, so a bucket is at most 3.2 % wide. Fixed size, trivially copyable, zero bytes are an
// empty one: it lives in a worker's slot of the control area, one writer each, and the coordinator
// merges them. The bucketing is that of HdrHistogram (G. Tene).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>

namespace sharebench {

class Histogram {
 public:
  static constexpr unsigned kSubBits = 5;
  static constexpr std::uint64_t kSub = 1u << kSubBits;  // linear buckets a power of two
  static constexpr std::size_t kBuckets =
      (40 - kSubBits) * kSub + kSub;  // up to 2^40 ns: 18 minutes

  static constexpr std::size_t bucket_of(std::uint64_t ns) noexcept {
    if (ns < kSub) return ns;
    const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - kSubBits - 1;
    const std::size_t bucket = (shift + 1) * kSub + ((ns >> shift) - kSub);
    return bucket < kBuckets ? bucket : kBuckets - 1;
  }
  /// The largest value that falls into `bucket`.
  static constexpr std::uint64_t upper_ns(std::size_t bucket) noexcept {
    if (bucket < kSub) return bucket;
    const std::size_t shift = bucket / kSub - 1;
    return ((kSub + bucket % kSub + 1) << shift) - 1;
  }

  void add(std::uint64_t ns) noexcept {
    ++counts_[bucket_of(ns)];
    ++samples_;
    if (ns > max_) max_ = ns;
  }
  void merge(const Histogram& other) noexcept {
    for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
    samples_ += other.samples_;
    if (other.max_ > max_) max_ = other.max_;
  }

  /// Puts back what count() and max() told of another one. @throws std::out_of_range.
  void restore(std::size_t bucket, std::uint64_t count) {
    counts_.at(bucket) += count;
    samples_ += count;
  }
  void restore_max(std::uint64_t ns) noexcept { max_ = ns; }

  std::uint64_t samples() const noexcept { return samples_; }
  std::uint64_t max() const noexcept { return max_; }
  std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket]; }
  /// Upper edge of the bucket that holds the p-quantile, 0 < p < 1. Empty when there are fewer than
  /// 10 / (1 - p) samples, too few to say.
  std::optional<std::uint64_t> percentile(double p) const noexcept;
  /// The percentile distribution as HdrHistogram writes it (.hgrm), in nanoseconds: one line for
  /// each bucket that holds something. Readers: HdrHistogram's plotter and its like.
  std::string hgrm() const;

 private:
  std::uint64_t samples_;
  std::uint64_t max_;
  std::array<std::uint64_t, kBuckets> counts_;
};

}  // namespace sharebench
