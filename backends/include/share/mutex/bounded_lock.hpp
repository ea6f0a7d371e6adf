// BoundedLock: what the simple locks have in common, which is that no wait is for ever. A lock that
// derives from it lives in shared memory, zeroed and initialised once by init(), is never copied or
// moved, and serves any number of processes and threads. It has lock(), try_lock() and unlock(), so
// std::scoped_lock and std::unique_lock work. A lock type supplies
//   void init();
//   bool try_lock() noexcept;                     uncontended: one atomic step
//   bool wait(std::chrono::nanoseconds limit);    false: not acquired in time
//   void unlock() noexcept;
//   static constexpr Traits traits;  static std::string details();
// None of them knows who holds it. So a holder that dies keeps it, and the others wait until their
// limit and get an error: RobustMutex is for those who cannot have that.
#pragma once

#include <chrono>
#include <share/contract.hpp>
#include <share/core/error.hpp>

namespace share::mutex {

template <class L>
class BoundedLock {
 public:
  /// How long lock() waits before it throws TimedOut.
  static constexpr std::chrono::seconds kDefaultLimit{10};

  /// @throws TimedOut after kDefaultLimit, also when the caller holds it already.
  void lock() {
    if (!self().try_lock()) [[unlikely]]
      wait_or_throw(kDefaultLimit);
  }
  /// @throws TimedOut after `limit`.
  void lock_for(std::chrono::nanoseconds limit) {
    if (!self().try_lock()) wait_or_throw(limit);
  }
  /// False when it was not free in time.
  bool try_lock_for(std::chrono::nanoseconds limit) {
    return self().try_lock() || self().wait(limit);
  }

 protected:
  BoundedLock() = default;
  ~BoundedLock() = default;

 private:
  [[gnu::noinline]] void wait_or_throw(std::chrono::nanoseconds limit) {
    if (!self().wait(limit)) throw TimedOut(L::traits.name, limit);
  }
  L& self() noexcept { return static_cast<L&>(*this); }
};

}  // namespace share::mutex
