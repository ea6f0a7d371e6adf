#include <share/mutex/robust_mutex.hpp>

#include <share/core/error.hpp>

// The thread sanitizers of GCC 12 and clang 14 do not know pthread_mutex_clocklock: tell them.
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define TELL_SANITIZER_LOCKED(mutex) \
  (__tsan_mutex_pre_lock(mutex, 0), __tsan_mutex_post_lock(mutex, 0, 0))
#else
#define TELL_SANITIZER_LOCKED(mutex) static_cast<void>(0)
#endif

namespace share::mutex {
namespace {

void check(const char* call, int error) {
  if (error != 0) throw SystemError(call, "robust mutex", error);
}

}  // namespace

void RobustMutex::init() {
  pthread_mutexattr_t attributes;
  check("pthread_mutexattr_init", pthread_mutexattr_init(&attributes));
  check("pthread_mutexattr_setpshared",
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
  check("pthread_mutexattr_setrobust",
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
  check("pthread_mutex_init", pthread_mutex_init(&mutex_, &attributes));
  pthread_mutexattr_destroy(&attributes);
  recoveries_ = 0;
  poisoned_.store(0);
}

bool RobustMutex::try_lock() {
  const int error = pthread_mutex_trylock(&mutex_);
  if (error == EBUSY && poisoned_.load() == 0) return false;
  if (error != 0) lock_after(error);
  return true;
}

RobustMutex::Acquired RobustMutex::lock_after(int try_error) {
  // glibc's trylock keeps the lock word when it answers ENOTRECOVERABLE (2.36), so those who come later
  // would see a busy mutex for ever: remember.
  if (try_error == ENOTRECOVERABLE) poisoned_.store(1);
  if (poisoned_.load() != 0) throw LockPoisoned("robust mutex");
  switch (try_error) {
    case EBUSY: return lock_until(Deadline::after(kDefaultLimit), kDefaultLimit);
    case EOWNERDEAD: return take_over();  // the try did acquire it
    default: throw SystemError("pthread_mutex_trylock", "robust mutex", try_error);
  }
}

RobustMutex::Acquired RobustMutex::lock_until(const Deadline& deadline,
                                              std::chrono::nanoseconds limit) {
  const timespec until = deadline.time_point();
  const int error = pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
  switch (error) {
    case 0: TELL_SANITIZER_LOCKED(&mutex_); return Acquired::cleanly;
    case EOWNERDEAD: TELL_SANITIZER_LOCKED(&mutex_); return take_over();
    case ETIMEDOUT: throw TimedOut("a robust mutex", limit);
    case ENOTRECOVERABLE: throw LockPoisoned("robust mutex");
    default: throw SystemError("pthread_mutex_clocklock", "robust mutex", error);
  }
}

RobustMutex::Acquired RobustMutex::take_over() {
  // Without this call the next unlock would make the mutex unusable for ever.
  check("pthread_mutex_consistent", pthread_mutex_consistent(&mutex_));
  ++recoveries_;
  return Acquired::from_the_dead;
}

}  // namespace share::mutex
