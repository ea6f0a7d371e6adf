#include "bench/output/trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bench/build_info.hpp"

namespace sharebench {
namespace {

constexpr double kMaxNoisyShare = 0.30, kMaxInvalidShare = 0.10, kMaxSteal = 0.02,
                 kMaxForeign = 0.05;

/// "V4 steal" of "V4 steal: the hypervisor took ...".
std::string code_of(const std::string& reason) { return reason.substr(0, reason.find(':')); }

std::string noise_text(const std::vector<BlockRecord>& blocks) {
  std::map<std::string, std::size_t> codes;  // in how many blocks
  for (const BlockRecord& block : blocks) {
    std::map<std::string, bool> here;
    for (const std::string& reason : block.noise) here[code_of(reason)] = true;
    for (const auto& [code, found] : here) ++codes[code];
  }
  std::string text;
  for (const auto& [code, count] : codes)
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", code, count);
  return text;
}

}  // namespace

std::string text(Trust trust) {
  switch (trust) {
    case Trust::trusted:
      return "trusted";
    case Trust::suspect:
      return "suspect";
    case Trust::unfit:
      return "environment unfit";
  }
  return "?";
}

double BlockCounts::noisy_share() const {
  return run == 0 ? 0 : static_cast<double>(dropped + kept_noisy) / static_cast<double>(run);
}

BlockCounts count_blocks(const std::vector<BlockRecord>& blocks) {
  BlockCounts counts;
  for (const BlockRecord& block : blocks) {
    ++counts.run;
    if (block.dropped)
      ++counts.dropped;
    else if (!block.noise.empty())
      ++counts.kept_noisy;
  }
  return counts;
}

TrustVerdict trust_of(const std::vector<CellSummary>& cells, const RunFacts& facts) {
  TrustVerdict verdict;
  const auto suspect = [&](std::string reason) {
    verdict.trust = std::max(verdict.trust, Trust::suspect);
    verdict.reasons.push_back(std::move(reason));
  };
  const BlockCounts counts = count_blocks(facts.blocks);
  if (counts.noisy_share() > kMaxNoisyShare) {
    verdict.trust = Trust::unfit;
    verdict.reasons.push_back(
        fmt::format("{} of {} executions of blocks were noisy ({}); up to {:.0f} % would do",
                    counts.dropped + counts.kept_noisy, counts.run, noise_text(facts.blocks),
                    100 * kMaxNoisyShare));
  } else if (counts.kept_noisy > 0) {
    suspect(
        fmt::format("{} noisy blocks are in the figures ({}): no time or attempt was left to "
                    "repeat them",
                    counts.kept_noisy, noise_text(facts.blocks)));
  }
  if (facts.environment.steal_share > kMaxSteal)
    suspect(fmt::format("the hypervisor took {:.1f} % of the CPU time",
                        100 * facts.environment.steal_share));
  if (facts.environment.foreign_share > kMaxForeign)
    suspect(fmt::format("other programs took {:.1f} % of the CPU time",
                        100 * facts.environment.foreign_share));
  std::size_t trials = 0, invalid = 0;
  for (const CellSummary& s : cells) {
    trials += s.trials - s.failed;
    invalid += s.trials - s.failed - s.valid;
  }
  if (static_cast<double>(invalid) > kMaxInvalidShare * static_cast<double>(trials))
    suspect(fmt::format("{} of {} trials were invalid", invalid, trials));
  for (const CellSummary& s : cells)
    if (s.trials > s.failed && s.valid == 0) {
      suspect("some cells have no valid trial");
      break;
    }
  if (!build_info().optimised) suspect("this is no optimised build");
  return verdict;
}

}  // namespace sharebench
