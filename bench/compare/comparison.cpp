#include "bench/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/measure/multiple.hpp"
#include "bench/measure/statistics.hpp"

namespace sharebench {
namespace {

constexpr std::size_t kBlocksForVerdict = 9;
constexpr double kLevel = 0.05;      // of the false discovery rate
constexpr double kMdeFactor = 2.87;  // (1.96 + 0.84) / sqrt(3 / pi): signed-rank test, power 0.8

/// ln(new / base) over the blocks that both have.
std::vector<double> log_ratios(const std::map<std::uint32_t, double>& base,
                               const std::map<std::uint32_t, double>& fresh) {
  std::vector<double> d;
  for (const auto& [block, value] : base)
    if (const auto other = fresh.find(block); other != fresh.end())
      d.push_back(std::log(other->second / value));
  return d;
}

double mde_of(const std::vector<double>& d) {
  return std::expm1(kMdeFactor * summarise(d).stddev / std::sqrt(static_cast<double>(d.size())));
}

class Comparer {
 public:
  Comparer(const ResultsFile& base, const ResultsFile& fresh, const CompareSettings& settings)
      : base_(base), fresh_(fresh), settings_(settings) {}

  RunComparison run() {
    for (const MeasuredCell& cell : base_.cells) add(cell, fresh_.find(cell.name));
    for (const MeasuredCell& cell : fresh_.cells)
      if (base_.find(cell.name) == nullptr) {
        Change change{cell.name, 0, cell.median_ns, {}, 1, 0, "only in the new run"};
        mark_broken(cell, change);
        result_.changes.push_back(std::move(change));
      }
    adjust();
    for (Change& change : result_.changes) decide(change);
    remark();
    return std::move(result_);
  }

 private:
  void add(const MeasuredCell& base, const MeasuredCell* fresh) {
    Change change{base.name, base.median_ns, 0, {}, 1, 0, ""};
    if (fresh == nullptr) {
      change.verdict = "only in the base run";
    } else {
      ++common_;
      change.new_ns = fresh->median_ns;
      const std::vector<double> d = settings_.cross_machine
                                        ? log_ratios(base.of_floor, fresh->of_floor)
                                        : log_ratios(base.ns, fresh->ns);
      if (d.size() >= kBlocksForVerdict) {
        change.shift = estimate_shift(d);
        change.mde = mde_of(d);
      } else {
        change.verdict = settings_.cross_machine && base.of_floor.empty()
                             ? "no floor to compare with"
                             : fmt::format("too few common blocks ({})", d.size());
      }
      if (fresh->median_ns <= 0 && base.median_ns > 0)
        change.verdict = "no valid trial in the new run";
      mark_broken(*fresh, change);
    }
    result_.changes.push_back(std::move(change));
  }

  void mark_broken(const MeasuredCell& fresh, Change& change) {
    if (fresh.promise_kept) return;
    change.verdict = "PROMISE BROKEN";
    change.bad = result_.promise_broken = true;
  }

  void adjust() {
    std::vector<double> p;
    for (const Change& change : result_.changes)
      if (change.shift) p.push_back(change.shift->p);
    const std::vector<double> adjusted = benjamini_hochberg(p);
    std::size_t next = 0;
    for (Change& change : result_.changes)
      if (change.shift) change.p = adjusted[next++];
  }

  void decide(Change& change) {
    if (!change.shift || !change.verdict.empty()) return;
    const double bound = std::log1p(settings_.threshold);
    const ShiftEstimate& e = *change.shift;
    if (change.p < kLevel && e.shift > bound && e.low > 0) {
      if (floor_moved_too(change.cell)) {
        change.verdict = "slower, but so is its floor: the machine changed";
        return;
      }
      change.verdict = "SLOWER";
      change.bad = result_.regression = true;
    } else if (change.p < kLevel && e.shift < -bound && e.high < 0) {
      change.verdict = "faster";
    } else {
      change.verdict = "no difference shown";
    }
  }

  /// A cell that is as far from its own floor as before did not change; the machine did.
  bool floor_moved_too(const std::string& name) const {
    if (settings_.cross_machine) return false;
    const std::vector<double> d =
        log_ratios(base_.find(name)->of_floor, fresh_.find(name)->of_floor);
    return d.size() >= kBlocksForVerdict &&
           estimate_shift(d).high < std::log1p(settings_.threshold);
  }

  void remark() {
    auto& remarks = result_.remarks;
    if (common_ == 0)
      throw ResultsError(fmt::format("{} and {} have no cell in common", base_.path, fresh_.path));
    if (settings_.cross_machine)
      remarks.push_back(
          "Across machines: what is compared is each cell's ratio to its own floor, not its time.");
    else
      remarks.push_back(
          "The runs were made one after the other: launches and the machine differ between them "
          "beyond what the intervals cover. `sharebench gate` decides.");
    for (const ResultsFile* file : {&base_, &fresh_}) {
      if (file->partial) remarks.push_back(file->path + ": the run was interrupted");
      if (!file->trust.empty() && file->trust != "trusted")
        remarks.push_back(fmt::format("{}: {}", file->path, file->trust));
    }
  }

  const ResultsFile& base_;
  const ResultsFile& fresh_;
  const CompareSettings& settings_;
  RunComparison result_;
  std::size_t common_ = 0;
};

}  // namespace

RunComparison compare_runs(const ResultsFile& base, const ResultsFile& fresh,
                           const CompareSettings& settings) {
  if (base.fingerprint != fresh.fingerprint && !settings.cross_machine)
    throw ResultsError(fmt::format(
        "the machines differ: {} was measured on {} [{}], {} on {} [{}]; allowed: the same "
        "machine, or --allow-cross-machine, which compares ratios to floors only",
        base.path, base.machine, base.fingerprint, fresh.path, fresh.machine, fresh.fingerprint));
  return Comparer(base, fresh, settings).run();
}

}  // namespace sharebench
