// Condition: to wait, without holding a lock, until somebody says that what the lock guards has
// changed. Works with std::unique_lock of any lock here, and as std::condition_variable_any does: a
// wait may end for no reason, so look, or give a predicate. Whoever dies, nobody misses anything:
// those who sleep look again ten times a second. Made and found as a Value. Source for the counter:
// U. Drepper, "Futexes Are Tricky" (2011).
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <share/core/deadline.hpp>
#include <share/core/futex.hpp>
#include <share/objects/shared_object.hpp>

namespace share {

class ConditionState {
 public:
  static std::string kind() { return "condition"; }

  void init() noexcept { told_.store(0); }
  std::uint32_t told() const noexcept { return told_.load(); }
  void tell(int how_many) {
    told_.fetch_add(1);
    futex_wake(told_, how_many);
  }
  /// Until it has been told since, or for some time.
  void sleep(std::uint32_t seen, const Deadline& deadline) {
    futex_wait(told_, seen, std::min(deadline, Deadline::after(kLookAgain)));
  }

 private:
  std::atomic<std::uint32_t> told_;  // a futex; wraps around
};

class Condition : public SharedObject<Condition, ConditionState> {
  using Base = SharedObject<Condition, ConditionState>;
  friend Base;

 public:
  /// @throws NotEnoughMemory, SystemError.
  Condition() : Condition(Reached::by_inheritance) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static Condition create(const std::string& name) {
    Condition condition(Reached::by_name);
    condition.publish(name);
    return condition;
  }

  /// One who waits, if any. Hold the lock when you change what they wait for.
  void notify_one() { state().tell(1); }
  void notify_all() { state().tell(INT32_MAX); }

  /// Gives the lock back, waits, takes it again. False when it was not told in time.
  /// @param lock held once by the caller. @throws what taking the lock throws; it is then not held.
  template <class L>
  bool wait_for(std::unique_lock<L>& lock, std::chrono::nanoseconds limit) {
    const Deadline deadline = Deadline::after(limit);
    const std::uint32_t before = state().told();
    lock.unlock();
    while (state().told() == before && !deadline.passed()) state().sleep(before, deadline);
    const bool told = state().told() != before;
    lock.lock();
    return told;
  }
  /// Until `predicate()`, which is called with the lock held; what it is at last.
  template <class L, class Predicate>
  bool wait_for(std::unique_lock<L>& lock, std::chrono::nanoseconds limit, Predicate predicate) {
    const Deadline deadline = Deadline::after(limit);
    while (!predicate()) {
      if (deadline.passed()) return predicate();
      wait_for(lock, deadline.left());
    }
    return true;
  }

 private:
  explicit Condition(Base&& opened) : Base(std::move(opened)) {}
  explicit Condition(Reached reached) : Base(reached) { state().init(); }
};

}  // namespace share
