#include <unistd.h>

#include <algorithm>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/mutex/robust_mutex.hpp>

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

// Together about as long as it costs to sleep and be woken (6 us), the classic bound: at worst
// twice the best (Karlin et al., SODA 1990). Short first pauses would only take the line from the
// holder: 16 are twice as slow as not spinning at all, 64 twice as fast.
constexpr int kFirstPauses = 64, kMostPauses = 128;

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

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");  // yield does nothing on most cores
#endif
}

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
  starving_.store(0);
}

bool RobustMutex::try_lock() {
  const int error = pthread_mutex_trylock(&mutex_);
  if (error == EBUSY && poisoned_.load() == 0) return false;
  if (error != 0) lock_after(error);
  return true;
}

RobustMutex::Acquired RobustMutex::lock_after(int try_error) {
  if (try_error == EBUSY && poisoned_.load() == 0) try_error = spin();
  // glibc's trylock keeps the lock word when it answers ENOTRECOVERABLE (2.36), so those who come
  // later would find it busy for ever: remember.
  if (try_error == ENOTRECOVERABLE) poisoned_.store(1);
  if (poisoned_.load() != 0) throw LockPoisoned("robust mutex");
  switch (try_error) {
    case 0:
      return Acquired::cleanly;
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
  static const bool alone =
      sysconf(_SC_NPROCESSORS_ONLN) == 1;  // nobody could release it meanwhile
  int error = EBUSY;
  for (int pauses = kFirstPauses; error == EBUSY && !alone && pauses <= kMostPauses; pauses *= 2) {
    for (int i = 0; i < pauses; ++i) relax();
    error = pthread_mutex_trylock(&mutex_);
  }
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
      return Acquired::cleanly;
    case EOWNERDEAD:
      TELL_SANITIZER_LOCKED(&mutex_);
      return take_over();
    case ETIMEDOUT:
      throw TimedOut("a robust mutex", limit);
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
  while (said != 0 && !most.passed()) {
    if (now_ms() - said > kBelievedMs) {
      starving_.compare_exchange_strong(said, 0);
      return;
    }
    futex_wait(starving_, said, most);
    said = starving_.load();
  }
}

RobustMutex::Acquired RobustMutex::take_over() {
  // Without this call the next unlock would make the mutex unusable for ever.
  check("pthread_mutex_consistent", pthread_mutex_consistent(&mutex_));
  ++recoveries_;
  return Acquired::from_the_dead;
}

}  // namespace share::mutex
