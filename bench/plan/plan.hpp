// Plan: the cells of a sweep on a given machine, their order and what they will cost. Pure: the
// same sweep, machine and seed give the same plan, and nothing is run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/measure/machine.hpp"
#include "bench/plan/sweep.hpp"

namespace sharebench {

/// What the user wants of the cells of a sweep; empty members want all.
struct Selection {
  std::vector<std::string> backends, workloads;  ///< names, or a family ("mutex")
  std::vector<std::string> procs;                ///< replaces the axis
  std::string filter;  ///< extended regular expression; a leading '-' negates
};

struct PlannedStage {
  Stage stage;
  std::vector<Cell> cells;
};

struct Plan {
  std::vector<PlannedStage> stages;
  std::vector<std::string> left_out;  ///< what was not planned, and why

  std::size_t cells() const;
  std::size_t trials() const;
  /// The cell of which `bytes` (one of the two below) is largest; null without cells.
  const Cell* largest_cell(std::uint64_t (*bytes)(const Cell&)) const;
};

/// Bytes of the segment that a trial of the cell makes.
std::uint64_t segment_bytes(const Cell& cell);
/// The same with what the workers keep besides, as far as it grows with the cell.
std::uint64_t memory_bytes(const Cell& cell);

/// What an earlier stage measures, a later one does not measure again. @throws SweepError when the
/// selection names what does not exist.
Plan make_plan(const Sweep& sweep, const Machine& machine, const Selection& selection);

/// The sweep that gives exactly this plan on any machine: every cell spelled out.
Sweep spelled_out(const Plan& plan, const Sweep& sweep);

/// The cells of one block in the order they run: those of the sweep, or a permutation drawn from
/// (seed, stage, block), the same on every platform.
std::vector<Cell> block_order(const PlannedStage& stage, const Sweep& sweep, std::uint32_t block);

}  // namespace sharebench
