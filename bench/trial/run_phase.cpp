#include "bench/trial/run_phase.hpp"

#include <algorithm>
#include <deque>

#include "bench/measure/clock.hpp"

namespace sharebench {
namespace {

using std::chrono::milliseconds;

constexpr double kCallsInWindow = 30;  // of each worker, at least
constexpr double kSteadyWithin = 0.05;
constexpr double kMaxWindowMs = 10'000;
// Not a whole millisecond: turns on the grid of the kernel's timer tick would give all ticks to one
// side, which made backends look 2 % slower than themselves. 1.309 is far from every simple
// fraction.
constexpr std::uint64_t kTurnUnitNs = 1'309'017;
constexpr std::uint64_t kFirstCallLimitMs = 15'000;
// After so many calls of the others a worker without one starves; it is measured as it is.
constexpr std::uint64_t kCallsOfOthers = 20;
constexpr double kMinPatienceMs = 1'000, kMaxPatienceMs = 15'000;

share::Deadline after_ms(double ms) {
  return share::Deadline::after(milliseconds(static_cast<std::int64_t>(ms)));
}

std::uint64_t operations_per_call(const Cell& cell) {
  return std::max<std::uint64_t>(1, cell.slice);
}

}  // namespace

RunPhase::Outcome RunPhase::run() {
  workers_.ask(Phase::run);
  warm_up();

  const double server_before = server_cpu();
  set_epoch(Epoch::window_open);
  workers_.sleep_until(share::Deadline::after(milliseconds(window())));
  set_epoch(Epoch::window_closed);
  outcome_.server_cpu_seconds = server_cpu() - server_before;
  // A worker still inside a call is starved by the others, who must stop before it can end; it then
  // tells that it was there. Turns need everybody.
  if (all_noted(Epoch::window_closed) && setting_.with_floor) measure_floor();
  set_epoch(Epoch::stop);
  workers_.wait_for_phase(Phase::run,
                          after_ms(kMaxPatienceMs + 3 * 1000 * worker_call_seconds()));
  return outcome_;
}

/// Milliseconds. A window must hold many calls of each worker, or its edges are all there is;
/// remote calls more.
std::uint64_t RunPhase::window() const {
  double wanted_ms = 1000 * kCallsInWindow * worker_call_seconds();
  if (setting_.remote)
    wanted_ms =
        std::max(wanted_ms, 1000.0 * setting_.spec.timing.remote_min_calls / calls_a_second_);
  return std::max<std::uint64_t>(setting_.window_ms,
                                 static_cast<std::uint64_t>(std::min(wanted_ms, kMaxWindowMs)));
}

/// Runs until the last three 10-ms steps are within 5 % and every worker has finished a call.
void RunPhase::warm_up() {
  const Timing& t = setting_.spec.timing;
  const std::uint64_t call = operations_per_call(setting_.spec.cell);
  const std::uint64_t begin = monotonic_ns();
  std::deque<double> rates;
  std::uint64_t last_progress = progress(), last_time = begin;
  while (true) {
    workers_.sleep_until(share::Deadline::after(milliseconds(10)));
    const std::uint64_t now = monotonic_ns(), is = progress();
    rates.push_back(static_cast<double>(is - last_progress) * 1e9 /
                    static_cast<double>(now - last_time));
    if (rates.size() > 3) rates.pop_front();
    last_progress = is;
    last_time = now;
    const std::uint64_t passed_ms = (now - begin) / 1'000'000;
    const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
    outcome_.steady = rates.size() == 3 && *low > 0 && *high - *low <= kSteadyWithin * *high;
    if (!all_progressed()) {
      if (passed_ms > kFirstCallLimitMs)
        throw TrialFailed("timed out waiting for each worker's first call");
      if (passed_ms < t.warmup_max || is < kCallsOfOthers * call) continue;
    }
    if ((passed_ms >= t.warmup_min && outcome_.steady) || passed_ms >= t.warmup_max) {
      outcome_.warmup_seconds = static_cast<double>(now - begin) / 1e9;
      calls_a_second_ =
          static_cast<double>(is) / outcome_.warmup_seconds / static_cast<double>(call);
      return;
    }
  }
}

/// Backend and floor in turns. A turn holds several calls and the phase several turns of each.
void RunPhase::measure_floor() {
  setting_.before_floor();
  const std::uint64_t shortest = setting_.spec.cell.procs == 1 ? 1 : 5;  // ms
  const auto five_calls = static_cast<std::uint64_t>(5000 * worker_call_seconds()) + 1;
  const std::uint64_t batches = 10 * area_.header().batch_limit_ns / 1'000'000;
  const std::uint64_t turn = std::max({shortest, five_calls == 1 ? 0 : five_calls, batches});
  area_.header().floor_turn_ns.store(turn * kTurnUnitNs);
  set_epoch(Epoch::floor_open);
  const std::uint64_t phase = std::max<std::uint64_t>(setting_.spec.timing.floor_window, 13 * turn);
  workers_.sleep_until(share::Deadline::after(milliseconds(phase)));
  set_epoch(Epoch::floor_closed);
  all_noted(Epoch::floor_closed);
}

/// Waits for a few calls' time; false when a worker has not seen the epoch even then.
bool RunPhase::all_noted(Epoch epoch) {
  const double patience = 3 * 1000 * worker_call_seconds();
  return workers_.wait_until(
      after_ms(std::clamp(patience, kMinPatienceMs, kMaxPatienceMs)), [&] {
        for (std::uint32_t w = 0; w < area_.header().workers; ++w)
          if (area_.slot(w).samples_seen.load(std::memory_order_acquire) <
              static_cast<std::uint32_t>(epoch))
            return false;
        return true;
      });
}

/// What a call of one worker takes when all get the same share.
double RunPhase::worker_call_seconds() const {
  return static_cast<double>(area_.header().workers) / calls_a_second_;
}

void RunPhase::set_epoch(Epoch epoch) {
  ControlHeader& header = area_.header();
  if (const auto number = static_cast<std::size_t>(epoch); number <= kSamples)
    header.epoch_ns[number - 1] = raw_ns();
  header.epoch.word.store(static_cast<std::uint32_t>(epoch), std::memory_order_release);
}

std::uint64_t RunPhase::progress() const {
  std::uint64_t sum = 0;
  for (std::uint32_t w = 0; w < area_.header().workers; ++w)
    sum += area_.slot(w).progress.load(std::memory_order_relaxed);
  return sum;
}

bool RunPhase::all_progressed() const {
  for (std::uint32_t w = 0; w < area_.header().workers; ++w)
    if (area_.slot(w).progress.load(std::memory_order_relaxed) == 0) return false;
  return true;
}

double RunPhase::server_cpu() const {
  double sum = 0;
  for (const ProcessCpu& server : servers_) sum += server.seconds();
  return sum;
}

}  // namespace sharebench
