#include "bench/measure/histogram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sharebench {

std::optional<std::uint64_t> Histogram::percentile(double p) const noexcept {
  if (static_cast<double>(samples_) * (1 - p) < 10 - 1e-9) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(samples_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return std::min(upper_ns(bucket), max_);
  }
  return max_;
}

std::string Histogram::hgrm() const {
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  std::uint64_t seen = 0;
  double sum = 0, squares = 0;
  const double all = static_cast<double>(samples_);
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (counts_[bucket] == 0) continue;
    seen += counts_[bucket];
    const double value = static_cast<double>(std::min(upper_ns(bucket), max_));
    sum += value * static_cast<double>(counts_[bucket]);
    squares += value * value * static_cast<double>(counts_[bucket]);
    const double share = static_cast<double>(seen) / all;
    text += fmt::format("{:12.3f} {:14.12f} {:10} {:>14}\n", value, share, seen,
                        seen == samples_ ? "inf" : fmt::format("{:.2f}", 1 / (1 - share)));
  }
  const double mean = samples_ == 0 ? 0 : sum / all;
  const double deviation =
      samples_ == 0 ? 0 : std::sqrt(std::max(0.0, squares / all - mean * mean));
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", mean, deviation);
  text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", static_cast<double>(max_),
                      samples_);
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", 40 - kSubBits, kSub);
  return text;
}

}  // namespace sharebench
