#include <algorithm>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>
#include <share/mutex/robust_mutex.hpp>

#include "pthread_mutex.hpp"

namespace share::mutex {
namespace {

// One who waits longer than this starves: the holder takes the lock again before a sleeper is
// awake. It says so again each time, and is believed no longer than that and a slice of the
// scheduler: it may have died.
constexpr std::chrono::milliseconds kPatience{1}, kSayAgain{10};
constexpr std::uint32_t kBelievedMs = 20;
constexpr std::chrono::milliseconds kMostAside{5};

/// Never 0. Wraps after 49 days; differences do not mind.
std::uint32_t now_ms() noexcept {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint32_t>(t.tv_sec * 1000 + t.tv_nsec / 1'000'000) | 1;
}

}  // namespace

void RobustMutex::init() {
  init_pthread_mutex(mutex_, PTHREAD_MUTEX_ROBUST, "robust mutex");
  holder_.store(0);
  died_ = 0;
  recoveries_ = 0;
  poisoned_.store(0);
  starving_.store(0);
}

bool RobustMutex::try_lock() {
  const int error = pthread_mutex_trylock(&mutex_);
  if (error == EBUSY && poisoned_.load() == 0) return false;
  if (error != 0)
    lock_after(error);
  else
    held(Acquired::cleanly);
  return true;
}

bool RobustMutex::try_lock_for(std::chrono::nanoseconds limit) {
  try {
    lock_for(limit);
    return true;
  } catch (const TimedOut&) {
    return false;
  }
}

RobustMutex::Acquired RobustMutex::lock_after(int try_error) {
  if (try_error == EBUSY && poisoned_.load() == 0) try_error = spin();
  // glibc's trylock keeps the lock word when it answers ENOTRECOVERABLE (2.36), so those who come
  // later would find it busy for ever: remember.
  if (try_error == ENOTRECOVERABLE) poisoned_.store(1);
  if (poisoned_.load() != 0) throw LockPoisoned("robust mutex");
  switch (try_error) {
    case 0:
      return held(Acquired::cleanly);
    case EBUSY:
      return lock_until(Deadline::after(kDefaultLimit), kDefaultLimit);
    case EOWNERDEAD:
      return take_over();  // the try did acquire it
    default:
      throw SystemError("pthread_mutex_trylock", "robust mutex", try_error);
  }
}

/// Looks again a few times before the kernel is asked to sleep: most critical sections are shorter
/// than a system call.
int RobustMutex::spin() noexcept {
  int error = EBUSY;
  look_again([&] { return (error = pthread_mutex_trylock(&mutex_)) != EBUSY; });
  return error;
}

RobustMutex::Acquired RobustMutex::lock_until(const Deadline& deadline,
                                              std::chrono::nanoseconds limit) {
  if (poisoned_.load() != 0) throw LockPoisoned("robust mutex");
  timespec until = std::min(deadline, Deadline::after(kPatience)).time_point();
  int error = pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
  if (error == ETIMEDOUT) error = wait_starving(deadline);
  switch (error) {
    case 0:
      TELL_SANITIZER_LOCKED(&mutex_);
      return held(Acquired::cleanly);
    case EOWNERDEAD:
      TELL_SANITIZER_LOCKED(&mutex_);
      return take_over();
    case ETIMEDOUT:
      throw TimedOut("a robust mutex", limit, describe_thread(holder()));
    case ENOTRECOVERABLE:
      poisoned_.store(1);
      throw LockPoisoned("robust mutex");
    default:
      throw SystemError("pthread_mutex_clocklock", "robust mutex", error);
  }
}

/// Waits on as one that starves; the result of the last pthread_mutex_clocklock.
int RobustMutex::wait_starving(const Deadline& deadline) {
  int error = ETIMEDOUT;
  std::uint32_t said = 0;
  while (error == ETIMEDOUT && !deadline.passed()) {
    said = now_ms();
    starving_.store(said);
    const timespec until = std::min(deadline, Deadline::after(kSayAgain)).time_point();
    error = pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
  }
  // Having had its turn it takes back what anybody said: whoever else starves says so again.
  if (error == 0 || error == EOWNERDEAD)
    starving_.store(0);
  else
    starving_.compare_exchange_strong(said, 0);
  futex_wake(starving_);
  return error;
}

/// A newcomer lets one who starves go first: until it has the lock, or has not been heard of.
void RobustMutex::step_aside(const Deadline& deadline) noexcept {
  std::uint32_t said = starving_.load();
  const Deadline most = std::min(deadline, Deadline::after(kMostAside));
  while (said != 0 && !most.passed() && somebody_starves()) {
    futex_wait(starving_, said, most);
    said = starving_.load();
  }
}

/// What nobody has repeated for too long is taken back.
bool RobustMutex::somebody_starves() noexcept {
  std::uint32_t said = starving_.load();
  if (said == 0) return false;
  if (now_ms() - said <= kBelievedMs) return true;
  starving_.compare_exchange_strong(said, 0);
  return false;
}

RobustMutex::Acquired RobustMutex::take_over() {
  // Without this call the next unlock would make the mutex unusable for ever.
  check_pthread("pthread_mutex_consistent", "robust mutex", pthread_mutex_consistent(&mutex_));
  died_ = holder_.load(std::memory_order_relaxed);
  ++recoveries_;
  return held(Acquired::from_the_dead);
}

}  // namespace share::mutex
