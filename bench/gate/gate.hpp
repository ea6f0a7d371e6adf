// Gate: two builds of sharebench on this machine in the same blocks, arms in turns, with identical
// programs (A/A) and a planted slowdown among them that tell what the machine can decide at all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/gate/rule.hpp"
#include "bench/output/record.hpp"

namespace sharebench::gate {

/// Which program a trial ran, and to what end.
enum class Arm {
  base,
  fresh,    ///< the new program
  again,    ///< the base program once more: A/A
  planted,  ///< the base program with work added until it is slower by a stated share
};

struct GatedCell {
  Cell cell;
  CellClass cell_class;
  bool a_a = false, planted = false;
};

/// A slowdown made on purpose.
struct Plant {
  double stated = 0;   ///< share by which time should grow
  double reached = 0;  ///< as calibrated
  std::uint32_t think_units = 0, critical_units = 0;
};

struct CellVerdict {
  GatedCell gated;
  double base_ns = 0, fresh_ns = 0;  ///< medians, of the whole system
  std::optional<ShiftEstimate> change, again, planted;
  double p = 1;  ///< of the change, adjusted for all cells (Holm)
  bool fired = false;
  std::optional<ShiftEstimate> confirmation;
  bool confirmed = false;
  std::size_t lost_fresh = 0;  ///< trials in which the new program broke its promise
  std::size_t failed_fresh = 0, failed_base = 0;  ///< trials that could not be carried out
  std::string first_failure;
};

struct ClassVerdict {
  CellClass cell_class;
  ClassNoise noise;
  std::optional<Plant> plant;
  bool plant_found = false;
  bool decides = false;  ///< noise low enough and plant found
};

enum class Outcome {
  none,
  regression,
  inconclusive,
  insensitive,
  promise_broken,
  failed,
  interrupted
};
std::string text(Outcome outcome);

struct GateResult {
  Outcome outcome = Outcome::none;
  std::vector<std::string> reasons;
  std::vector<CellVerdict> cells;
  std::vector<ClassVerdict> classes;
  std::uint32_t blocks = 0;  ///< that count
  std::size_t noisy_blocks = 0, run_blocks = 0;
  double seconds = 0;
};

struct GateSettings {
  std::vector<Cell> cells;
  Timing timing;
  std::uint64_t seed = 1;
  std::uint32_t min_blocks = kFirstLook, max_blocks = 60;
  double max_half_width = 0.025;  ///< no more blocks once every interval is that narrow
  double budget_seconds = 1200;
  std::uint32_t repeats = 3;
  bool shuffled = true;  ///< the cells of a block; the arms of a cell always are
  int cores = 1;
};

/// What the gate needs from outside; a test gives it programs that take no time.
struct GateHooks {
  /// @param fresh the new program, else the base one. @throws TrialFailed, TrialInterrupted.
  std::function<TrialResult(bool fresh, const TrialSpec&)> run_trial;
  std::function<double()> now_seconds;
  std::function<EnvironmentReading()> environment;
  std::function<bool()> stop_asked;
  std::function<void(const std::string&)> say;
};

GateResult run_gate(const GateSettings& settings, const GateHooks& hooks);

}  // namespace sharebench::gate
