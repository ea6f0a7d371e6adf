#include <share/core/barrier.hpp>
#include <share/core/futex.hpp>

namespace share {

void Barrier::init(std::uint32_t members) noexcept {
  members_ = members;
  arrived_.store(0, std::memory_order_relaxed);
  round_.store(0, std::memory_order_release);
}

Barrier::Outcome Barrier::wait(const Deadline& deadline) noexcept {
  const std::uint32_t round = round_.load(std::memory_order_acquire);
  if (round & kAborted) return Outcome::aborted;
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == members_) {
    arrived_.store(0, std::memory_order_relaxed);
    // An abort may come between the load above and here; its bit must survive.
    std::uint32_t expected = round;
    const bool opened = round_.compare_exchange_strong(expected, (round + 1) & ~kAborted,
                                                       std::memory_order_acq_rel);
    futex_wake(round_);
    return opened ? Outcome::passed : Outcome::aborted;
  }
  while (true) {
    const std::uint32_t now = round_.load(std::memory_order_acquire);
    if (now & kAborted) return Outcome::aborted;
    if (now != round) return Outcome::passed;
    if (!futex_wait(round_, round, deadline)) {
      // The last member may have opened the round just now; then we did pass.
      std::uint32_t expected = round;
      if (!round_.compare_exchange_strong(expected, round | kAborted, std::memory_order_acq_rel))
        continue;
      futex_wake(round_);
      return Outcome::timed_out;
    }
  }
}

void Barrier::abort() noexcept {
  round_.fetch_or(kAborted, std::memory_order_acq_rel);
  futex_wake(round_);
}

}  // namespace share
