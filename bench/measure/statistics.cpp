#include "bench/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sharebench {

double interval_coverage(std::size_t n, std::size_t k) {
  // P(B < k) summed with logarithms: exact enough for any n a sweep has.
  double below = 0;
  for (std::size_t i = 0; i < k; ++i)
    below += std::exp(
        std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(i) + 1) -
        std::lgamma(static_cast<double>(n - i) + 1) - static_cast<double>(n) * std::log(2.0));
  return 1 - 2 * below;
}

double median_of_sorted(const std::vector<double>& sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

Summary summarise(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  Summary s;
  s.n = values.size();
  const std::size_t half = s.n / 2;
  s.median = median_of_sorted(values);
  s.min = values.front();
  s.max = values.back();
  s.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(s.n);
  if (s.n > 1) {
    double squares = 0;
    for (const double x : values) squares += (x - s.mean) * (x - s.mean);
    s.stddev = std::sqrt(squares / static_cast<double>(s.n - 1));
  }
  std::size_t k = 1;  // the narrowest interval that still covers 95 %, else min to max
  while (k + 1 <= half && interval_coverage(s.n, k + 1) >= 0.95) ++k;
  s.low = values[k - 1];
  s.high = values[s.n - k];
  s.coverage = s.n == 1 ? 0 : interval_coverage(s.n, k);
  return s;
}

double jain_fairness(const std::vector<double>& shares) {
  double sum = 0, squares = 0;
  for (const double x : shares) {
    sum += x;
    squares += x * x;
  }
  return squares == 0 ? 1 : sum * sum / (static_cast<double>(shares.size()) * squares);
}

}  // namespace sharebench
