#include <share/core/error.hpp>
#include <share/core/thread_identity.hpp>
#include <share/objects/recursive_lock.hpp>

namespace share {

void RecursiveLockState::init() {
  mutex_.init();
  holder_.store(0);
  image_ = depth_ = 0;
}

// Only a thread itself writes its identity there, so one that reads its own holds the lock, unless
// that was before it became another program: exec gives the mutex back.
bool RecursiveLockState::again(std::uint64_t me) noexcept {
  if (holder_.load(std::memory_order_relaxed) != me || image_ != own_image()) return false;
  ++depth_;
  return true;
}

void RecursiveLockState::first(std::uint64_t me) noexcept {
  image_ = own_image();
  depth_ = 1;
  holder_.store(me, std::memory_order_relaxed);
}

RecursiveLockState::Acquired RecursiveLockState::lock() {
  const std::uint64_t me = own_identity();
  if (again(me)) return Acquired::cleanly;
  const Acquired acquired = mutex_.lock();
  first(me);
  return acquired;
}

bool RecursiveLockState::try_lock() {
  const std::uint64_t me = own_identity();
  if (again(me)) return true;
  if (!mutex_.try_lock()) return false;
  first(me);
  return true;
}

bool RecursiveLockState::try_lock_for(std::chrono::nanoseconds limit) {
  const std::uint64_t me = own_identity();
  if (again(me)) return true;
  if (!mutex_.try_lock_for(limit)) return false;
  first(me);
  return true;
}

void RecursiveLockState::unlock() {
  if (holder_.load(std::memory_order_relaxed) != own_identity() || image_ != own_image())
    throw NotHeldHere("a recursive lock that the calling thread does not hold");
  if (--depth_ != 0) return;
  holder_.store(0, std::memory_order_relaxed);
  mutex_.unlock();
}

}  // namespace share
