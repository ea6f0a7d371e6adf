#include "bench/gate/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/measure/multiple.hpp"
#include "bench/measure/statistics.hpp"

namespace sharebench::gate {
namespace {

constexpr double kMaxNoisyShare = 0.30;
constexpr std::size_t kFewest = 6;  // below, no 95 % interval exists

double median_ns(const std::vector<GateBlock>& blocks, std::size_t cell, Arm arm) {
  std::vector<double> values;
  for (const GateBlock& block : blocks)
    if (const auto found = block[cell].log_ns.find(arm); found != block[cell].log_ns.end())
      values.push_back(std::exp(found->second));
  return values.empty() ? 0 : summarise(std::move(values)).median;
}

std::optional<ShiftEstimate> estimate(const std::vector<GateBlock>& blocks, std::size_t cell,
                                      Arm arm) {
  const std::vector<double> d = differences(blocks, cell, arm);
  return d.size() < kFewest ? std::nullopt : std::optional(estimate_shift(d));
}

CellVerdict collect(const GatedCell& gated, const std::vector<GateBlock>& blocks,
                    std::size_t cell) {
  CellVerdict v;
  v.gated = gated;
  v.base_ns = median_ns(blocks, cell, Arm::base);
  v.fresh_ns = median_ns(blocks, cell, Arm::fresh);
  v.change = estimate(blocks, cell, Arm::fresh);
  v.again = estimate(blocks, cell, Arm::again);
  v.planted = estimate(blocks, cell, Arm::planted);
  for (const GateBlock& block : blocks) {
    v.lost_fresh += block[cell].lost_fresh;
    v.failures.insert(v.failures.end(), block[cell].failures.begin(), block[cell].failures.end());
  }
  return v;
}

/// What the class can decide: its noise from the A/A cell, its sensitivity from the planted one.
ClassVerdict judge_class(CellClass c, const std::vector<CellVerdict>& cells,
                         const std::map<CellClass, Plant>& plants,
                         const std::vector<GateBlock>& blocks, std::uint64_t seed) {
  ClassVerdict verdict;
  verdict.cell_class = c;
  std::vector<double> identical;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].gated.cell_class == c && cells[i].gated.a_a) {
      const std::vector<double> d = differences(blocks, i, Arm::again);
      identical.insert(identical.end(), d.begin(), d.end());
    }
  if (identical.size() < kFewest) return verdict;
  verdict.noise =
      learn_noise(identical, static_cast<std::uint32_t>(blocks.size()), cells.size(), seed);
  if (const auto plant = plants.find(c); plant != plants.end()) verdict.plant = plant->second;
  for (const CellVerdict& v : cells)
    if (v.gated.cell_class == c && v.gated.planted && v.planted)
      verdict.plant_found = fires(*v.planted, v.planted->p, verdict.noise.tau);
  verdict.decides = verdict.plant_found && verdict.noise.mde <= largest_mde(c);
  return verdict;
}

void add_reason(GateResult& result, Outcome outcome, std::string reason) {
  if (result.outcome == Outcome::none) result.outcome = outcome;
  if (result.outcome == outcome) result.reasons.push_back(std::move(reason));
}

}  // namespace

std::vector<double> differences(const std::vector<GateBlock>& blocks, std::size_t cell, Arm arm) {
  std::vector<double> d;
  for (const GateBlock& block : blocks) {
    const auto &times = block[cell].log_ns;
    const auto base = times.find(Arm::base), other = times.find(arm);
    if (base != times.end() && other != times.end()) d.push_back(other->second - base->second);
  }
  return d;
}

bool narrow_enough(const std::vector<GatedCell>& cells, const std::vector<GateBlock>& blocks,
                   double half_width) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto e = estimate(blocks, i, Arm::fresh);
    if (!e || (e->high - e->low) / 2 > half_width) return false;
  }
  return true;
}

GateResult judge_blocks(const std::vector<GatedCell>& cells, const std::map<CellClass, Plant>& plants,
                        const std::vector<GateBlock>& blocks, std::uint64_t seed) {
  GateResult result;
  result.blocks = static_cast<std::uint32_t>(blocks.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    result.cells.push_back(collect(cells[i], blocks, i));
  for (const GatedCell& gated : cells)
    if (std::none_of(result.classes.begin(), result.classes.end(), [&](const ClassVerdict& v) {
          return v.cell_class == gated.cell_class;
        }))
      result.classes.push_back(judge_class(gated.cell_class, result.cells, plants, blocks, seed));

  std::vector<double> p;
  for (const CellVerdict& v : result.cells) p.push_back(v.change ? v.change->p : 1);
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < result.cells.size(); ++i) {
    CellVerdict& v = result.cells[i];
    v.p = adjusted[i];
    v.fired = v.change && fires(*v.change, v.p, noise_of_class(result, v.gated.cell_class).tau);
  }
  return result;
}

const ClassNoise& noise_of_class(const GateResult& result, CellClass c) {
  return std::find_if(result.classes.begin(), result.classes.end(),
                      [&](const ClassVerdict& v) { return v.cell_class == c; })
      ->noise;
}

void add_confirmation(CellVerdict& verdict, const std::vector<GateBlock>& again, std::size_t cell,
                      const ClassNoise& noise) {
  verdict.confirmation = estimate(again, cell, Arm::fresh);
  verdict.confirmed = verdict.confirmation &&
                      fires(*verdict.confirmation, verdict.confirmation->p, noise.tau);
}

void decide(GateResult& result, const Circumstance& circumstance) {
  for (const CellVerdict& v : result.cells)
    if (v.lost_fresh > 0)
      add_reason(result, Outcome::promise_broken,
                 fmt::format("{}: the new program broke the promise of exact updates in {} trials",
                             full_name(v.gated.cell), v.lost_fresh));
  if (circumstance.interrupted)
    add_reason(result, Outcome::interrupted, "interrupted before the end");
  for (const CellVerdict& v : result.cells)
    if (!v.change)
      add_reason(result, v.failures.empty() ? Outcome::inconclusive : Outcome::failed,
                 fmt::format("{}: too few valid pairs{}", full_name(v.gated.cell),
                             v.failures.empty() ? "" : "; " + v.failures.front()));
  if (circumstance.noisy_share > kMaxNoisyShare)
    add_reason(result, Outcome::inconclusive,
               fmt::format("environment unfit: {:.0f} % of the blocks were noisy, up to {:.0f} % "
                           "would do; nothing gates",
                           100 * circumstance.noisy_share, 100 * kMaxNoisyShare));
  if (result.outcome != Outcome::none) return;
  for (const CellVerdict& v : result.cells)
    if (v.confirmed)
      add_reason(result, Outcome::regression,
                 fmt::format("{} is {:.1f} % slower ({:+.1f} % .. {:+.1f} %, p = {:.2g}), confirmed "
                             "by {:+.1f} %",
                             full_name(v.gated.cell), 100 * std::expm1(v.change->shift),
                             100 * std::expm1(v.change->low), 100 * std::expm1(v.change->high), v.p,
                             100 * std::expm1(v.confirmation->shift)));
  for (const ClassVerdict& c : result.classes)
    if (!c.plant_found)
      add_reason(result, Outcome::insensitive,
                 c.plant ? fmt::format("{} cells: a planted slowdown of {:.0f} % was not found",
                                       text(c.cell_class), 100 * c.plant->reached)
                         : fmt::format("{} cells: no slowdown could be planted",
                                       text(c.cell_class)));
  for (const ClassVerdict& c : result.classes)
    if (c.noise.mde > largest_mde(c.cell_class))
      add_reason(result, Outcome::inconclusive,
                 fmt::format("{} cells: only slowdowns of {:.0f} % would be found; {:.0f} % is the "
                             "limit",
                             text(c.cell_class), 100 * c.noise.mde,
                             100 * largest_mde(c.cell_class)));
}

}  // namespace sharebench::gate
