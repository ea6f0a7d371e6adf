// QueueState: a bounded queue in shared memory, without the elements and their type; see Queue. All
// that changes it happens under a robust mutex, and each change is one store: an item is in the
// queue when `put_` has counted it, and out when `taken_` has. So whoever dies, the next one finds
// it whole. Who waits looks again for some microseconds, then sleeps on a futex, in slices: whoever
// should have woken it may have died.
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
  bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire) != 0; }
  std::uint64_t size() const noexcept;
  void task_done();
  bool join_for(std::chrono::nanoseconds limit);

 private:
  using Word = std::atomic<std::uint32_t>;

  template <class Change, class Ready>
  Outcome wait(std::chrono::nanoseconds limit, Word& changes, Word& sleepers, const Change& change,
               const Ready& ready);

  mutex::RobustMutex lock_;
  std::atomic<std::uint64_t> put_, taken_, finished_;  // items since the beginning
  Word closed_;
  // Counted on each change of their kind; futexes. Beside each, who sleeps on it, or was killed so.
  alignas(kCacheLine) Word items_, getters_;
  alignas(kCacheLine) Word room_, putters_;
  alignas(kCacheLine) Word ends_, joiners_;
};

}  // namespace share
