// From the measured blocks of a gate to its verdict. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/gate/gate.hpp"

namespace sharebench::gate {

/// The valid trials of one cell in one block.
struct ArmTimes {
  std::map<Arm, double> log_ns;
  std::vector<std::string> noise;
};
/// One entry a cell.
using GateBlock = std::vector<ArmTimes>;

/// Differences of an arm against the base over the blocks that have both.
std::vector<double> differences(const std::vector<GateBlock>& blocks, std::size_t cell, Arm arm);

/// Whether the interval of every cell's change is within `half_width`, of the logarithm.
bool narrow_enough(const std::vector<GatedCell>& cells, const std::vector<GateBlock>& blocks,
                   double half_width);

/// How many pairs a cell needs to be judged: enough for a p below the level among so many cells,
/// and never fewer than twelve.
std::size_t pairs_needed(std::size_t cells);

/// Everything but the confirmation, what went wrong, and the outcome.
GateResult judge_blocks(const std::vector<GatedCell>& cells,
                        const std::map<CellClass, Plant>& plants,
                        const std::vector<GateBlock>& blocks, std::uint64_t seed);

const ClassNoise& noise_of_class(const GateResult& result, CellClass c);

/// The immediate re-run of a cell that fired.
void add_confirmation(CellVerdict& verdict, const std::vector<GateBlock>& again, std::size_t cell,
                      const ClassNoise& noise);

struct Circumstance {
  bool interrupted = false;
  double noisy_share = 0;  ///< of all executions of blocks
};

/// Sets outcome and reasons: of all that hold, the first of promise broken, interrupted, failed,
/// inconclusive because over 30 % of the blocks were noisy (nothing gates then), regression
/// (confirmed, in a class that saw its plant), insensitive, inconclusive.
void decide(GateResult& result, const Circumstance& circumstance);

}  // namespace sharebench::gate
