// The floors of the shared-memory backends: a hand-written fetch_add loop, a bare robust pthread
// mutex, a plain loop over a plain mapping. Nothing here throws or checks.
#pragma once

#include <pthread.h>

#include <share/atomic/atomic.hpp>
#include <share/mutex/robust.hpp>
#include <share/raw/raw.hpp>

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

template <>
struct IncrementFloor<share::mutex::Robust> {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = true;
  static constexpr bool kPipelines = false;
  static constexpr FloorService kService = FloorService::none;
  template <class Counter>
  IncrementFloor(Counter& counter, const std::string&, std::uint32_t)
      : mutex_(counter.get_lock().native_handle()), word_(counter.address()) {}
  void run(std::uint64_t calls) noexcept {
    for (std::uint64_t i = 0; i < calls; ++i) {
      pthread_mutex_lock(mutex_);
      *word_ += 1;
      pthread_mutex_unlock(mutex_);
    }
  }

 private:
  pthread_mutex_t* mutex_;
  std::int64_t* word_;
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
