#include <fmt/format.h>

#include <algorithm>

#include "bench/output/console.hpp"
#include "bench/output/trust.hpp"

namespace sharebench {
namespace {

const char* kBold = "\x1b[1m";
const char* kRed = "\x1b[31m";
const char* kGreen = "\x1b[32m";
const char* kPlain = "\x1b[0m";

std::string painted(const std::string& text, const char* colour, bool on) {
  return on ? colour + text + kPlain : text;
}

std::string interval(const Summary& s) {
  return fmt::format("{} .. {}", format_ns(s.low), format_ns(s.high));
}

/// What became of the updates, in a few words.
std::string correctness(const CellSummary& s) {
  if (s.no_work) return "-";
  if (s.lost + s.extra + s.wrong_elements + s.corrupted == 0)
    return s.control ? "0 lost (not guaranteed)" : "exact";
  std::string text;
  const std::uint64_t due = s.counted_updates != 0 ? s.counted_updates : s.operations;
  if (s.lost != 0)
    text = fmt::format("{:.2g} % lost",
                       100.0 * static_cast<double>(s.lost) / static_cast<double>(due));
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(s.extra, "extra");
  if (s.lost == 0) add(s.wrong_elements, "wrong elements");
  add(s.corrupted, "corrupted");
  return text;
}

std::string floor_text(const CellSummary& s) {
  if (!s.floor_ratio) return "";
  return fmt::format("{:.3f} ({:.3f} .. {:.3f})", s.floor_ratio->median, s.floor_ratio->low,
                     s.floor_ratio->high);
}

std::string row_text(const ComparisonRow& row, bool colour) {
  const CellSummary& s = *row.cell;
  const std::string rank = row.rank ? fmt::format("{}.", *row.rank) : "";
  if (!s.ns)
    return fmt::format("  {:>2} {:<18} {}\n", rank, s.cell.backend,
                       painted(row.verdict, kRed, colour));
  const char* paint = !s.promise_kept ? kRed : row.rank == 1 ? kGreen : "";
  return fmt::format("  {:>2} {:<18} {:>9}  {:<21} {:>9} {:>9}  {:>6.3f}  {:<23} {:<21}  {}\n",
                     rank, s.cell.backend, format_ns(s.ns->median), interval(*s.ns),
                     row.slowdown ? fmt::format("x{:.3g}", *row.slowdown) : "-",
                     format_ns(s.cpu_ns), s.overlap_median, correctness(s), floor_text(s),
                     painted(row.verdict, paint, colour && *paint));
}

/// What the intervals of a group cover: with few blocks no interval covers 95 %.
std::string interval_title(const Comparison& group) {
  double coverage = 0.95;
  for (const ComparisonRow& row : group.rows)
    if (row.cell->ns) coverage = std::min(coverage, row.cell->ns->coverage);
  if (coverage <= 0) return "one block only";
  return fmt::format("{:.0f} % interval", 100 * coverage);
}

std::string group_title(const Cell& group) {
  std::string text =
      fmt::format("{}, {} process{}", group.workload, group.procs, group.procs == 1 ? "" : "es");
  if (group.elements != 0)
    text += fmt::format(", {} elements in slices of {}", group.elements, group.slice);
  if (group.payload_bytes != 0) text += fmt::format(", {} bytes", group.payload_bytes);
  if (const std::string around = circumstances(group); !around.empty()) text += ", " + around;
  return text;
}

}  // namespace

std::string format_ns(double ns) {
  if (ns < 1e3) return fmt::format("{:.3g} ns", ns);
  if (ns < 1e6) return fmt::format("{:.3g} us", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:.3g} ms", ns / 1e6);
  return fmt::format("{:.3g} s", ns / 1e9);
}

std::string verdict_table(const std::vector<CellSummary>& cells, const RunFacts& facts,
                          bool colour) {
  std::string text;
  for (const Comparison& group : compare_backends(cells)) {
    text += painted(group_title(group.group), kBold, colour) + "\n";
    text += fmt::format("     {:<18} {:>9}  {:<21} {:>9} {:>9}  {:>6}  {:<23} {:<21}  {}\n",
                        "backend", "time/op", interval_title(group), "slowdown", "CPU/op", "over-",
                        "updates", "of floor", "verdict");
    for (const ComparisonRow& row : group.rows) text += row_text(row, colour);
    text += "\n";
  }
  for (const std::string& remark : remarks(cells)) text += "remark: " + remark + "\n";
  for (const std::string& what : facts.plan.left_out) text += "left out: " + what + "\n";
  for (const std::string& what : facts.not_measured) text += "not measured: " + what + "\n";
  const TrustVerdict trust = trust_of(cells, facts);
  text += fmt::format("trust: {}\n", sharebench::text(trust.trust));
  for (const std::string& reason : trust.reasons) text += "  because " + reason + "\n";
  text += fmt::format(
      "verdict: {}   {} of {} trials in {:.0f} s on {} ({} cores)\n", run_verdict(cells, facts),
      [&] {
        std::size_t n = 0;
        for (const CellSummary& s : cells) n += s.trials;
        return n;
      }(),
      facts.plan.trials(), facts.seconds, facts.machine.cpu, facts.machine.cores);
  return text;
}

}  // namespace sharebench
