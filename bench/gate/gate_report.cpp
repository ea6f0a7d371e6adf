#include "bench/gate/gate_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace sharebench::gate {
namespace {

using nlohmann::json;

std::string cell_verdict(const CellVerdict& v) {
  if (v.lost_fresh > 0) return "PROMISE BROKEN";
  if (!v.change) return v.failed_fresh + v.failed_base == 0 ? "too few valid pairs" : "failed";
  if (v.confirmed) return "SLOWER, confirmed";
  if (v.fired) return "slower once, not confirmed";
  return "no slowdown found";
}

Change change_of(const CellVerdict& v, const GateResult& result) {
  Change c;
  c.cell = full_name(v.gated.cell);
  c.base_ns = v.base_ns;
  c.new_ns = v.fresh_ns;
  c.shift = v.change;
  c.p = v.p;
  for (const ClassVerdict& k : result.classes)
    if (k.cell_class == v.gated.cell_class) c.mde = k.noise.mde;
  c.verdict = cell_verdict(v);
  c.bad = v.confirmed || v.lost_fresh > 0;
  return c;
}

std::string class_line(const ClassVerdict& c) {
  if (c.noise.n == 0) return fmt::format("{}: no A/A pairs", text(c.cell_class));
  std::string line = fmt::format(
      "{}: identical programs differ by up to {:.1f} % (95 of 100 times, {} pairs); slowdowns from "
      "{:.1f} % would be found",
      text(c.cell_class), 100 * std::expm1(c.noise.tau), c.noise.n, 100 * c.noise.mde);
  if (c.plant)
    line += fmt::format("; the planted one of {:.1f} % was {}", 100 * c.plant->reached,
                        c.plant_found ? "found" : "NOT found");
  else
    line += "; none could be planted";
  return line;
}

json estimate_json(const std::optional<ShiftEstimate>& e) {
  if (!e) return nullptr;
  return {{"n", e->n},
          {"shift", e->shift},
          {"low", e->low},
          {"high", e->high},
          {"coverage", e->coverage},
          {"p", e->p},
          {"percent", 100 * std::expm1(e->shift)}};
}

json time_json(double ns) { return ns > 0 ? json(ns) : json(nullptr); }

}  // namespace

std::string gate_text(const GateResult& result, TableFormat format) {
  const bool markdown = format == TableFormat::markdown;
  std::vector<Change> changes;
  for (const CellVerdict& v : result.cells) changes.push_back(change_of(v, result));
  std::string out;
  const auto line = [&](const std::string& text) { out += (markdown ? "- " : "  ") + text + "\n"; };
  out += fmt::format(
      "{}gate: {}{}\n\n", markdown ? "### " : "", text(result.outcome),
      markdown ? "" : fmt::format("   ({} blocks in {:.0f} s)", result.blocks, result.seconds));
  for (const std::string& reason : result.reasons) line(reason);
  if (!result.reasons.empty()) out += "\n";
  out += change_table(changes, format) + "\n";
  out += "What this machine could decide:\n";
  if (markdown) out += "\n";
  for (const ClassVerdict& c : result.classes) line(class_line(c));
  for (const CellVerdict& v : result.cells)
    if (v.failed_fresh + v.failed_base > 0)
      line(fmt::format("{}: {} trials of the new program and {} of the base failed, first: {}",
                       full_name(v.gated.cell), v.failed_fresh, v.failed_base, v.first_failure));
  if (result.noisy_blocks > 0)
    line(fmt::format("{} of {} executions of blocks were noisy", result.noisy_blocks,
                     result.run_blocks));
  return out;
}

json gate_json(const GateResult& result) {
  json cells = json::array(), classes = json::array();
  for (const CellVerdict& v : result.cells)
    cells.push_back({{"name", full_name(v.gated.cell)},
                     {"class", text(v.gated.cell_class)},
                     {"base_ns", time_json(v.base_ns)},
                     {"new_ns", time_json(v.fresh_ns)},
                     {"change", estimate_json(v.change)},
                     {"p_adjusted", v.p},
                     {"a_a", estimate_json(v.again)},
                     {"planted", estimate_json(v.planted)},
                     {"fired", v.fired},
                     {"confirmation", estimate_json(v.confirmation)},
                     {"confirmed", v.confirmed},
                     {"broken_promises", v.lost_fresh},
                     {"failed_new", v.failed_fresh},
                     {"failed_base", v.failed_base},
                     {"first_failure", v.first_failure},
                     {"verdict", cell_verdict(v)}});
  for (const ClassVerdict& c : result.classes)
    classes.push_back({{"class", text(c.cell_class)},
                       {"a_a_pairs", c.noise.n},
                       {"tau", c.noise.tau},
                       {"mde", c.noise.mde},
                       {"plant_stated", c.plant ? json(c.plant->stated) : json(nullptr)},
                       {"plant_reached", c.plant ? json(c.plant->reached) : json(nullptr)},
                       {"plant_think_units", c.plant ? c.plant->think_units : 0},
                       {"plant_critical_units", c.plant ? c.plant->critical_units : 0},
                       {"plant_found", c.plant_found},
                       {"decides", c.decides}});
  return {{"schema", 1},  // 1: 2026-11, first
          {"outcome", text(result.outcome)},
          {"reasons", result.reasons},
          {"blocks", result.blocks},
          {"block_executions", result.run_blocks},
          {"noisy_executions", result.noisy_blocks},
          {"seconds", result.seconds},
          {"cells", cells},
          {"classes", classes}};
}

}  // namespace sharebench::gate
