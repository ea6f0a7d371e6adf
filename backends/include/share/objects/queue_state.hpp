// QueueState: a bounded queue in shared memory, without the elements and their type; see Queue.
// Those who put have a robust mutex, those who get another, so a putter and a getter never wait for
// each other while there are items and room. Each change is one step of a count: an item is in the
// queue when the puts have counted it, and out when the gets have. So whoever dies, the next one
// finds it whole. Who waits looks again for some microseconds, then sleeps on a futex, in slices:
// whoever should have woken it may have died. Source for the remembered counts: E. Rigtorp,
// "Optimizing a ring buffer for throughput" (2021).
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <share/core/cache_line.hpp>
#include <share/mutex/robust_mutex.hpp>

namespace share {

class QueueState {
 public:
  enum class Outcome { done, timed_out, closed };
  /// The elements, each of `bytes`, `capacity` of them.
  struct Elements {
    std::byte* first;
    std::size_t bytes, capacity;
  };

  void init();
  Outcome put(const Elements& elements, const void* item, std::chrono::nanoseconds limit);
  Outcome get(const Elements& elements, void* item, std::chrono::nanoseconds limit);
  void close();
  bool is_closed() const noexcept {
    return (puts_.count.load(std::memory_order_acquire) & kClosed) != 0;
  }
  std::uint64_t size() const noexcept;
  void task_done();
  bool join_for(std::chrono::nanoseconds limit);

 private:
  using Word = std::atomic<std::uint32_t>;
  // In the count of puts, so that closing comes before a put or after it, never within.
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;

  /// One kind of change: puts, gets, or ends of tasks.
  struct Step {
    void init();
    void tell(int how_many);

    alignas(kCacheLine) mutex::RobustMutex lock;  // of those who make it
    std::uint64_t other;  // the count they depend on, when they last looked: it only grows
    alignas(kCacheLine) std::atomic<std::uint64_t> count;  // since the beginning
    // Counts with it, and at close(); a futex. Beside it, who sleeps on it, or was killed so.
    alignas(kCacheLine) Word changes, sleepers;
  };

  template <class Change, class Ready>
  Outcome make(Step& step, Step& awaited, std::chrono::nanoseconds limit, const Change& change,
               const Ready& ready);

  std::uint64_t put_so_far() const noexcept {
    return puts_.count.load(std::memory_order_acquire) & ~kClosed;
  }

  Step puts_, gets_, ends_;
};

}  // namespace share
