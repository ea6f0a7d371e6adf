#include "bench/measure/paired.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "bench/measure/statistics.hpp"

namespace sharebench {
namespace {

constexpr double kConfidence = 0.95;

/// Probabilities of the sums of a random subset of `weights`, indexed by the sum. Every subset is
/// equally likely: the distribution under all sign flips.
std::vector<double> subset_sums(const std::vector<std::size_t>& weights) {
  std::size_t largest = 0;
  for (const std::size_t w : weights) largest += w;
  std::vector<double> probability(largest + 1, 0.0);
  probability[0] = 1;
  std::size_t reached = 0;
  for (const std::size_t w : weights) {
    reached += w;
    for (std::size_t sum = reached + 1; sum-- > 0;) {
      const double with = sum >= w ? probability[sum - w] : 0;
      probability[sum] = (probability[sum] + with) / 2;
    }
  }
  return probability;
}

/// Of the rank sum of n values without ties. Kept, since simulations ask for the same n thousands
/// of times. Not for several threads.
const std::vector<double>& signed_rank_distribution(std::size_t n) {
  static std::map<std::size_t, std::vector<double>> known;
  std::vector<double>& distribution = known[n];
  if (distribution.empty()) {
    std::vector<std::size_t> ranks(n);
    for (std::size_t i = 0; i < n; ++i) ranks[i] = i + 1;
    distribution = subset_sums(ranks);
  }
  return distribution;
}

/// Probability of a sum of at most `largest`.
double lower_tail(const std::vector<double>& distribution, std::size_t largest) {
  double tail = 0;
  for (std::size_t sum = 0; sum <= largest; ++sum) tail += distribution[sum];
  return tail;
}

/// Twice the mid-ranks of the absolute values, which are whole numbers.
std::vector<std::size_t> doubled_ranks(const std::vector<double>& sorted_by_size) {
  std::vector<std::size_t> ranks(sorted_by_size.size());
  for (std::size_t begin = 0; begin < ranks.size();) {
    std::size_t end = begin + 1;
    while (end < ranks.size() && std::abs(sorted_by_size[end]) == std::abs(sorted_by_size[begin]))
      ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[i] = begin + 1 + end;
    begin = end;
  }
  return ranks;
}

}  // namespace

std::vector<double> walsh_averages(const std::vector<double>& values) {
  std::vector<double> averages;
  averages.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) averages.push_back((values[i] + values[j]) / 2);
  std::sort(averages.begin(), averages.end());
  return averages;
}

double hodges_lehmann(const std::vector<double>& values) {
  return median_of_sorted(walsh_averages(values));
}

double walsh_coverage(std::size_t n, std::size_t k) {
  // The k-th smallest Walsh average lies above the true shift as often as T < k.
  const std::vector<double>& probability = signed_rank_distribution(n);
  double below = 0;
  for (std::size_t sum = 0; sum < std::min(k, probability.size()); ++sum) below += probability[sum];
  return 1 - 2 * below;
}

std::size_t walsh_rank(std::size_t n, double confidence) {
  const std::vector<double>& probability = signed_rank_distribution(n);
  const double tail = (1 - confidence) / 2;
  double below = 0;
  std::size_t k = 0;
  while (k < probability.size() && below + probability[k] <= tail) below += probability[k++];
  return k;
}

double signed_rank_p(const std::vector<double>& differences) {
  std::vector<double> values;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(values),
               [](double d) { return d != 0; });
  if (values.empty()) return 1;
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return std::abs(a) < std::abs(b); });
  const std::vector<std::size_t> ranks = doubled_ranks(values);
  std::size_t positive = 0, all = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all += ranks[i];
    if (values[i] > 0) positive += ranks[i];
  }
  const std::size_t smaller = std::min(positive, all - positive);
  bool ties = false;
  for (std::size_t i = 0; i < ranks.size(); ++i) ties = ties || ranks[i] != 2 * (i + 1);
  return std::min(1.0,
                  2 * (ties ? lower_tail(subset_sums(ranks), smaller)
                            : lower_tail(signed_rank_distribution(ranks.size()), smaller / 2)));
}

double smallest_p(std::size_t n) { return std::min(1.0, std::ldexp(2.0, -static_cast<int>(n))); }

ShiftEstimate estimate_shift(const std::vector<double>& differences) {
  const std::vector<double> averages = walsh_averages(differences);
  ShiftEstimate e;
  e.n = differences.size();
  e.shift = median_of_sorted(averages);
  const std::size_t k = std::max<std::size_t>(1, walsh_rank(e.n, kConfidence));
  e.low = averages[k - 1];
  e.high = averages[averages.size() - k];
  e.coverage = walsh_coverage(e.n, k);
  e.p = signed_rank_p(differences);
  return e;
}

}  // namespace sharebench
