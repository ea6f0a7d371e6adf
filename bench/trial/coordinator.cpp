// The course of one trial, from the coordinator's side.
#include <fmt/format.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <share/core/error.hpp>
#include <share/core/segment.hpp>

#include "bench/floors/echo_server.hpp"
#include "bench/measure/clock.hpp"
#include "bench/registry/registry.hpp"
#include "bench/trial/evaluation.hpp"
#include "bench/trial/placement.hpp"
#include "bench/trial/process_cpu.hpp"
#include "bench/trial/worker_group.hpp"

namespace sharebench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMaxCountedSquarings = 60;  // the ring has 61 values
constexpr std::uint64_t kMaxCountedElements = 64u << 20, kMaxRemoteCountedCalls = 20'000;
constexpr double kCallsInWindow = 30;  // of each worker, at least
constexpr double kSteadyWithin = 0.05;
constexpr double kMaxWindowMs = 10'000;
// Not a whole millisecond: turns on the grid of the kernel's timer tick would give all ticks to one
// side, which made backends look 2 % slower than themselves. 1.309 is far from every simple
// fraction.
constexpr std::uint64_t kTurnUnitNs = 1'309'017;
constexpr std::uint64_t kFirstCallLimitMs = 15'000;

/// Memory takes time to map and touch: 10 s, and 10 s more for each GiB.
share::Deadline memory_deadline(std::uint64_t elements) {
  return share::Deadline::after(seconds(10 + 10 * (elements * sizeof(double) >> 30)));
}

template <std::size_t N>
void copy_text(char (&to)[N], const std::string& from, const char* what) {
  if (from.size() >= N)
    throw TrialFailed(fmt::format("{} '{}' is longer than {} characters", what, from, N - 1));
  std::memcpy(to, from.c_str(), from.size() + 1);
}

class Coordinator {
 public:
  explicit Coordinator(const TrialSpec& spec)
      : spec_(spec),
        cell_(spec.cell),
        pairing_(find_pairing(cell_.workload, cell_.backend)),
        info_(*find_backend(cell_.backend)),
        oversubscribed_(cell_.procs > allowed_cpus().size()),
        control_(share::Segment::create("control", ControlArea::bytes(cell_.procs))),
        area_(control_.data()),
        report_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!report_) throw share::SystemError("eventfd", "reports of workers", errno);
  }

  TrialResult run() {
    owned_ = pairing_.create({cell_.elements * sizeof(double), server_command()}, cell_.elements);
    if (measures_floor() && pairing_.floor_needs_server) echo_.emplace();
    fill_header();

    WorkerGroup workers = start_workers();
    workers.wait_for_phase(Phase::attach, memory_deadline(cell_.elements));
    workers.perform(Phase::prepare, memory_deadline(cell_.elements));
    run_epochs(workers);
    workers.perform(Phase::verify, memory_deadline(cell_.elements));
    if (area_.header().counting_passes != 0) count(workers);
    workers.leave(share::Deadline::after(seconds(10)));

    TrialResult result = evaluate(area_, cell_, info_, oversubscribed_);
    result.steady = steady_;
    result.warmup_seconds = warmup_seconds_;
    result.cpu_server_seconds = server_cpu_seconds_;
    return result;
  }

 private:
  static std::vector<std::string> server_command() { return {"/proc/self/exe", "manager-server"}; }

  bool measures_floor() const {
    return spec_.with_floor && pairing_.has_floor && cell_.measure == Measure::throughput;
  }

  void fill_header() {
    ControlHeader& header = area_.header();
    header.magic = kControlMagic;
    header.version = kControlVersion;
    header.header_bytes = sizeof(ControlHeader);
    header.slot_bytes = sizeof(WorkerSlot);
    header.workers = cell_.procs;
    header.measure = cell_.measure;
    header.elements = cell_.elements;
    header.slice = cell_.slice;
    header.batch_limit_ns = std::uint64_t{window_ms()} * 1000;  // 0.1 % of the window
    header.counting_passes = counting_passes();
    header.seed = spec_.seed;
    header.report_descriptor = report_.get();
    copy_text(header.workload, cell_.workload, "workload");
    copy_text(header.backend, cell_.backend, "backend");
    copy_text(header.address, owned_->address(), "address");
    if (echo_) copy_text(header.floor_address, echo_->address(), "address");
    header.phase.word.store(static_cast<std::uint32_t>(Phase::attach));
  }

  /// Only a control of `square` with company needs the pass: elsewhere verify() counts, or there is
  /// nothing to lose.
  std::uint64_t counting_passes() const {
    if (!info_.control() || cell_.elements == 0 || cell_.procs == 1 ||
        cell_.measure != Measure::throughput)
      return 0;
    const std::uint64_t limit = kMaxCountedSquarings / cell_.procs;
    if (limit == 0) return 0;
    const std::uint64_t affordable = info_.remote()
                                         ? kMaxRemoteCountedCalls / (cell_.elements / cell_.slice)
                                         : kMaxCountedElements / cell_.elements;
    return std::clamp<std::uint64_t>(affordable, 1, limit);
  }

  std::uint32_t window_ms() const {
    const Timing& t = spec_.timing;
    if (cell_.measure == Measure::latency) return t.latency_window;
    return oversubscribed_ ? t.oversubscribed_window : t.window;
  }

  WorkerGroup start_workers() {
    std::vector<int> inherit = owned_->inherited_descriptors();
    std::vector<int> servers;
    for (const pid_t pid : owned_->server_pids()) servers_.emplace_back(pid);
    for (const ProcessCpu& server : servers_) servers.push_back(server.pidfd());
    return WorkerGroup(area_, control_.descriptor(), report_.get(), inherit, servers);
  }

  void run_epochs(WorkerGroup& workers) {
    const Timing& t = spec_.timing;
    workers.ask(Phase::run);
    const double calls_a_second = warm_up(workers);

    const double server_before = server_cpu();
    set_epoch(Epoch::window_open);
    // A window must hold many calls of each worker, or its edges are all there is; remote calls
    // more.
    double wanted_ms = 1000 * kCallsInWindow * cell_.procs / calls_a_second;
    if (info_.remote())
      wanted_ms = std::max(wanted_ms, 1000.0 * t.remote_min_calls / calls_a_second);
    const auto window = std::max<std::uint64_t>(
        window_ms(), static_cast<std::uint64_t>(std::min(wanted_ms, kMaxWindowMs)));
    workers.sleep_until(share::Deadline::after(milliseconds(window)));
    set_epoch(Epoch::window_closed);
    server_cpu_seconds_ = server_cpu() - server_before;
    wait_for_samples(workers, Epoch::window_closed);
    if (measures_floor()) run_floor(workers, calls_a_second);
    set_epoch(Epoch::stop);
    workers.wait_for_phase(Phase::run, share::Deadline::after(seconds(15)));
  }

  /// Backend and floor in turns. A turn holds several calls and the phase several turns of each.
  void run_floor(WorkerGroup& workers, double calls_a_second) {
    if (echo_) place_alike();
    const std::uint64_t shortest = cell_.procs == 1 ? 1 : 5;  // ms
    const auto five_calls = static_cast<std::uint64_t>(5000 * cell_.procs / calls_a_second) + 1;
    const std::uint64_t batches = 10 * area_.header().batch_limit_ns / 1'000'000;
    const std::uint64_t turn = std::max({shortest, five_calls == 1 ? 0 : five_calls, batches});
    area_.header().floor_turn_ns.store(turn * kTurnUnitNs);
    set_epoch(Epoch::floor_open);
    const std::uint64_t phase = std::max<std::uint64_t>(spec_.timing.floor_window, 13 * turn);
    workers.sleep_until(share::Deadline::after(milliseconds(phase)));
    set_epoch(Epoch::floor_closed);
    wait_for_samples(workers, Epoch::floor_closed);
  }

  /// The manager's and the echo server on one CPU, not the worker's where there is another: left
  /// alone, each stays where the scheduler first put it, which makes a factor of two.
  void place_alike() {
    const int cpu = allowed_cpus().back();
    for (const pid_t pid : owned_->server_pids()) pin_process(pid, cpu);
    pin_process(echo_->pid(), cpu);
  }

  /// Runs until the last three 10-ms steps are within 5 % and every worker has finished a call;
  /// returns calls a second over all of it.
  double warm_up(WorkerGroup& workers) {
    const Timing& t = spec_.timing;
    const std::uint64_t begin = monotonic_ns();
    std::deque<double> rates;
    std::uint64_t last_progress = progress(), last_time = begin;
    while (true) {
      workers.sleep_until(share::Deadline::after(milliseconds(10)));
      const std::uint64_t now = monotonic_ns(), is = progress();
      rates.push_back(static_cast<double>(is - last_progress) * 1e9 /
                      static_cast<double>(now - last_time));
      if (rates.size() > 3) rates.pop_front();
      last_progress = is;
      last_time = now;
      const std::uint64_t passed_ms = (now - begin) / 1'000'000;
      const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
      steady_ = rates.size() == 3 && *low > 0 && *high - *low <= kSteadyWithin * *high;
      if (!all_progressed()) {
        if (passed_ms > kFirstCallLimitMs)
          throw TrialFailed("timed out waiting for each worker's first call");
        continue;
      }
      if ((passed_ms >= t.warmup_min && steady_) || passed_ms >= t.warmup_max) {
        warmup_seconds_ = static_cast<double>(now - begin) / 1e9;
        return static_cast<double>(is) / warmup_seconds_ /
               static_cast<double>(std::max<std::uint64_t>(1, cell_.slice));
      }
    }
  }

  void wait_for_samples(WorkerGroup& workers, Epoch epoch) {
    workers.wait_for("all workers to see the epoch", share::Deadline::after(seconds(15)), [&] {
      for (std::uint32_t w = 0; w < cell_.procs; ++w)
        if (area_.slot(w).samples_seen.load(std::memory_order_acquire) <
            static_cast<std::uint32_t>(epoch))
          return false;
      return true;
    });
  }

  void count(WorkerGroup& workers) {
    workers.perform(Phase::count_begin, memory_deadline(cell_.elements));
    area_.header().count_start_ns.store(monotonic_ns() + 2'000'000);
    workers.perform(Phase::count, share::Deadline::after(seconds(60)));
    workers.perform(Phase::count_end, memory_deadline(cell_.elements));
  }

  void set_epoch(Epoch epoch) {
    area_.header().epoch.word.store(static_cast<std::uint32_t>(epoch), std::memory_order_release);
  }
  std::uint64_t progress() const {
    std::uint64_t sum = 0;
    for (std::uint32_t w = 0; w < cell_.procs; ++w)
      sum += area_.slot(w).progress.load(std::memory_order_relaxed);
    return sum;
  }
  bool all_progressed() const {
    for (std::uint32_t w = 0; w < cell_.procs; ++w)
      if (area_.slot(w).progress.load(std::memory_order_relaxed) == 0) return false;
    return true;
  }
  double server_cpu() const {
    double sum = 0;
    for (const ProcessCpu& server : servers_) sum += server.seconds();
    return sum;
  }

  const TrialSpec& spec_;
  const Cell& cell_;
  const Pairing& pairing_;
  const BackendInfo& info_;
  bool oversubscribed_;
  share::Segment control_;
  ControlArea area_;
  share::Descriptor report_;
  std::unique_ptr<OwnedBackend> owned_;
  std::optional<EchoServer> echo_;
  std::vector<ProcessCpu> servers_;
  bool steady_ = false;
  double warmup_seconds_ = 0, server_cpu_seconds_ = 0;
};

}  // namespace

TrialResult run_trial(const TrialSpec& spec) {
  const int descriptors = open_descriptors();
  TrialResult result = [&] {
    try {
      return Coordinator(spec).run();
    } catch (const TrialFailed&) {
      throw;
    } catch (const TrialInterrupted&) {
      throw;
    } catch (const std::exception& error) {  // whatever went wrong is this trial's reason
      throw TrialFailed(error.what());
    }
  }();
  if (open_descriptors() != descriptors)
    result.invalid.push_back({"V9 completeness", "the trial left descriptors open"});
  return result;
}

}  // namespace sharebench
