#include "bench/trial/run_phase.hpp"

#include <algorithm>
#include <deque>

#include "bench/measure/clock.hpp"
#include "bench/trial/floor_turns.hpp"

namespace sharebench {
namespace {

using std::chrono::milliseconds;

constexpr double kCallsInWindow = 30;  // of each worker, at least
constexpr double kSteadyWithin = 0.05;
constexpr double kMaxWindowMs = 10'000;
constexpr std::uint64_t kFirstCallLimitMs = 15'000;
// After so many calls of the others a worker without one starves; it is measured as it is.
constexpr std::uint64_t kCallsOfOthers = 20;
constexpr double kClockReadsInACall = 200;
constexpr double kMinPatienceMs = 1'000, kMaxPatienceMs = 15'000;

share::Deadline after_ms(double ms) {
  return share::Deadline::after(milliseconds(static_cast<std::int64_t>(ms)));
}

std::uint64_t operations_per_call(const Cell& cell) {
  return std::max<std::uint64_t>(1, cell.slice);
}

/// CPU time of some processes from now on.
class CpuMeter {
 public:
  explicit CpuMeter(const std::vector<ProcessCpu>& processes) : processes_(processes) {
    for (const ProcessCpu& process : processes) before_.push_back(process.seconds());
  }
  std::vector<double> since() const {
    std::vector<double> spent;
    for (std::size_t i = 0; i < before_.size(); ++i)
      spent.push_back(processes_[i].seconds() - before_[i]);
    return spent;
  }

 private:
  const std::vector<ProcessCpu>& processes_;
  std::vector<double> before_;
};

}  // namespace

RunPhase::Outcome RunPhase::run() {
  workers_.ask(Phase::run);
  warm_up();

  std::vector<ProcessCpu> workers;
  for (const pid_t pid : workers_.pids()) workers.emplace_back(pid);
  set_arrivals();
  set_epoch(Epoch::window_open);
  const CpuMeter server_cpu(servers_), worker_cpu(workers);
  const auto half = std::chrono::microseconds(500 * window());
  Moment open = moment();
  workers_.sleep_until(share::Deadline::after(half));
  open.progress = progress_at_open();  // before the middle, so that it is never more
  const Moment middle = moment();
  workers_.sleep_until(share::Deadline::after(half));
  const Moment closed = moment();
  set_epoch(Epoch::window_closed);
  outcome_.clock_ppm =
      (static_cast<double>(closed.raw - open.raw) / static_cast<double>(closed.mono - open.mono) -
       1) *
      1e6;
  const double first = rate_between(open, middle), second = rate_between(middle, closed);
  if (first > 0 && second > 0) outcome_.half_ratio = second / first;
  outcome_.worker_cpu_seconds = worker_cpu.since();
  for (const double seconds : server_cpu.since()) outcome_.server_cpu_seconds += seconds;
  // A worker still inside a call is starved by the others, who must stop before it can end; it then
  // tells that it was there. Turns need everybody.
  if (all_noted(Epoch::window_closed) && setting_.with_floor) measure_floor();
  set_epoch(Epoch::stop);
  workers_.wait_for_phase(Phase::run, after_ms(kMaxPatienceMs + 3 * 1000 * worker_call_seconds()));
  return outcome_;
}

/// Open loop, at a share of the rate of the warm-up. Calls that are too short to be timed each
/// cannot be told apart from their waiting, and stay a closed loop.
void RunPhase::set_arrivals() {
  const Cell& cell = setting_.spec.cell;
  ControlHeader& header = area_.header();
  header.idle_ns = std::uint64_t{cell.idle_us} * 1000;
  if (cell.load_percent == 0) return;
  const double call_ns = worker_call_seconds() * 1e9;
  if (call_ns < kClockReadsInACall * static_cast<double>(clock_read_cost_ns())) return;
  header.arrival_ns = static_cast<std::uint64_t>(call_ns * 100 / cell.load_percent);
  outcome_.open_loop = true;
}

/// Milliseconds. A window must hold many calls of each worker, or its edges are all there is;
/// remote calls more.
std::uint64_t RunPhase::window() const {
  double wanted_ms = 1000 * kCallsInWindow * worker_call_seconds();
  if (setting_.remote)
    wanted_ms =
        std::max(wanted_ms, 1000.0 * setting_.spec.timing.remote_min_calls / calls_a_second_);
  if (area_.header().arrival_ns != 0) wanted_ms *= 100.0 / setting_.spec.cell.load_percent;
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

/// Backend and floor in turns.
void RunPhase::measure_floor() {
  const FloorTurns turns = FloorTurns::of(
      worker_call_seconds() * std::max<double>(1, setting_.spec.cell.in_flight),
      area_.header().workers, area_.header().batch_limit_ns, setting_.spec.timing.floor_window);
  if (turns.phase_ms == 0) return;
  setting_.before_floor();
  area_.header().floor_turn_ns.store(turns.turn_units * FloorTurns::kUnitNs);
  set_epoch(Epoch::floor_open);
  workers_.sleep_until(share::Deadline::after(milliseconds(turns.phase_ms)));
  set_epoch(Epoch::floor_closed);
  all_noted(Epoch::floor_closed);
}

/// Waits for a few calls' time; false when a worker has not seen the epoch even then.
bool RunPhase::all_noted(Epoch epoch) {
  const double patience = 3 * 1000 * worker_call_seconds();
  return workers_.wait_until(after_ms(std::clamp(patience, kMinPatienceMs, kMaxPatienceMs)), [&] {
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

RunPhase::Moment RunPhase::moment() const { return {raw_ns(), monotonic_ns(), progress()}; }

double RunPhase::rate_between(const Moment& begin, const Moment& end) {
  return static_cast<double>(end.progress - begin.progress) /
         static_cast<double>(end.raw - begin.raw);
}

std::uint64_t RunPhase::progress() const {
  std::uint64_t sum = 0;
  for (std::uint32_t w = 0; w < area_.header().workers; ++w)
    sum += area_.slot(w).progress.load(std::memory_order_relaxed);
  return sum;
}

/// What was done when each worker saw the window open: a batch of the warm-up ends inside it, which
/// is nothing beside a closed loop and much beside a call now and then.
std::uint64_t RunPhase::progress_at_open() const {
  constexpr auto kOpen = static_cast<std::uint32_t>(Epoch::window_open);
  std::uint64_t sum = 0;
  for (std::uint32_t w = 0; w < area_.header().workers; ++w) {
    const WorkerSlot& slot = area_.slot(w);
    const bool noted = slot.samples_seen.load(std::memory_order_acquire) >= kOpen;
    sum += noted ? slot.samples[kOpen - 1].operations
                 : slot.progress.load(std::memory_order_relaxed);  // in one call since
  }
  return sum;
}

bool RunPhase::all_progressed() const {
  for (std::uint32_t w = 0; w < area_.header().workers; ++w)
    if (area_.slot(w).progress.load(std::memory_order_relaxed) == 0) return false;
  return true;
}

}  // namespace sharebench
