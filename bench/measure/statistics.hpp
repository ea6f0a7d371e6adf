// The statistics of a cell over its blocks: order statistics only, because launches of contended
// locks have several modes. Pure functions of plain values.
#pragma once

#include <cstddef>
#include <vector>

namespace sharebench {

/// Median, and the interval of order statistics whose exact coverage is the smallest that reaches
/// 95 %. With fewer than six values no such interval exists: low and high are then min and max and
/// `coverage` says what they cover.
struct Summary {
  std::size_t n = 0;
  double median = 0, low = 0, high = 0, min = 0, max = 0, mean = 0, stddev = 0;
  double coverage = 0;
  /// Coefficient of variation; 0 for fewer than two values.
  double cv() const { return mean == 0 ? 0 : stddev / mean; }
};

/// @param values at least one; the order does not matter.
Summary summarise(std::vector<double> values);

/// @param sorted at least one value, in order.
double median_of_sorted(const std::vector<double>& sorted);

/// Coverage of [x(k), x(n+1-k)] (k from 1) for the median of n independent values: 1 - 2 P(B < k),
/// B ~ binomial(n, 1/2). Source: David and Nagaraja, Order Statistics, 7.1.
double interval_coverage(std::size_t n, std::size_t k);

/// Jain's index of fairness: 1 when all are equal, 1/n when one has everything. Jain, Chiu, Hawe
/// 1984.
double jain_fairness(const std::vector<double>& shares);

}  // namespace sharebench
