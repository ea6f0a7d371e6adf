#include "bench/gate/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "bench/gate/plant.hpp"
#include "bench/gate/verdict.hpp"
#include "bench/measure/random.hpp"
#include "bench/measure/statistics.hpp"
#include "bench/plan/plan.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench::gate {
namespace {

CellClass class_of(const Cell& cell, int cores) {
  if (find_backend(cell.backend)->remote()) return CellClass::remote;
  if (cell.procs > static_cast<std::uint32_t>(cores)) return CellClass::oversubscribed;
  return cell.procs > 1 ? CellClass::contended : CellClass::serial;
}

/// How well work can be planted in a cell: 0 not at all; 2 where it surely stands in everybody's
/// way and does not change the operation (atomics would turn from one instruction into a loop).
int fit_for_planting(const Cell& cell, CellClass c) {
  if (cell.elements != 0 || !find_pairing(cell.workload, cell.backend).takes_thought) return 0;
  if (c != CellClass::serial && c != CellClass::remote &&
      !find_pairing(cell.workload, cell.backend).takes_code)
    return 0;
  return find_backend(cell.backend)->traits.transform == share::Atomicity::slice ? 2 : 1;
}

class Gate {
 public:
  Gate(const GateSettings& settings, const GateHooks& hooks)
      : settings_(settings), hooks_(hooks), random_(settings.seed) {
    for (const Cell& cell : settings.cells)
      cells_.push_back({cell, class_of(cell, settings.cores), false, false});
    mishaps_.resize(cells_.size());
    for (const CellClass c :
         {CellClass::serial, CellClass::contended, CellClass::remote, CellClass::oversubscribed})
      choose_controls(c);
  }

  GateResult run() {
    begin_ = hooks_.now_seconds();
    try {
      calibrate();
      measure_blocks();
    } catch (const TrialInterrupted&) {
      interrupted_ = true;
    }
    GateResult result = judge_blocks(cells_, plants_, blocks_, settings_.seed);
    if (!interrupted_) confirm(result);
    add_mishaps(result);
    result.run_blocks = run_blocks_;
    result.noisy_blocks = noisy_blocks_;
    result.seconds = elapsed();
    decide(result, {interrupted_, noisy_share()});
    return result;
  }

 private:
  /// The cell of a class that is fit best for planting is its planted and its A/A cell.
  void choose_controls(CellClass c) {
    GatedCell* best = nullptr;
    for (GatedCell& gated : cells_)
      if (gated.cell_class == c &&
          (!best || fit_for_planting(gated.cell, c) > fit_for_planting(best->cell, c)))
        best = &gated;
    if (best == nullptr) return;
    best->a_a = true;
    best->planted = fit_for_planting(best->cell, c) > 0;
  }

  double elapsed() const { return hooks_.now_seconds() - begin_; }
  double noisy_share() const {
    return run_blocks_ == 0 ? 0
                            : static_cast<double>(noisy_blocks_) / static_cast<double>(run_blocks_);
  }

  /// One trial of the base program or the new one.
  TrialResult trial(const Cell& cell, bool fresh, const Plant& plant = {}) {
    TrialSpec spec;
    spec.cell = cell;
    spec.timing = settings_.timing;
    spec.seed = random_.next() >> 11;
    spec.extra_think_units = plant.think_units;
    spec.extra_critical_units = plant.critical_units;
    return hooks_.run_trial(fresh, spec);
  }

  void calibrate() {
    for (const GatedCell& gated : cells_) {
      if (!gated.planted) continue;
      hooks_.say(fmt::format("calibrating a slowdown of {:.0f} % in {}",
                             100 * stated_share(gated.cell_class), full_name(gated.cell)));
      try {
        const Plant plant = calibrate_plant(gated, [&](const Plant& tried) {
          if (hooks_.stop_asked()) throw TrialInterrupted();
          const TrialResult r = trial(gated.cell, false, tried);
          if (r.rate <= 0) throw TrialFailed("no operation finished");
          return r.ns_per_operation();
        });
        // A plant that is far from what it should be proves nothing.
        if (plant.reached < plant.stated / 2 || plant.reached > plant.stated * 2)
          throw TrialFailed(fmt::format("{:+.0f} % was the nearest", 100 * plant.reached));
        plants_[gated.cell_class] = plant;
      } catch (const TrialFailed& failed) {  // without a plant the class is insensitive
        hooks_.say(fmt::format("  not calibrated: {}", failed.what()));
      }
    }
  }

  void measure_blocks() {
    const std::uint32_t least = std::max(settings_.min_blocks, blocks_needed(cells_.size()));
    double longest = 0;
    for (std::uint32_t block = 0; block < std::max(least, settings_.max_blocks); ++block) {
      if (block >= least && std::find(kLooks.begin(), kLooks.end(), block) != kLooks.end() &&
          narrow_enough(cells_, blocks_, settings_.max_half_width))
        return;
      if (block > 0 && elapsed() + longest > settings_.budget_seconds) return;
      for (std::uint32_t attempt = 0;; ++attempt) {
        hooks_.say(fmt::format("[{:4.0f} s] block {}{}", elapsed(), block + 1,
                               attempt == 0 ? "" : ", again"));
        const double begin = hooks_.now_seconds();
        const bool may_repeat =
            attempt < settings_.repeats && elapsed() + longest <= settings_.budget_seconds;
        const bool kept = measure_block(may_repeat);
        longest = std::max(longest, hooks_.now_seconds() - begin);
        if (kept) break;
      }
    }
  }

  /// All arms of all cells once. False: too noisy, and not kept.
  bool measure_block(bool may_be_dropped) {
    const EnvironmentReading before = hooks_.environment();
    GateBlock block(cells_.size());
    for (const std::size_t cell : order(cells_.size(), settings_.shuffled))
      measure_cell(cell, block[cell]);
    std::vector<std::string> noise = noise_of(between(before, hooks_.environment()));
    for (const ArmTimes& times : block)
      for (const std::string& reason : times.noise) noise.push_back(reason);
    ++run_blocks_;
    if (!noise.empty()) {
      ++noisy_blocks_;
      hooks_.say(fmt::format("  noisy, {}: {}", may_be_dropped ? "dropped" : "kept", noise[0]));
      if (may_be_dropped) return false;
    }
    blocks_.push_back(std::move(block));
    return true;
  }

  /// The arms of a cell side by side, in random order.
  void measure_cell(std::size_t index, ArmTimes& times) {
    const GatedCell& gated = cells_[index];
    std::vector<Arm> arms = {Arm::base, Arm::fresh};
    if (gated.a_a) arms.push_back(Arm::again);
    const auto plant = plants_.find(gated.cell_class);
    if (gated.planted && plant != plants_.end()) arms.push_back(Arm::planted);
    for (const std::size_t i : order(arms.size(), true)) {
      if (hooks_.stop_asked()) throw TrialInterrupted();
      measure_arm(index, arms[i], arms[i] == Arm::planted ? plant->second : Plant{}, times);
    }
  }

  void measure_arm(std::size_t index, Arm arm, const Plant& plant, ArmTimes& times) {
    Mishaps& mishaps = mishaps_[index];
    const bool fresh = arm == Arm::fresh;
    try {
      const TrialResult r = trial(cells_[index].cell, fresh, plant);
      for (const Reason& noise : r.noisy) times.noise.push_back(noise.code + ": " + noise.text);
      if (fresh && r.promise_broken()) ++mishaps.lost_fresh;
      if (r.valid()) times.log_ns[arm] = std::log(r.ns_per_operation());
    } catch (const TrialFailed& failed) {
      ++(fresh ? mishaps.failed_fresh : mishaps.failed_base);
      if (mishaps.first.empty() || (fresh && mishaps.failed_fresh == 1))
        mishaps.first = fmt::format("{} program: {}", fresh ? "new" : "base", failed.what());
    }
  }

  /// What went wrong in any trial, also in blocks that were dropped and in confirmations.
  void add_mishaps(GateResult& result) const {
    for (std::size_t i = 0; i < result.cells.size(); ++i) {
      result.cells[i].lost_fresh = mishaps_[i].lost_fresh;
      result.cells[i].failed_fresh = mishaps_[i].failed_fresh;
      result.cells[i].failed_base = mishaps_[i].failed_base;
      result.cells[i].first_failure = mishaps_[i].first;
    }
  }

  /// Slow cells once more by themselves, at once.
  void confirm(GateResult& result) {
    for (std::size_t i = 0; i < result.cells.size(); ++i) {
      CellVerdict& verdict = result.cells[i];
      if (!verdict.fired) continue;
      hooks_.say(fmt::format("[{:4.0f} s] confirming {}: {:+.1f} %", elapsed(),
                             full_name(verdict.gated.cell),
                             100 * std::expm1(verdict.change->shift)));
      std::vector<GateBlock> again;
      try {
        for (std::uint32_t b = 0; b < kConfirmingBlocks; ++b) {
          GateBlock block(cells_.size());
          measure_cell(i, block[i]);
          again.push_back(std::move(block));
        }
      } catch (const TrialInterrupted&) {
        interrupted_ = true;
        return;
      }
      add_confirmation(verdict, again, i, noise_of_class(result, verdict.gated.cell_class));
    }
  }

  std::vector<std::size_t> order(std::size_t n, bool shuffled) {
    std::vector<std::size_t> places(n);
    for (std::size_t i = 0; i < n; ++i) places[i] = i;
    for (std::size_t i = n; shuffled && i > 1; --i)
      std::swap(places[i - 1], places[random_.below(i)]);
    return places;
  }

  struct Mishaps {
    std::size_t lost_fresh = 0, failed_fresh = 0, failed_base = 0;
    std::string first;
  };

  const GateSettings& settings_;
  const GateHooks& hooks_;
  Random random_;
  std::vector<GatedCell> cells_;
  std::vector<Mishaps> mishaps_;  ///< of each cell
  std::map<CellClass, Plant> plants_;
  std::vector<GateBlock> blocks_;
  std::size_t run_blocks_ = 0, noisy_blocks_ = 0;
  bool interrupted_ = false;
  double begin_ = 0;
};

}  // namespace

std::string text(Outcome outcome) {
  switch (outcome) {
    case Outcome::none:
      return "no regression";
    case Outcome::regression:
      return "regression";
    case Outcome::inconclusive:
      return "inconclusive";
    case Outcome::insensitive:
      return "insensitive";
    case Outcome::promise_broken:
      return "promise broken";
    case Outcome::failed:
      return "failed";
    case Outcome::interrupted:
      return "interrupted";
  }
  return "?";
}

GateResult run_gate(const GateSettings& settings, const GateHooks& hooks) {
  return Gate(settings, hooks).run();
}

}  // namespace sharebench::gate
