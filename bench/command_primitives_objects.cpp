// The rows of `primitives` about shared objects that no workload measures: how late waits with a
// limit end, and items through a queue from one thread to another, beside the bare ring of numbers
// that such a queue could be at best. They cost between threads what they cost between processes.
#include "bench/command_primitives_objects.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <share/core/cache_line.hpp>
#include <share/core/spinning.hpp>
#include <share/mutex/futex.hpp>
#include <share/mutex/pthread.hpp>
#include <share/mutex/robust_futex.hpp>
#include <share/mutex/semaphore.hpp>
#include <share/mutex/spin.hpp>
#include <share/objects/event.hpp>
#include <share/objects/lock.hpp>
#include <share/objects/queue.hpp>
#include <share/objects/semaphore.hpp>
#include <string>
#include <thread>
#include <vector>

namespace sharebench {
namespace {

constexpr std::int64_t kItems = 4096;  // of one iteration
constexpr std::size_t kRoom = 1024;

/// A ring for one who puts and one who gets, who both spin: no lock, no death, no close.
class BareRing {
 public:
  bool try_put(std::int64_t item) noexcept {
    const std::uint64_t put = put_.load(std::memory_order_relaxed);
    if (put - taken_.load(std::memory_order_acquire) == kRoom) return false;
    items_[put % kRoom] = item;
    put_.store(put + 1, std::memory_order_release);
    return true;
  }
  std::int64_t get() noexcept {
    const std::uint64_t taken = taken_.load(std::memory_order_relaxed);
    while (put_.load(std::memory_order_acquire) == taken) share::relax();
    const std::int64_t item = items_[taken % kRoom];
    taken_.store(taken + 1, std::memory_order_release);
    return item;
  }

 private:
  alignas(share::kCacheLine) std::atomic<std::uint64_t> put_{0};
  alignas(share::kCacheLine) std::atomic<std::uint64_t> taken_{0};
  alignas(share::kCacheLine) std::array<std::int64_t, kRoom> items_;
};

template <class TryPut, class Get>
void from_one_to_another(benchmark::State& state, const TryPut& try_put, const Get& get) {
  std::atomic<bool> stop = false;
  std::thread putter([&] {
    for (std::int64_t item = 0; !stop.load(std::memory_order_relaxed);)
      if (try_put(item)) ++item;
  });
  for (auto _ : state)
    for (std::int64_t i = 0; i < kItems; ++i) benchmark::DoNotOptimize(get());
  stop = true;
  putter.join();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kItems);
}

void ring(benchmark::State& state) {
  BareRing ring;
  from_one_to_another(
      state, [&](std::int64_t item) { return ring.try_put(item); }, [&] { return ring.get(); });
}

void queue(benchmark::State& state) {
  share::Queue<std::int64_t> queue(kRoom);
  from_one_to_another(
      state, [&](std::int64_t item) { return queue.put_for(item, std::chrono::milliseconds(10)); },
      [&] { return queue.get(); });
}

constexpr std::chrono::milliseconds kLimit{1};
constexpr int kWaits = 400;

/// How much later than its deadline a wait ends that nothing else ends: time is that, and the
/// counters are parts of it in seconds. @param wait must fail.
template <class Wait>
void lateness(benchmark::State& state, const Wait& wait) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> late;
  for (auto _ : state) {
    const Clock::time_point begin = Clock::now();
    if (wait()) return state.SkipWithError("there was nothing to wait for");
    late.push_back(std::chrono::duration<double>(Clock::now() - begin - kLimit).count());
    state.SetIterationTime(late.back());
  }
  std::ranges::sort(late);
  state.counters["median"] = late[late.size() / 2];
  state.counters["p99"] = late[late.size() * 99 / 100];
  state.counters["max"] = late.back();
}

template <class Wait>
void register_lateness(std::string_view of, Wait wait) {
  benchmark::RegisterBenchmark(std::string("late/").append(of).c_str(),
                               [wait](benchmark::State& state) { wait(state); })
      ->UseManualTime()
      ->Iterations(kWaits);
}

template <class L>
void register_lock_lateness() {
  register_lateness(L::traits.name, [](benchmark::State& state) {
    share::BasicLock<L> lock;
    const std::scoped_lock guard(lock);
    lateness(state, [&] { return lock.try_lock_for(kLimit); });
  });
}

}  // namespace

void register_object_primitives() {
  register_lock_lateness<share::mutex::RobustLock>();
  register_lock_lateness<share::mutex::PlainMutex>();
  register_lock_lateness<share::mutex::FutexLock>();
  register_lock_lateness<share::mutex::RobustFutexLock>();
  register_lock_lateness<share::mutex::SemaphoreLock>();
  register_lock_lateness<share::mutex::SpinLock>();
  register_lateness("queue", [](benchmark::State& state) {
    share::Queue<int> empty(1);
    lateness(state, [&] { return empty.get_for(kLimit).has_value(); });
  });
  register_lateness("semaphore", [](benchmark::State& state) {
    share::Semaphore none(0);
    lateness(state, [&] { return none.try_acquire_for(kLimit); });
  });
  register_lateness("event", [](benchmark::State& state) {
    share::Event never;
    lateness(state, [&] { return never.wait_for(kLimit); });
  });
  benchmark::RegisterBenchmark("objects/ring", ring)->UseRealTime();
  benchmark::RegisterBenchmark("objects/queue", queue)->UseRealTime();
}

}  // namespace sharebench
