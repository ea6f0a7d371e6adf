// Many comparisons at once: adjusted p-values. Pure.
#pragma once

#include <vector>

namespace sharebench {

/// Holm's step-down adjustment: all p below alpha together are wrong with at most probability
/// alpha. Same order as given. S. Holm 1979.
std::vector<double> holm(const std::vector<double>& p);

/// Benjamini and Hochberg's adjustment: of all p below q a share of q at most is wrong on average.
/// Y. Benjamini, Y. Hochberg 1995.
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

}  // namespace sharebench
