#include "bench/trial/validity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sharebench {
namespace {

constexpr double kMinOverlap = 0.95, kMinOverlapOversubscribed = 0.90;
constexpr double kMinActive = 0.95, kMaxRunDelay = 0.05;
// A remote client's library grows its buffers in small steps; a fault costs a microsecond, a call
// fifty.
constexpr std::uint64_t kMaxMinorFaults = 8, kMaxMinorFaultsRemote = 64;
constexpr double kMaxClockPpm = 100;
constexpr double kMaxHalfDifference = 0.10;
// Room for a clock that turns faster than when the cycle was measured.
constexpr double kTolerance = 0.75;
// What a core can move to and from its first cache in a cycle: two loads and a store of 64 bytes.
constexpr double kMaxBytesPerCycle = 192, kBytesPerElement = 16;

class Judge {
 public:
  Judge(TrialResult& result, const Cell& cell, const BackendInfo& backend, const Circumstances& c)
      : r_(result), cell_(cell), backend_(backend), c_(c) {}

  void overlap() {
    const double bound = c_.oversubscribed ? kMinOverlapOversubscribed : kMinOverlap;
    if (r_.overlap < bound)
      r_.invalid.push_back(
          {"V1 overlap", fmt::format("{:.3f}, at least {} is needed", r_.overlap, bound)});
  }

  void correctness() {
    if (r_.promise_broken())
      r_.invalid.push_back(
          {"V2 correctness",
           fmt::format("{} lost, {} extra updates, {} wrong elements, {} corrupted", r_.lost,
                       r_.extra, r_.wrong_elements, r_.corrupted)});
  }

  /// A worker that waited for a CPU while there were enough. Beside servers there never are.
  void run_delay() {
    if (c_.oversubscribed || backend_.remote()) return;
    for (std::size_t w = 0; w < r_.workers.size(); ++w) {
      const WorkerResult& worker = r_.workers[w];
      const double delay = worker.run_delay_seconds / worker.seconds;
      if (delay <= kMaxRunDelay) continue;
      // Without progress, but waiting inside the backend, a worker is present; one that had no CPU
      // is not.
      if (worker.active_share < kMinActive)
        r_.invalid.push_back(
            {"V1 overlap",
             fmt::format("worker {} made progress in {:.0f} % of the 10-ms slices and "
                         "waited for a CPU {:.0f} % of the time",
                         w, 100 * worker.active_share, 100 * delay)});
      else
        r_.noisy.push_back(
            {"V3 run delay", fmt::format("worker {} waited for a CPU {:.1f} % of the "
                                         "time, at most {:.0f} % is quiet",
                                         w, 100 * delay, 100 * kMaxRunDelay)});
    }
  }

  void faults() {
    const std::uint64_t most = backend_.remote() ? kMaxMinorFaultsRemote : kMaxMinorFaults;
    for (std::size_t w = 0; w < r_.workers.size(); ++w) {
      const WorkerResult& worker = r_.workers[w];
      if (worker.major_faults > 0 || worker.minor_faults > most)
        r_.invalid.push_back(
            {"V6 faults", fmt::format("worker {}: {} major and {} minor page faults in the window; "
                                      "allowed: 0 and {}",
                                      w, worker.major_faults, worker.minor_faults, most)});
    }
  }

  void migration() {
    for (std::size_t w = 0; w < r_.workers.size(); ++w)
      if (r_.workers[w].cpu_at_open != r_.workers[w].cpu_at_close)
        r_.flags.push_back(
            {"V7 migration", fmt::format("worker {} moved from CPU {} to {}", w,
                                         r_.workers[w].cpu_at_open, r_.workers[w].cpu_at_close)});
  }

  void clock() {
    static const std::vector<std::string> kGood = {"tsc", "kvm-clock", "arch_sys_counter"};
    if (!c_.clock_source.empty() &&
        std::find(kGood.begin(), kGood.end(), c_.clock_source) == kGood.end())
      r_.invalid.push_back(
          {"V8 clock", fmt::format("clock source '{}'; allowed: tsc, kvm-clock, arch_sys_counter",
                                   c_.clock_source)});
    if (std::abs(r_.clock_ppm) > kMaxClockPpm)
      r_.invalid.push_back(
          {"V8 clock", fmt::format("CLOCK_MONOTONIC_RAW and CLOCK_MONOTONIC drift apart by {:.0f} "
                                   "ppm, at most {:.0f} is allowed",
                                   r_.clock_ppm, kMaxClockPpm)});
  }

  void plausibility() {
    if (r_.rate <= 0) {
      r_.invalid.push_back({"V10 plausibility", "no operation finished in the window"});
      return;
    }
    const bool works = backend_.traits.updates != share::Updates::none;
    const double least =
        cell_.elements == 0 ? c_.cycle_ns : c_.cycle_ns * kBytesPerElement / kMaxBytesPerCycle;
    for (std::size_t w = 0; works && w < r_.workers.size(); ++w) {
      const WorkerResult& worker = r_.workers[w];
      if (worker.operations == 0) continue;
      const double ns = worker.seconds * 1e9 / static_cast<double>(worker.operations);
      if (ns < kTolerance * least)
        r_.invalid.push_back(
            {"V10 plausibility",
             fmt::format("worker {} took {:.3g} ns an operation; the processor needs {:.3g}", w, ns,
                         least)});
    }
    if (std::abs(std::log(r_.half_ratio)) > std::log1p(kMaxHalfDifference))
      r_.flags.push_back(
          {"V10 halves", fmt::format("the second half of the window was {:.2f} times "
                                     "as fast as the first",
                                     r_.half_ratio)});
  }

 private:
  TrialResult& r_;
  const Cell& cell_;
  const BackendInfo& backend_;
  const Circumstances& c_;
};

}  // namespace

void judge(TrialResult& result, const Cell& cell, const BackendInfo& backend,
           const Circumstances& circumstances) {
  Judge rules(result, cell, backend, circumstances);
  rules.overlap();
  rules.correctness();
  rules.run_delay();
  rules.faults();
  rules.migration();
  rules.clock();
  rules.plausibility();
}

}  // namespace sharebench
