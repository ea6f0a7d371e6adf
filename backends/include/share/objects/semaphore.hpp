// Semaphore: a number of units that processes take and give back; who finds none waits. Bounded: no
// more can be given back than there were, else anybody may give, also who has taken none. Fairness:
// none. A unit whose taker dies is not given back: a semaphore knows no holders. A waiter that dies
// harms nobody. Made and found as a Value. Source: the futex semaphore of glibc's sem_post(3), with
// waits in slices, see kLookAgain.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <share/objects/shared_object.hpp>

namespace share {

class SemaphoreState {
 public:
  static std::string kind() { return "semaphore"; }

  void init(std::uint32_t units, std::uint32_t most) noexcept;
  bool try_acquire() noexcept;
  bool try_acquire_for(std::chrono::nanoseconds limit);
  void release(std::uint32_t units);
  std::uint32_t units() const noexcept { return units_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> units_;    // a futex
  std::atomic<std::uint32_t> waiters_;  // too many when some were killed: then wakes for nothing
  std::uint32_t most_;
};

class Semaphore : public SharedObject<Semaphore, SemaphoreState> {
  using Base = SharedObject<Semaphore, SemaphoreState>;
  friend Base;

 public:
  static constexpr std::uint32_t kMostUnits = INT32_MAX;
  static constexpr std::chrono::seconds kDefaultLimit{10};

  /// @param units to begin with; @param most that there may ever be, at least `units` and 1. A
  /// bounded one has both alike. @throws Error for other numbers, NotEnoughMemory, SystemError.
  explicit Semaphore(std::uint32_t units = 1, std::uint32_t most = kMostUnits)
      : Semaphore(Reached::by_inheritance, units, most) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static Semaphore create(const std::string& name, std::uint32_t units = 1,
                          std::uint32_t most = kMostUnits) {
    Semaphore semaphore(Reached::by_name, units, most);
    semaphore.publish(name);
    return semaphore;
  }

  /// @throws TimedOut after kDefaultLimit.
  void acquire();
  bool try_acquire() noexcept { return state().try_acquire(); }
  /// False when no unit was free in time.
  bool try_acquire_for(std::chrono::nanoseconds limit) { return state().try_acquire_for(limit); }
  /// @throws NotHeldHere when there would be more than the most; nothing is changed.
  void release(std::uint32_t units = 1) { state().release(units); }
  /// Those free now.
  std::uint32_t units() const noexcept { return state().units(); }

 private:
  explicit Semaphore(Base&& opened) : Base(std::move(opened)) {}
  Semaphore(Reached reached, std::uint32_t units, std::uint32_t most);
};

/// As many units as can be taken are all there will ever be.
inline Semaphore bounded_semaphore(std::uint32_t units = 1) { return Semaphore(units, units); }

}  // namespace share
