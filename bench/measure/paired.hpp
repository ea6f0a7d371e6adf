// Paired comparison: differences of two arms over common blocks, by ranks only, because launches
// have several modes and no distribution can be assumed beyond symmetry of a difference. Pure
// functions of plain values. Sources: Hollander, Wolfe, Chicken, Nonparametric Statistical Methods,
// 3.1-3.3; Hodges and Lehmann 1963.
#pragma once

#include <cstddef>
#include <vector>

namespace sharebench {

/// An estimate with its interval and the exact probability that the interval covers.
struct ShiftEstimate {
  std::size_t n = 0;
  double shift = 0;  ///< Hodges-Lehmann: the median of the Walsh averages
  double low = 0, high = 0, coverage = 0;
  double p = 1;  ///< two-sided, of no shift
};

/// @param differences at least one, of ln(rate) or ln(time); the order does not matter.
/// With fewer than six no 95 % interval exists: low and high are then the extremes, and `coverage`
/// says what they cover.
ShiftEstimate estimate_shift(const std::vector<double>& differences);

/// All averages of two values, each with itself too, sorted: n (n + 1) / 2 of them.
std::vector<double> walsh_averages(const std::vector<double>& values);

/// Median of the Walsh averages.
double hodges_lehmann(const std::vector<double>& values);

/// The largest k for which the k-th smallest and k-th largest Walsh average still cover
/// `confidence`; 0 if none does.
std::size_t walsh_rank(std::size_t n, double confidence);

/// Exact coverage of the interval from the k-th smallest to the k-th largest Walsh average.
double walsh_coverage(std::size_t n, std::size_t k);

/// Exact two-sided p of Wilcoxon's signed-rank test. Values of zero are left out (Wilcoxon 1945);
/// ties share the mean of their ranks and the distribution is that of all sign flips. 1 when
/// nothing is left.
double signed_rank_p(const std::vector<double>& differences);

/// The smallest p that `n` differences can give.
double smallest_p(std::size_t n);

}  // namespace sharebench
