#include "bench/measure/histogram.hpp"

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

}  // namespace sharebench
