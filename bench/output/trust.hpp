// Trust: whether the figures of a run can be relied on, and if not, why. Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/output/cell_summary.hpp"

namespace sharebench {

enum class Trust { trusted, suspect, unfit };

struct TrustVerdict {
  Trust trust = Trust::trusted;
  std::vector<std::string> reasons;  ///< empty when trusted
};

/// "trusted", "suspect", "environment unfit".
std::string text(Trust trust);

/// Executions of blocks: all, those that were dropped, and noisy ones that were kept for want of
/// time or attempts.
struct BlockCounts {
  std::size_t run = 0, dropped = 0, kept_noisy = 0;
  /// Of all executions, how many were noisy.
  double noisy_share() const;
};
BlockCounts count_blocks(const std::vector<BlockRecord>& blocks);

TrustVerdict trust_of(const std::vector<CellSummary>& cells, const RunFacts& facts);

}  // namespace sharebench
