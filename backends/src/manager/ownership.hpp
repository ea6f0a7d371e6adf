// Who holds a lock of a manager and who is next: first come, first served. The holder is a client,
// that is a connection; when it ends, the lock goes to the next, who is told.
#pragma once

#include <share/manager/served.hpp>

#include "wait_queue.hpp"

namespace share::manager {

/// Bits of what an acquiring call answers; 0 when its time ran out.
inline constexpr std::int64_t kAcquired = 1;
inline constexpr std::int64_t kOwnerDied = 2;

class Ownership {
 public:
  explicit Ownership(bool recursive) noexcept : recursive_(recursive) {}

  // The methods of a lock.
  protocol::Status acquire(MethodCall& call);
  protocol::Status release(MethodCall& call);
  /// Result: the holder's pid; null when the lock is free, 0 when the holder is on another host.
  protocol::Status holder(MethodCall& call) const;

  bool held_by(std::uint64_t client) const noexcept { return client != 0 && holder_ == client; }
  std::uint32_t levels() const noexcept { return levels_; }

  /// For a call that gave the lock up to wait for something: it gets the lock back when it is free,
  /// however late, and then answers `bits`.
  void give_back(Caller caller, std::int64_t bits, std::uint32_t levels, Waits& waits);
  /// Gives all levels up; returns how many there were.
  std::uint32_t give_up(Waits& waits);

  void timed_out(Caller caller, Waits& waits);
  // Both return how many calls that were to be told of something (`kAcquired` in give_back()) will
  // not be: others may have to be told instead.
  /// A call that waits, or that was the last to acquire, is undone; any other left alone.
  std::size_t cancelled(Caller caller, Waits& waits);
  std::size_t client_gone(std::uint64_t client, Waits& waits);

 private:
  struct Claim {
    std::int64_t bits = kAcquired;
    std::uint32_t levels = 1;
    bool patient = false;  // waits beyond its deadline
    bool told() const noexcept { return patient && (bits & kAcquired) != 0; }
  };
  std::int64_t take(Caller caller, const Claim& claim) noexcept;
  void release(std::uint32_t levels, Waits& waits);

  bool recursive_;
  bool owner_died_ = false;
  std::uint64_t holder_ = 0;  // 0: free
  std::uint32_t levels_ = 0;
  // Of the holder's last acquisition, which may be cancelled.
  std::uint64_t last_request_ = 0;
  std::uint32_t last_levels_ = 0;
  WaitQueue<Claim> waiting_;
};

}  // namespace share::manager
