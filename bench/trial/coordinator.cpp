// The course of one trial, from the coordinator's side.
#include <fmt/format.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <share/core/error.hpp>
#include <share/core/segment.hpp>

#include "bench/floors/floor_server.hpp"
#include "bench/measure/clock.hpp"
#include "bench/registry/registry.hpp"
#include "bench/trial/evaluation.hpp"
#include "bench/trial/placement.hpp"
#include "bench/trial/process_cpu.hpp"
#include "bench/trial/run_phase.hpp"
#include "bench/trial/validity.hpp"
#include "bench/trial/worker_group.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMaxCountedSquarings = 60;  // the ring has 61 values
constexpr std::uint64_t kMaxCountedElements = 64u << 20, kMaxRemoteCountedCalls = 20'000;

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

/// Placement may leave CPUs unused.
bool more_workers_than_cpus(const Cell& cell) {
  std::set<int> used;
  for (const std::optional<int>& cpu : worker_cpus(cell.pin, cell.procs))
    if (cpu) used.insert(*cpu);
  return cell.procs > (used.empty() ? allowed_cpus().size() : used.size());
}

class Coordinator {
 public:
  explicit Coordinator(const TrialSpec& spec)
      : spec_(spec),
        cell_(spec.cell),
        pairing_(find_pairing(cell_.workload, cell_.backend)),
        info_(*find_backend(cell_.backend)),
        oversubscribed_(more_workers_than_cpus(cell_)),
        control_(share::Segment::create("control", ControlArea::bytes(cell_.procs))),
        area_(control_.data()),
        report_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!report_) throw share::SystemError("eventfd", "reports of workers", errno);
  }

  TrialResult run() {
    const std::uint64_t elements = shared_elements(cell_);
    owned_ = pairing_.create({object_bytes(cell_), server_command(), apart_bytes(cell_.layout)},
                             elements);
    if (measures_floor() && pairing_.floor_service != FloorService::none)
      floor_.emplace(pairing_.floor_service);
    fill_header();

    WorkerGroup workers = start_workers();
    workers.wait_for_phase(Phase::attach, memory_deadline(cell_.elements));
    workers.perform(Phase::prepare, memory_deadline(cell_.elements));
    const RunPhase::Outcome run =
        RunPhase({spec_, info_.remote(), window_ms(), measures_floor(), [this] { place_alike(); }},
                 area_, workers, servers_)
            .run();
    workers.perform(Phase::verify, memory_deadline(cell_.elements));
    if (area_.header().counting_passes != 0) count(workers);
    workers.leave(share::Deadline::after(seconds(10)));

    TrialResult result = evaluate(area_, cell_, info_, run.worker_cpu_seconds);
    result.steady = run.steady;
    result.warmup_seconds = run.warmup_seconds;
    result.cpu_server_seconds = run.server_cpu_seconds;
    result.open_loop = run.open_loop;
    result.clock_ppm = run.clock_ppm;
    result.half_ratio = run.half_ratio;
    // A server that spins takes the place of one more worker.
    const bool crowded =
        oversubscribed_ || (info_.traits.server_spins && cell_.procs + 1 > allowed_cpus().size());
    judge(result, cell_, info_, {crowded, cycle_ns(), clock_source()});
    return result;
  }

 private:
  static std::vector<std::string> server_command() { return {"/proc/self/exe", "manager-server"}; }

  bool measures_floor() const {
    return spec_.with_floor && pairing_.has_floor && cell_.measure == Measure::throughput &&
           (cell_.in_flight == 0 || pairing_.floor_pipelines) && !cell_.has_work();
  }

  void fill_header() {
    ControlHeader& header = area_.header();
    header.magic = kControlMagic;
    header.version = kControlVersion;
    header.header_bytes = sizeof(ControlHeader);
    header.slot_bytes = sizeof(WorkerSlot);
    header.workers = cell_.procs;
    header.measure = cell_.measure;
    header.elements = shared_elements(cell_);
    header.slice = cell_.slice;
    header.batch_limit_ns = std::uint64_t{window_ms()} * 1000;  // 0.1 % of the window
    header.counting_passes = counting_passes();
    header.seed = spec_.seed;
    header.in_flight = cell_.in_flight;
    header.think_units = work_units(cell_.think_ns) + spec_.extra_think_units;
    header.critical_units = work_units(cell_.critical_ns) + spec_.extra_critical_units;
    header.report_descriptor = report_.get();
    copy_text(header.workload, cell_.workload, "workload");
    copy_text(header.backend, cell_.backend, "backend");
    copy_text(header.address, owned_->address(), "address");
    if (floor_) copy_text(header.floor_address, floor_->address(), "address");
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
    if (cell_.window_ms != 0) return cell_.window_ms;
    if (cell_.measure == Measure::latency) return t.latency_window;
    return oversubscribed_ ? t.oversubscribed_window : t.window;
  }

  WorkerGroup start_workers() {
    std::vector<int> inherit = owned_->inherited_descriptors();
    if (floor_) std::ranges::copy(floor_->inherited_descriptors(), std::back_inserter(inherit));
    inherit.push_back(report_.get());
    auto workers = [&] {
      try {
        return launch_workers(pairing_.runtime, {control_.descriptor(), inherit,
                                                 worker_cpus(cell_.pin, cell_.procs)});
      } catch (const share::Error&) {
        fail_for_slots(area_);  // one that failed at once has said why
        throw;
      }
    }();
    for (const pid_t pid : owned_->server_pids()) servers_.emplace_back(pid);
    for (const pid_t pid : workers->server_pids()) servers_.emplace_back(pid);
    std::vector<int> servers;
    for (const ProcessCpu& server : servers_) servers.push_back(server.pidfd());
    return WorkerGroup(area_, report_.get(), std::move(workers), servers);
  }

  /// The manager's and the floor's server on one CPU, not the worker's where there is another: left
  /// alone, each stays where the scheduler first put it, which makes a factor of two.
  void place_alike() {
    if (!floor_) return;
    const int cpu = allowed_cpus().back();
    for (const pid_t pid : owned_->server_pids()) pin_process(pid, cpu);
    pin_process(floor_->pid(), cpu);
  }

  void count(WorkerGroup& workers) {
    workers.perform(Phase::count_begin, memory_deadline(cell_.elements));
    area_.header().count_start_ns.store(monotonic_ns() + 2'000'000);
    workers.perform(Phase::count, share::Deadline::after(seconds(60)));
    workers.perform(Phase::count_end, memory_deadline(cell_.elements));
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
  std::optional<FloorServer> floor_;
  std::vector<ProcessCpu> servers_;
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
