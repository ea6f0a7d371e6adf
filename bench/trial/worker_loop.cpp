#include "bench/trial/worker_loop.hpp"

#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>

#include "bench/measure/clock.hpp"
#include "bench/trial/alternation.hpp"
#include "bench/trial/own_usage.hpp"

namespace sharebench {
namespace {

constexpr std::uint64_t kSliceNs = 10'000'000;

class Loop {
 public:
  Loop(ControlHeader& header, WorkerSlot& slot, Task& task, std::uint32_t worker)
      : header_(header), slot_(slot), task_(task), alternation_(header.in_flight) {
    prctl(PR_SET_TIMERSLACK, 1);  // sleeps of the latency pass end when they should
    slot_.clock_cost_ns = clock_read_cost_ns();
    sampling_ = {false, slot_.clock_cost_ns, (header.seed ^ (worker + 1) * 0x9e3779b97f4a7c15) | 1};
  }

  void run() {
    std::uint64_t before = raw_ns();
    while (true) {
      const auto epoch = static_cast<Epoch>(header_.epoch.word.load(std::memory_order_acquire));
      if (epoch != seen_) enter(epoch);
      if (epoch == Epoch::stop) return;
      last_begin_ = before;
      // In these modes a turn of the loop is one call, whatever the batch would be.
      const bool single = epoch == Epoch::window_open && header_.measure == Measure::latency &&
                          (header_.arrival_ns != 0 || header_.idle_ns != 0);
      last_batch_ = single ? 1 : batch_;
      run_batch(epoch);
      const std::uint64_t now = raw_ns();
      if (epoch == Epoch::window_open) note_slice(now);
      if (!single) adapt(now - before);
      before = now;
    }
  }

 private:
  void run_batch(Epoch epoch) {
    const std::uint64_t turn = header_.floor_turn_ns.load(std::memory_order_relaxed);
    if (epoch == Epoch::floor_open && turn != 0) {
      const std::uint64_t begin = raw_ns();
      const bool floor = Alternation::is_floor(begin, turn);
      // Calls of the other side that are still in flight: their end is in the batch that does not
      // count.
      if (floor != floor_turn_) task_.finish();
      floor_turn_ = floor;
      floor ? task_.run_floor(batch_) : call(batch_);
      alternation_.add(begin, raw_ns(), turn, batch_);
      done(batch_);
    } else if (epoch == Epoch::window_open && header_.measure == Measure::latency) {
      if (header_.arrival_ns != 0)
        call_on_arrival();
      else if (header_.idle_ns != 0)
        call_after_pause();
      else
        done(task_.sample(batch_, sampling_, slot_.latency));
    } else {
      call(batch_);
      done(batch_);
    }
  }

  void call(std::uint64_t calls) {
    if (header_.think_units == 0 && header_.critical_units == 0)
      task_.run(calls);
    else
      task_.run_with_work(calls);
  }

  /// Open loop: the call is due at its time whatever became of the one before, and its latency
  /// counts from there. So a stall is in every call that came during it (no coordinated omission,
  /// G. Tene).
  void call_on_arrival() {
    if (arrival_ == 0) arrival_ = raw_ns() + sampling_.draw() * header_.arrival_ns / 128;
    sleep_until(arrival_);
    call(1);
    slot_.latency.add(raw_ns() - arrival_);
    arrival_ += header_.arrival_ns;
    done(1);
  }

  /// A call that nobody made for a while finds cold caches, sleeping threads and a low clock.
  void call_after_pause() {
    sleep_until(raw_ns() + header_.idle_ns);
    const std::uint64_t begin = raw_ns();
    call(1);
    const std::uint64_t took = raw_ns() - begin;
    slot_.latency.add(took > sampling_.clock_cost_ns ? took - sampling_.clock_cost_ns : 0);
    done(1);
  }

  /// Sleeps, and spins through the last stretch, which a sleep would overshoot.
  static void sleep_until(std::uint64_t time_ns) {
    constexpr std::uint64_t kOvershoot = 60'000;
    std::uint64_t now = raw_ns();
    if (now + kOvershoot < time_ns) {
      const std::uint64_t ns = time_ns - now - kOvershoot;
      const timespec pause{static_cast<time_t>(ns / 1'000'000'000),
                           static_cast<long>(ns % 1'000'000'000)};
      nanosleep(&pause, nullptr);
    }
    while ((now = raw_ns()) < time_ns) {
    }
  }

  void done(std::uint64_t calls) {
    calls_ += calls;
    slot_.progress.store(calls_ * task_.operations_per_call(), std::memory_order_relaxed);
  }

  /// Notes a sample for every epoch passed; a worker that slept through one notes both now. Unless
  /// it waited inside a call, which the samples tell, the trial is found invalid by its overlap.
  void enter(Epoch epoch) {
    const auto last = std::min(static_cast<std::size_t>(epoch), kSamples);
    for (auto next = static_cast<std::size_t>(seen_) + 1; next <= last; ++next) {
      Sample& sample = slot_.samples[next - 1];
      usage_.read(sample);
      sample.operations = calls_ * task_.operations_per_call();
      sample.raw_ns = raw_ns();
      if (last_batch_ == 1) {
        sample.call_begin_ns = last_begin_;
        sample.operations_before = (calls_ - 1) * task_.operations_per_call();
      }
      slot_.samples_seen.store(static_cast<std::uint32_t>(next), std::memory_order_release);
      notify_coordinator(header_);
    }
    if (epoch == Epoch::window_open) {
      window_begin_ = raw_ns();
      slot_.cpu_at_open = slot_.cpu_at_close = sched_getcpu();
      // A call is long enough to be timed each when two clock reads are at most 1 % of it.
      sampling_.every_call = call_ns_ >= 200 * static_cast<double>(sampling_.clock_cost_ns);
    }
    if (epoch == Epoch::window_closed) slot_.cpu_at_close = sched_getcpu();
    if (epoch == Epoch::floor_closed) alternation_.store(slot_);
    seen_ = epoch;
  }

  void note_slice(std::uint64_t now) {
    const std::uint64_t slice = (now - window_begin_) / kSliceNs + 1;
    if (slice != last_slice_) ++slot_.active_slices;
    last_slice_ = slice;
  }

  /// Keeps a batch between a fifth of the limit and the limit.
  void adapt(std::uint64_t took) {
    call_ns_ = static_cast<double>(took) / static_cast<double>(batch_);
    if (took > header_.batch_limit_ns)
      batch_ = std::max<std::uint64_t>(1, batch_ / 2);
    else if (took < header_.batch_limit_ns / 5)
      batch_ *= 2;
  }

  ControlHeader& header_;
  WorkerSlot& slot_;
  Task& task_;
  OwnUsage usage_;
  Alternation alternation_;
  Sampling sampling_{};
  Epoch seen_ = Epoch::warm_up;
  std::uint64_t calls_ = 0;
  std::uint64_t batch_ = 1;
  bool floor_turn_ = false;
  std::uint64_t last_batch_ = 0, last_begin_ = 0;
  double call_ns_ = 0;
  std::uint64_t arrival_ = 0;  ///< when the next call of the open loop is due
  std::uint64_t window_begin_ = 0, last_slice_ = 0;
};

}  // namespace

void run_epochs(ControlHeader& header, WorkerSlot& slot, Task& task, std::uint32_t worker) {
  Loop(header, slot, task, worker).run();
}

void notify_coordinator(const ControlHeader& header) {
  // Cannot fail short of 2^64 reports; the coordinator has deadlines besides.
  (void)eventfd_write(header.report_descriptor, 1);
}

}  // namespace sharebench
