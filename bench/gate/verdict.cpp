#include "bench/gate/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/measure/multiple.hpp"
#include "bench/measure/statistics.hpp"

namespace sharebench::gate {
namespace {

constexpr double kMaxNoisyShare = 0.30, kMaxFailedShare = 0.10;
constexpr std::size_t kFewestPairs = 12;

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
  return d.size() < kFewestPairs ? std::nullopt : std::optional(estimate_shift(d));
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
  return v;
}

/// What the class can decide: its noise from the A/A cell, its sensitivity from the planted one.
ClassVerdict judge_class(CellClass c, const std::vector<CellVerdict>& cells,
                         const std::map<CellClass, Plant>& plants,
                         const std::vector<GateBlock>& blocks, std::uint64_t seed) {
  ClassVerdict verdict;
  verdict.cell_class = c;
  std::vector<double> identical;
  std::size_t pairs = blocks.size();  // of the cell that has fewest
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].gated.cell_class != c) continue;
    pairs = std::min(pairs, differences(blocks, i, Arm::fresh).size());
    if (!cells[i].gated.a_a) continue;
    const std::vector<double> d = differences(blocks, i, Arm::again);
    identical.insert(identical.end(), d.begin(), d.end());
  }
  if (identical.size() < kFewestPairs || pairs < kFewestPairs) return verdict;
  verdict.noise = learn_noise(identical, static_cast<std::uint32_t>(pairs), cells.size(), seed);
  if (const auto plant = plants.find(c); plant != plants.end()) verdict.plant = plant->second;
  for (const CellVerdict& v : cells)
    if (v.gated.cell_class == c && v.gated.planted && v.planted)
      verdict.plant_found = fires(*v.planted, v.planted->p, verdict.noise.tau);
  verdict.decides = verdict.plant_found && verdict.noise.mde <= largest_mde(c);
  return verdict;
}

/// Reasons of one kind; the first kind that has any becomes the outcome.
void settle(GateResult& result, Outcome outcome, const std::vector<std::string>& reasons) {
  if (result.outcome != Outcome::none || reasons.empty()) return;
  result.outcome = outcome;
  result.reasons = reasons;
}

/// Cells for which `reason` gives a text.
template <class Reason>
std::vector<std::string> of_cells(const GateResult& result, Reason reason) {
  std::vector<std::string> texts;
  for (const CellVerdict& v : result.cells)
    if (const std::string text = reason(v); !text.empty())
      texts.push_back(full_name(v.gated.cell) + text);
  return texts;
}

template <class Reason>
std::vector<std::string> of_classes(const GateResult& result, Reason reason) {
  std::vector<std::string> texts;
  for (const ClassVerdict& c : result.classes)
    if (const std::string why = reason(c); !why.empty())
      texts.push_back(text(c.cell_class) + " cells: " + why);
  return texts;
}

bool saw_its_plant(const GateResult& result, CellClass c) {
  return std::any_of(result.classes.begin(), result.classes.end(),
                     [&](const ClassVerdict& v) { return v.cell_class == c && v.plant_found; });
}

std::string failure_text(const CellVerdict& v, std::uint32_t blocks) {
  const double share = static_cast<double>(v.failed_fresh) / std::max(1u, blocks);
  if (share <= kMaxFailedShare && !(v.failed_fresh > 0 && !v.change)) return "";
  return fmt::format(": the new program failed in {} trials, the base in {}; the first time: {}",
                     v.failed_fresh, v.failed_base, v.first_failure);
}

std::string regression_text(const CellVerdict& v) {
  return fmt::format(
      " is {:.1f} % slower ({:+.1f} % .. {:+.1f} %, p = {:.2g}), confirmed by {:+.1f} %",
      100 * std::expm1(v.change->shift), 100 * std::expm1(v.change->low),
      100 * std::expm1(v.change->high), v.p, 100 * std::expm1(v.confirmation->shift));
}

std::string blindness_text(const ClassVerdict& c) {
  if (c.plant_found) return "";
  if (c.noise.n == 0) return "too few pairs to learn what identical programs differ by";
  return c.plant
             ? fmt::format("a planted slowdown of {:.0f} % was not found", 100 * c.plant->reached)
             : "no slowdown could be planted";
}

}  // namespace

std::size_t pairs_needed(std::size_t cells) {
  std::size_t n = kFewestPairs;
  while (smallest_p(n) * static_cast<double>(cells) >= kAlpha) ++n;
  return n;
}

std::vector<double> differences(const std::vector<GateBlock>& blocks, std::size_t cell, Arm arm) {
  std::vector<double> d;
  for (const GateBlock& block : blocks) {
    const auto& times = block[cell].log_ns;
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

GateResult judge_blocks(const std::vector<GatedCell>& cells,
                        const std::map<CellClass, Plant>& plants,
                        const std::vector<GateBlock>& blocks, std::uint64_t seed) {
  GateResult result;
  result.blocks = static_cast<std::uint32_t>(blocks.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    result.cells.push_back(collect(cells[i], blocks, i));
  for (const GatedCell& gated : cells)
    if (std::none_of(result.classes.begin(), result.classes.end(),
                     [&](const ClassVerdict& v) { return v.cell_class == gated.cell_class; }))
      result.classes.push_back(judge_class(gated.cell_class, result.cells, plants, blocks, seed));

  std::vector<double> p;
  for (const CellVerdict& v : result.cells) p.push_back(v.change ? v.change->p : 1);
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < result.cells.size(); ++i) {
    CellVerdict& v = result.cells[i];
    v.p = adjusted[i];
    const ClassNoise& noise = noise_of_class(result, v.gated.cell_class);
    v.fired = v.change && noise.n > 0 && fires(*v.change, v.p, noise.tau);
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
  verdict.confirmed =
      verdict.confirmation && fires(*verdict.confirmation, verdict.confirmation->p, noise.tau);
}

void decide(GateResult& result, const Circumstance& circumstance) {
  settle(result, Outcome::promise_broken, of_cells(result, [](const CellVerdict& v) {
           return v.lost_fresh == 0
                      ? ""
                      : fmt::format(
                            ": the new program broke the promise of exact updates in {} trials",
                            v.lost_fresh);
         }));
  if (circumstance.interrupted)
    settle(result, Outcome::interrupted, {"interrupted before the end"});
  settle(result, Outcome::failed,
         of_cells(result, [&](const CellVerdict& v) { return failure_text(v, result.blocks); }));
  if (circumstance.noisy_share > kMaxNoisyShare)
    settle(
        result, Outcome::inconclusive,
        {fmt::format("environment unfit: {:.0f} % of the blocks were noisy, up to {:.0f} % would "
                     "do; nothing gates",
                     100 * circumstance.noisy_share, 100 * kMaxNoisyShare)});
  settle(result, Outcome::regression, of_cells(result, [&](const CellVerdict& v) {
           return v.confirmed && saw_its_plant(result, v.gated.cell_class) ? regression_text(v)
                                                                           : "";
         }));
  settle(result, Outcome::insensitive, of_classes(result, blindness_text));
  settle(result, Outcome::inconclusive, of_cells(result, [&](const CellVerdict& v) {
           const std::size_t pairs = v.change ? v.change->n : 0;
           return pairs >= pairs_needed(result.cells.size()) ? "" : ": too few valid pairs";
         }));
  settle(result, Outcome::inconclusive, of_classes(result, [](const ClassVerdict& c) {
           return c.noise.mde <= largest_mde(c.cell_class)
                      ? ""
                      : fmt::format(
                            "only slowdowns of {:.0f} % would be found; {:.0f} % is the limit",
                            100 * c.noise.mde, 100 * largest_mde(c.cell_class));
         }));
}

}  // namespace sharebench::gate
