#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/objects/recursive_lock.hpp>

namespace share {
namespace {

// Names a thread. Random, because thread ids come again: a dead holder's must not. A thread that
// fork has copied is another one.
std::uint64_t own_token() {
  static thread_local std::uint64_t token = 0;
  static thread_local pid_t of = 0;
  if (of != ::getpid()) {
    if (::getrandom(&token, sizeof token, 0) != static_cast<ssize_t>(sizeof token))
      throw SystemError("getrandom", "the holder of a recursive lock", errno);
    token |= 1;  // never 0
    of = ::getpid();
  }
  return token;
}

}  // namespace

void RecursiveLockState::init() {
  mutex_.init();
  holder_.store(0);
  depth_ = 0;
}

// Only a thread itself writes its token there, so one that reads its own holds the lock.
bool RecursiveLockState::again(std::uint64_t me) noexcept {
  if (holder_.load(std::memory_order_relaxed) != me) return false;
  ++depth_;
  return true;
}

void RecursiveLockState::first(std::uint64_t me) noexcept {
  holder_.store(me, std::memory_order_relaxed);
  depth_ = 1;
}

RecursiveLockState::Acquired RecursiveLockState::lock() {
  const std::uint64_t me = own_token();
  if (again(me)) return Acquired::cleanly;
  const Acquired acquired = mutex_.lock();
  first(me);
  return acquired;
}

bool RecursiveLockState::try_lock() {
  const std::uint64_t me = own_token();
  if (again(me)) return true;
  if (!mutex_.try_lock()) return false;
  first(me);
  return true;
}

bool RecursiveLockState::try_lock_for(std::chrono::nanoseconds limit) {
  const std::uint64_t me = own_token();
  if (again(me)) return true;
  if (!mutex_.try_lock_for(limit)) return false;
  first(me);
  return true;
}

void RecursiveLockState::unlock() {
  if (holder_.load(std::memory_order_relaxed) != own_token())
    throw NotHeldHere("a recursive lock that the calling thread does not hold");
  if (--depth_ != 0) return;
  holder_.store(0, std::memory_order_relaxed);
  mutex_.unlock();
}

}  // namespace share
