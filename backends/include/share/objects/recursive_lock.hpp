// RLock: a lock between processes that its holder, a thread, may take again; others get it when it
// has been given back as often. Usable with std::scoped_lock and std::unique_lock. When the holder
// dies, the next one gets it once and is told so, as with RobustMutex, which it is made of. Made
// and found as a Value. A process made by fork while its parent holds the lock does not hold it.
#pragma once

#include <atomic>
#include <cstdint>
#include <share/mutex/robust_mutex.hpp>
#include <share/objects/shared_object.hpp>

namespace share {

class RecursiveLockState {
 public:
  using Acquired = mutex::RobustMutex::Acquired;
  static std::string kind() { return "recursive lock"; }

  void init();
  Acquired lock();
  bool try_lock();
  bool try_lock_for(std::chrono::nanoseconds limit);
  void unlock();
  std::uint64_t recoveries() const noexcept { return mutex_.recoveries(); }

 private:
  bool again(std::uint64_t me) noexcept;
  void first(std::uint64_t me) noexcept;

  mutex::RobustMutex mutex_;
  std::atomic<std::uint64_t> holder_;  // the identity of a thread; 0: nobody
  std::uint64_t image_, depth_;        // the holder's own: the program it runs, how often it holds
};

class RLock : public SharedObject<RLock, RecursiveLockState> {
  using Base = SharedObject<RLock, RecursiveLockState>;
  friend Base;

 public:
  using Acquired = RecursiveLockState::Acquired;

  /// @throws NotEnoughMemory, SystemError.
  RLock() : RLock(Reached::by_inheritance) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static RLock create(const std::string& name) {
    RLock lock(Reached::by_name);
    lock.publish(name);
    return lock;
  }

  /// @throws as RobustMutex::lock().
  Acquired lock() { return state().lock(); }
  bool try_lock() { return state().try_lock(); }
  /// False when it was not free in time.
  bool try_lock_for(std::chrono::nanoseconds limit) { return state().try_lock_for(limit); }
  /// @throws NotHeldHere when the calling thread does not hold it; nothing is changed.
  void unlock() { state().unlock(); }
  /// How often a dead holder's lock was taken over; read it while holding the lock.
  std::uint64_t recoveries() const noexcept { return state().recoveries(); }

 private:
  explicit RLock(Base&& opened) : Base(std::move(opened)) {}
  explicit RLock(Reached reached) : Base(reached) { state().init(); }
};

}  // namespace share
