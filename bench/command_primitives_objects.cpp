// The rows of `primitives` about shared objects that no workload uses: items through a queue from
// one thread to another, beside the bare ring of numbers that such a queue could be at best. They
// cost between threads what they cost between processes.
#include "bench/command_primitives_objects.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <share/core/cache_line.hpp>
#include <share/core/spinning.hpp>
#include <share/objects/queue.hpp>
#include <thread>

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

}  // namespace

void register_object_primitives() {
  benchmark::RegisterBenchmark("objects/ring", ring)->UseRealTime();
  benchmark::RegisterBenchmark("objects/queue", queue)->UseRealTime();
}

}  // namespace sharebench
