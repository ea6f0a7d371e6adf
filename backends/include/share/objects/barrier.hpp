// Barrier: a point that a fixed number of processes or threads reach together, again and again.
// Each gets a number of its own. Who runs out of time, and who calls abort(), breaks it for all,
// until somebody calls reset(); so a member that dies before it comes is a time-out, then a broken
// barrier for the others, and nobody hangs. One that dies while it waits counts as one that came.
// Made and found as a Value.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <share/mutex/robust_mutex.hpp>
#include <share/objects/shared_object.hpp>

namespace share {

class BarrierState {
 public:
  enum class Outcome { passed, broken, timed_out };
  static std::string kind() { return "barrier"; }

  void init(std::uint32_t members);
  /// @param index set when it is passed: who came first has 0.
  Outcome wait_for(std::chrono::nanoseconds limit, std::uint32_t& index);
  void abort();
  void reset();
  bool is_broken() const noexcept { return broken_.load(std::memory_order_acquire) != 0; }
  std::uint32_t members() const noexcept { return members_; }
  std::uint32_t waiting();

 private:
  void tell();
  Outcome outcome_of(std::uint64_t round) const noexcept;

  mutex::RobustMutex lock_;
  // Under the lock.
  std::uint32_t members_, arrived_;
  std::uint64_t round_;
  std::uint64_t resets_;  // bit n % 64: round n was ended by reset(); of the last 64 rounds
  std::atomic<std::uint32_t> broken_;
  std::atomic<std::uint32_t> changes_;  // a futex
};

class Barrier : public SharedObject<Barrier, BarrierState> {
  using Base = SharedObject<Barrier, BarrierState>;
  friend Base;

 public:
  static constexpr std::chrono::seconds kDefaultLimit{10};

  /// @param members that meet, at least 1. @throws Error, NotEnoughMemory, SystemError.
  explicit Barrier(std::uint32_t members) : Barrier(Reached::by_inheritance, members) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static Barrier create(const std::string& name, std::uint32_t members) {
    Barrier barrier(Reached::by_name, members);
    barrier.publish(name);
    return barrier;
  }

  /// Returns when all members have come: a number from 0 to members() - 1, another one for each.
  /// @throws TimedOut after kDefaultLimit, BarrierBroken.
  std::uint32_t wait() { return wait_for(kDefaultLimit); }
  /// @throws TimedOut after `limit`, BarrierBroken.
  std::uint32_t wait_for(std::chrono::nanoseconds limit);
  /// Those who wait, and who comes, get BarrierBroken from now on.
  void abort() { state().abort(); }
  /// Those who wait get BarrierBroken; who comes from now on begins anew.
  void reset() { state().reset(); }
  bool is_broken() const noexcept { return state().is_broken(); }
  std::uint32_t members() const noexcept { return state().members(); }
  /// Who has come and waits, at this moment.
  std::uint32_t waiting() const { return state().waiting(); }

 private:
  explicit Barrier(Base&& opened) : Base(std::move(opened)) {}
  Barrier(Reached reached, std::uint32_t members);
};

}  // namespace share
