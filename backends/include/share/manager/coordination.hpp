// Proxies of what a manager's clients coordinate with: RemoteLock, RemoteRLock, RemoteSemaphore,
// RemoteCondition, RemoteEvent and RemoteBarrier, after Python's. Whoever holds is a connection: a
// lock whose holder's process ends, is killed or closes its connection goes to the next, who is
// told; units of a semaphore come back; a barrier breaks. Every wait has a limit; without one it is
// the connection's timeout. A proxy shares the connection of the backend it came from and belongs
// to the same process and thread. Locks work with std::scoped_lock and std::unique_lock. Calls
// throw NotHeld, BarrierBroken, TimedOut and the errors of client.hpp.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/containers.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace share::manager {

/// What RemoteLock, RemoteRLock and RemoteCondition have in common: a lock with one holder.
class RemoteOwnership : public RemoteObject {
 public:
  using Clock = std::chrono::steady_clock;

  /// Waits for the connection's timeout. @throws TimedOut, which says who holds it.
  void lock();
  bool try_lock() { return try_lock_for(std::chrono::nanoseconds(0)); }
  bool try_lock_for(std::chrono::nanoseconds limit);
  bool try_lock_until(Clock::time_point deadline) { return try_lock_for(deadline - Clock::now()); }
  /// For guards: throws nothing. When it fails, this connection does not hold the lock any more, or
  /// the server has ended.
  void unlock() noexcept;
  /// The same, but @throws NotHeld, CallTimedOut, ServerGone.
  void release() { call("release"); }

  /// Whether the holder before ended while it held the lock: what it protects may be half-done. Of
  /// the last acquisition by this proxy.
  bool owner_died() const noexcept { return owner_died_; }
  /// Process of the holder; 0 when nobody holds it or the holder is on another host.
  std::int64_t holder_pid() const;

 protected:
  RemoteOwnership(std::shared_ptr<Connection> connection, const Which& which,
                  std::string_view class_name)
      : RemoteObject(std::move(connection), which, class_name), name_(which.shown()) {}
  /// Of an answer that gives the lock: false when the time ran out.
  bool acquired(const Datum& bits);

 private:
  std::string name_;
  bool owner_died_ = false;
};

/// Locked by one connection at a time; a second lock() of its holder waits for itself.
class RemoteLock : public RemoteOwnership {
 public:
  static constexpr std::string_view kClass = "lock";
  RemoteLock(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteOwnership(std::move(connection), which, kClass) {}
};

/// Its holder may lock it again and must unlock it as often.
class RemoteRLock : public RemoteOwnership {
 public:
  static constexpr std::string_view kClass = "rlock";
  RemoteRLock(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteOwnership(std::move(connection), which, kClass) {}
};

/// A recursive lock with calls that wait for a notification.
class RemoteCondition : public RemoteOwnership {
 public:
  static constexpr std::string_view kClass = "condition";
  RemoteCondition(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteOwnership(std::move(connection), which, kClass) {}

  /// Gives the lock up, waits for a notification, takes the lock again; false when none came in
  /// time.
  /// @throws NotHeld; CallTimedOut when the lock was not to be had again within the connection's
  /// timeout: then the caller does not hold it.
  bool wait_for(std::chrono::nanoseconds limit) { return acquired(wait_in("wait", {}, limit)); }
  /// Until `ready()` holds, which is asked with the lock held; false when it did not in time.
  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds limit, Predicate ready) {
    const Clock::time_point deadline = Clock::now() + std::min(limit, protocol::kLongestWait);
    while (!ready()) {
      const auto left = deadline - Clock::now();
      if (left.count() <= 0) return false;
      wait_for(left);
    }
    return true;
  }
  /// Wakes the one, or so many, that wait longest; returns how many. @throws NotHeld.
  std::int64_t notify(std::int64_t most = 1) { return number("notify", {most}); }
  std::int64_t notify_all() { return number("notify_all"); }
};

/// Units that are acquired and released, not always by the same client.
class RemoteSemaphore : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "semaphore";
  RemoteSemaphore(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteSemaphore(std::move(connection), which, kClass) {}

  bool try_acquire() { return try_acquire_for(std::chrono::nanoseconds(0)); }
  /// False when no unit was free in time.
  bool try_acquire_for(std::chrono::nanoseconds limit) {
    return wait_in("acquire", {}, limit).get<bool>();
  }
  /// Waits for the connection's timeout. @throws TimedOut.
  void acquire();
  void release(std::int64_t units = 1) { call("release", {units}); }
  /// Free units.
  std::int64_t value() const { return number("value"); }

 protected:
  RemoteSemaphore(std::shared_ptr<Connection> connection, const Which& which,
                  std::string_view class_name)
      : RemoteObject(std::move(connection), which, class_name), name_(which.shown()) {}

 private:
  std::string name_;
};

/// Never has more units than at the start: release() of one that is not acquired throws NotHeld.
class RemoteBoundedSemaphore : public RemoteSemaphore {
 public:
  static constexpr std::string_view kClass = "bounded_semaphore";
  RemoteBoundedSemaphore(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteSemaphore(std::move(connection), which, kClass) {}
};

/// Set or not; some wait until it is.
class RemoteEvent : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "event";
  RemoteEvent(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  void set() { call("set"); }
  void clear() { call("clear"); }
  bool is_set() const { return ask("is_set", {}); }
  /// False when it was not set in time.
  bool wait_for(std::chrono::nanoseconds limit) { return wait_in("wait", {}, limit).get<bool>(); }
};

/// So many calls wait for each other.
class RemoteBarrier : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "barrier";
  RemoteBarrier(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  /// Its place among those that met, each from 0 to parties - 1 once. @throws BarrierBroken, which
  /// a call that runs out of time causes for all.
  std::int64_t wait_for(std::chrono::nanoseconds limit) {
    return wait_in("wait", {}, limit).get<std::int64_t>();
  }
  /// Breaks it: whoever waits or comes is refused.
  void abort() { call("abort"); }
  /// Empty and whole again; whoever waits is refused.
  void reset() { call("reset"); }
  bool broken() const { return ask("broken", {}); }
  std::int64_t parties() const { return number("parties"); }
  /// Calls that wait.
  std::int64_t waiting() const { return number("waiting"); }
};

}  // namespace share::manager
