// Barrier: a point that a fixed number of processes reach together, and that any of them (or an
// onlooker) can abort, so that the death of a member does not hang the rest. Lives in shared
// memory: fixed size, no pointers, zero bytes are not a valid barrier (call init once, before
// anyone waits). Every member may wait again after a round; an aborted barrier stays broken.
#pragma once

#include <atomic>
#include <cstdint>
#include <share/core/deadline.hpp>

namespace share {

class Barrier {
 public:
  enum class Outcome { passed, aborted, timed_out };

  /// @param members how many processes meet, at least 1.
  void init(std::uint32_t members) noexcept;

  /// Waits until all members are here. A member that times out aborts the barrier for all: the
  /// round could never be completed consistently.
  Outcome wait(const Deadline& deadline) noexcept;

  void abort() noexcept;
  bool aborted() const noexcept { return round_.load(std::memory_order_acquire) & kAborted; }

 private:
  static constexpr std::uint32_t kAborted = 1u << 31;
  std::uint32_t members_;
  std::atomic<std::uint32_t> arrived_;
  std::atomic<std::uint32_t> round_;  // futex word; counts rounds, top bit: aborted
};

}  // namespace share
