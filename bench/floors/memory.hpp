// The floors of the shared-memory backends: a hand-written fetch_add loop, a bare robust pthread
// mutex, a bare futex mutex, a counter nobody shares, a plain loop over a plain mapping. Nothing
// here throws or checks.
#pragma once

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <share/atomic/atomic.hpp>
#include <share/mutex/futex.hpp>
#include <share/mutex/robust.hpp>
#include <share/mutex/robust_futex.hpp>
#include <share/raw/raw.hpp>
#include <share/sharded/sharded.hpp>

#include "bench/floors/floor.hpp"
#include "bench/workloads/square_kernel.hpp"

namespace sharebench {

template <>
struct IncrementFloor<share::atomic::Atomic> {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = true;
  static constexpr bool kPipelines = false;
  static constexpr FloorService kService = FloorService::none;
  template <class Counter>
  IncrementFloor(Counter& counter, const std::string&, std::uint32_t) : word_(counter.address()) {}
  void run(std::uint64_t calls) noexcept {
    for (std::uint64_t i = 0; i < calls; ++i) __atomic_fetch_add(word_, 1, __ATOMIC_RELAXED);
  }

 private:
  std::int64_t* word_;
};

/// A counter of the worker's own, which nobody else ever sees. Relaxed accesses keep it a loop.
template <>
struct IncrementFloor<share::sharded::Sharded> {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = false;
  static constexpr bool kPipelines = false;
  static constexpr FloorService kService = FloorService::none;
  template <class Counter>
  IncrementFloor(Counter&, const std::string&, std::uint32_t)
      : word_(std::make_unique<OnItsOwnLine>()) {}
  void run(std::uint64_t calls) noexcept {
    std::int64_t* word = &word_->value;
    for (std::uint64_t i = 0; i < calls; ++i)
      __atomic_store_n(word, __atomic_load_n(word, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
  }

 private:
  struct alignas(share::kCacheLine) OnItsOwnLine {
    std::int64_t value = 0;
  };
  std::unique_ptr<OnItsOwnLine> word_;
};

class BareRobustMutex {
 public:
  explicit BareRobustMutex(pthread_mutex_t* mutex) noexcept : mutex_(mutex) {}
  void lock() noexcept { pthread_mutex_lock(mutex_); }
  void unlock() noexcept { pthread_mutex_unlock(mutex_); }

 private:
  pthread_mutex_t* mutex_;
};

/// The third mutex of U. Drepper, "Futexes Are Tricky" (2011), as it is printed there.
class BareFutexMutex {
 public:
  /// @param word 0 while nobody has it.
  explicit BareFutexMutex(std::uint32_t* word) noexcept : word_(word) {}
  void lock() noexcept {
    std::uint32_t seen = 0;
    if (__atomic_compare_exchange_n(word_, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return;
    if (seen != 2) seen = __atomic_exchange_n(word_, 2, __ATOMIC_ACQUIRE);
    while (seen != 0) {
      ::syscall(SYS_futex, word_, FUTEX_WAIT, 2, nullptr, nullptr, 0);
      seen = __atomic_exchange_n(word_, 2, __ATOMIC_ACQUIRE);
    }
  }
  void unlock() noexcept {
    if (__atomic_fetch_sub(word_, 1, __ATOMIC_RELEASE) == 1) return;
    __atomic_store_n(word_, 0, __ATOMIC_RELEASE);
    ::syscall(SYS_futex, word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

 private:
  std::uint32_t* word_;
};

/// One addition under a bare mutex, the same that the backend uses.
template <class BareMutex>
struct LockedIncrementFloor {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = true;
  static constexpr bool kPipelines = false;
  static constexpr FloorService kService = FloorService::none;
  template <class Counter>
  LockedIncrementFloor(Counter& counter, const std::string&, std::uint32_t)
      : mutex_(counter.get_lock().native_handle()), word_(counter.address()) {}
  void run(std::uint64_t calls) noexcept {
    for (std::uint64_t i = 0; i < calls; ++i) {
      mutex_.lock();
      *word_ += 1;
      mutex_.unlock();
    }
  }

 private:
  BareMutex mutex_;
  std::int64_t* word_;
};
template <>
struct IncrementFloor<share::mutex::Robust> : LockedIncrementFloor<BareRobustMutex> {
  using LockedIncrementFloor::LockedIncrementFloor;
};
template <>
struct IncrementFloor<share::mutex::Futex> : LockedIncrementFloor<BareFutexMutex> {
  using LockedIncrementFloor::LockedIncrementFloor;
};
template <>
struct IncrementFloor<share::mutex::RobustFutex> : LockedIncrementFloor<BareFutexMutex> {
  using LockedIncrementFloor::LockedIncrementFloor;
};

template <>
struct SquareFloor<share::raw::Raw> {
  static constexpr bool kExists = true;
  static constexpr FloorService kService = FloorService::none;
  template <class Array>
  SquareFloor(Array& array, const std::string&) : first_(array.elements().data()) {}
  void run(std::uint64_t first, std::uint64_t count) noexcept {
    square_in_place(first_ + first, count);
  }

 private:
  double* first_;
};

template <>
struct SquareFloor<share::atomic::Atomic> {
  static constexpr bool kExists = true;
  static constexpr FloorService kService = FloorService::none;
  template <class Array>
  SquareFloor(Array& array, const std::string&) : first_(array.elements().data()) {}
  void run(std::uint64_t first, std::uint64_t count) noexcept {
    for (double* x = first_ + first; x != first_ + first + count; ++x) {
      double seen, next;
      __atomic_load(x, &seen, __ATOMIC_RELAXED);
      do {
        next = ring_next(seen);
      } while (
          !__atomic_compare_exchange(x, &seen, &next, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    }
  }

 private:
  double* first_;
};

template <>
struct SquareFloor<share::mutex::Robust> {
  static constexpr bool kExists = true;
  static constexpr FloorService kService = FloorService::none;
  template <class Array>
  SquareFloor(Array& array, const std::string&)
      : mutex_(array.get_lock().native_handle()), first_(array.elements().data()) {}
  void run(std::uint64_t first, std::uint64_t count) noexcept {
    pthread_mutex_lock(mutex_);
    square_in_place(first_ + first, count);
    pthread_mutex_unlock(mutex_);
  }

 private:
  pthread_mutex_t* mutex_;
  double* first_;
};

}  // namespace sharebench
