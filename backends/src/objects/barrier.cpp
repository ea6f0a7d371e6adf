#include <algorithm>
#include <mutex>
#include <share/core/deadline.hpp>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/objects/barrier.hpp>

namespace share {

void BarrierState::init(std::uint32_t members) {
  lock_.init();
  members_ = members;
  arrived_ = 0;
  round_ = 0;
  resets_ = 0;
  broken_.store(0);
  changes_.store(0);
}

void BarrierState::tell() {
  changes_.fetch_add(1);
  futex_wake(changes_);
}

/// Under the lock. `timed_out`: it goes on.
BarrierState::Outcome BarrierState::outcome_of(std::uint64_t round) const noexcept {
  if (round != round_) return (resets_ >> round % 64 & 1) != 0 ? Outcome::broken : Outcome::passed;
  return is_broken() ? Outcome::broken : Outcome::timed_out;
}

BarrierState::Outcome BarrierState::wait_for(std::chrono::nanoseconds limit, std::uint32_t& index) {
  const Deadline deadline = Deadline::after(limit);
  std::unique_lock guard(lock_);
  if (is_broken()) return Outcome::broken;
  const std::uint64_t mine = round_;
  index = arrived_;
  if (++arrived_ == members_) {
    arrived_ = 0;
    resets_ &= ~(std::uint64_t{1} << round_ % 64);
    ++round_;
    tell();
    return Outcome::passed;
  }
  for (;;) {
    const std::uint32_t seen = changes_.load();
    guard.unlock();
    futex_wait(changes_, seen, std::min(deadline, Deadline::after(kLookAgain)));
    guard.lock();
    const Outcome outcome = outcome_of(mine);
    if (outcome != Outcome::timed_out) return outcome;
    if (!deadline.passed()) continue;
    broken_.store(1, std::memory_order_release);
    tell();
    return Outcome::timed_out;
  }
}

void BarrierState::abort() {
  const std::scoped_lock guard(lock_);
  broken_.store(1, std::memory_order_release);
  tell();
}

void BarrierState::reset() {
  const std::scoped_lock guard(lock_);
  resets_ |= std::uint64_t{1} << round_ % 64;
  ++round_;
  arrived_ = 0;
  broken_.store(0, std::memory_order_release);
  tell();
}

std::uint32_t BarrierState::waiting() {
  const std::scoped_lock guard(lock_);
  return is_broken() ? 0 : arrived_;
}

Barrier::Barrier(Reached reached, std::uint32_t members) : Base(reached) {
  if (members == 0) throw Error("a barrier of 0 members: at least 1 is needed");
  state().init(members);
}

std::uint32_t Barrier::wait_for(std::chrono::nanoseconds limit) {
  std::uint32_t index = 0;
  switch (state().wait_for(limit, index)) {
    case BarrierState::Outcome::passed:
      break;
    case BarrierState::Outcome::broken:
      throw BarrierBroken(address(), "wait");
    case BarrierState::Outcome::timed_out:
      throw TimedOut("the other members of a barrier", limit);
  }
  return index;
}

}  // namespace share
