#include "bench/trial/worker.hpp"

#include <unistd.h>

#include <cstring>
#include <iostream>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/segment.hpp>
#include <vector>

#include "bench/measure/clock.hpp"
#include "bench/registry/registry.hpp"
#include "bench/trial/control_area.hpp"
#include "bench/trial/worker_loop.hpp"

namespace sharebench {
namespace {

constexpr std::chrono::seconds kPhaseLimit{600};  // the coordinator's own deadlines are far shorter

class Worker {
 public:
  Worker(ControlArea area, std::uint32_t number)
      : header_(area.header()), slot_(area.slot(number)), area_(area), number_(number) {}

  void run() {
    slot_.pid = getpid();
    attach();
    report(Phase::attach);
    while (true) {
      const Phase phase = next_phase();
      perform(phase);
      report(phase);
      if (phase == Phase::leave) return;
    }
  }

 private:
  void attach() {
    if (header_.magic != kControlMagic || header_.version != kControlVersion ||
        header_.header_bytes != sizeof(ControlHeader) || header_.slot_bytes != sizeof(WorkerSlot))
      throw share::Error("the control area has another layout than this worker");
    task_ = make_task(header_.workload,
                      {header_.backend, header_.address, header_.floor_address, header_.elements,
                       header_.slice, number_, header_.workers, header_.think_units,
                       header_.critical_units, static_cast<std::uint32_t>(header_.in_flight)});
    slot_.has_floor = task_->has_floor();
  }

  void perform(Phase phase) {
    const bool first = number_ == 0;
    switch (phase) {
      case Phase::prepare:
        if (first) task_->prepare();
        break;
      case Phase::run:
        run_epochs(header_, slot_, *task_, number_);
        task_->finish();
        slot_.applied_calls = task_->applied_calls();
        break;
      case Phase::verify:
        if (first) store(task_->verify(all_calls()));
        break;
      case Phase::count_begin:
        if (first) task_->begin_counting();
        break;
      case Phase::count:
        wait_until(header_.count_start_ns.load());
        task_->count(header_.counting_passes);
        break;
      case Phase::count_end:
        if (first) store_counted(task_->verify_counting(header_.counting_passes));
        break;
      case Phase::attach:
      case Phase::leave:
        break;
    }
  }

  /// Sleeps until the coordinator asks for a phase that this worker has not done yet.
  Phase next_phase() {
    std::atomic<std::uint32_t>& word = header_.phase.word;
    while (true) {
      const std::uint32_t asked = word.load(std::memory_order_acquire);
      if (asked > slot_.state.load(std::memory_order_relaxed)) return static_cast<Phase>(asked);
      if (!share::futex_wait(word, asked, share::Deadline::after(kPhaseLimit)))
        throw share::TimedOut("the next phase of the trial", kPhaseLimit);
    }
  }

  void report(Phase done) {
    slot_.state.store(static_cast<std::uint32_t>(done), std::memory_order_release);
    notify_coordinator(header_);
  }

  /// Spins through the last stretch, so that the workers begin together.
  static void wait_until(std::uint64_t start_ns) {
    while (monotonic_ns() < start_ns) {
    }
  }

  std::vector<std::uint64_t> all_calls() const {
    std::vector<std::uint64_t> calls;
    for (std::uint32_t w = 0; w < header_.workers; ++w)
      calls.push_back(area_.slot(w).applied_calls);
    return calls;
  }
  void store(const Verification& v) {
    slot_.lost = v.lost;
    slot_.extra = v.extra;
    slot_.wrong_elements = v.wrong_elements;
    slot_.corrupted = v.corrupted;
  }
  void store_counted(const Verification& v) {
    slot_.counted_due = header_.counting_passes * header_.workers * header_.elements;
    slot_.counted_lost = v.lost;
    slot_.counted_extra = v.extra;
    slot_.counted_corrupted = v.corrupted;
  }

  ControlHeader& header_;
  WorkerSlot& slot_;
  ControlArea area_;
  std::uint32_t number_;
  std::unique_ptr<Task> task_;
};

}  // namespace

int run_worker(int control_descriptor, std::uint32_t worker) {
  const share::Segment segment = share::Segment::open(control_descriptor);
  const ControlArea area(segment.data());
  if (worker >= area.header().workers) {
    std::cerr << "worker " << worker << ": the trial has " << area.header().workers << " workers\n";
    return 1;
  }
  try {
    Worker(area, worker).run();
    return 0;
  } catch (const std::exception& error) {  // every failure of a worker becomes the trial's reason
    WorkerSlot& slot = area.slot(worker);
    std::strncpy(slot.error, error.what(), sizeof slot.error - 1);
    slot.failed.store(1, std::memory_order_release);
    notify_coordinator(area.header());
    return 1;
  }
}

}  // namespace sharebench
