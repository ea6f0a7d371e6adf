// The rule of the gate: when a slowdown counts as one. Pure functions of block differences
// d = ln(time of the new program) - ln(time of the base program), so that a positive d is slower.
// docs/method.md explains the rule and its numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/measure/paired.hpp"

namespace sharebench::gate {

/// Cells of a class are alike in their noise.
enum class CellClass { serial, contended, remote, oversubscribed };
std::string text(CellClass c);

inline constexpr double kMinSlowdown = 0.05;  ///< smaller ones are no regression
inline constexpr double kMinNearEnd = 0.02;   ///< the near end of the interval must lie beyond
inline constexpr double kAlpha = 0.01;        ///< of all cells together
inline constexpr std::uint32_t kFirstLook = 16, kConfirmingBlocks = 16;

/// What the A/A cells of a class tell.
struct ClassNoise {
  std::size_t n = 0;  ///< differences seen
  double tau = 0;     ///< 95th percentile of |Hodges-Lehmann| when nothing differs
  double mde = 0;     ///< smallest slowdown that the whole rule finds four times out of five
};

/// @param differences of identical programs, from the A/A cells of the class, at least one.
/// @param blocks of a gated cell; @param cells that are judged together.
ClassNoise learn_noise(const std::vector<double>& differences, std::uint32_t blocks,
                       std::size_t cells, std::uint64_t seed);

/// Above this the class cannot answer: 10 % for serial cells, 20 % for the others.
double largest_mde(CellClass c);

/// Whether the evidence of one cell is a slowdown. @param p adjusted for all cells.
bool fires(const ShiftEstimate& estimate, double p, double tau);

/// Blocks needed before `cells` cells can be judged: enough for a p below kAlpha, kFirstLook at
/// least.
std::uint32_t blocks_needed(std::size_t cells);

}  // namespace sharebench::gate
