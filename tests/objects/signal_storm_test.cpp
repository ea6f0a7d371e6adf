// A storm of signals: every system call in which somebody waits is interrupted, thousands of times.
// Nothing is lost, no wait ends early or late, and nobody hangs.
#include <sys/time.h>

#include <csignal>
#include <share/mutex/robust_futex.hpp>
#include <share/objects/barrier.hpp>
#include <share/objects/condition.hpp>
#include <share/objects/event.hpp>
#include <share/objects/lock.hpp>
#include <share/objects/queue.hpp>
#include <share/objects/recursive_lock.hpp>
#include <share/objects/semaphore.hpp>
#include <share/objects/value.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

volatile std::sig_atomic_t interruptions = 0;

/// From here on this process gets a signal every 100 us, without SA_RESTART.
void begin_storm() {
  struct sigaction count {};
  count.sa_handler = [](int) { interruptions = interruptions + 1; };
  ::sigaction(SIGALRM, &count, nullptr);
  const itimerval often{{0, 100}, {0, 100}};
  ::setitimer(ITIMER_REAL, &often, nullptr);
}

/// A process in the storm.
template <class Body>
Child in_storm(Body body) {
  return Child([body]() mutable {
    begin_storm();
    return body() && interruptions > 0;
  });
}

template <class L>
void count_in_storm() {
  constexpr int kAdds = 20'000;
  Value<std::int64_t, L> value(0);
  const auto add = [&] {
    for (int i = 0; i < kAdds; ++i) value.add(1);
    while (interruptions == 0) ::usleep(100);
    return true;
  };
  Child first = in_storm(add), second = in_storm(add);
  EXPECT_TRUE(first.succeeded());
  EXPECT_TRUE(second.succeeded());
  EXPECT_EQ(value.load(), 2 * kAdds);
}

TEST(SignalStorm, CountingLosesNothing) {
  count_in_storm<mutex::RobustLock>();
  count_in_storm<mutex::RobustFutexLock>();
}

TEST(SignalStorm, AQueueHandsOverEachItemOnce) {
  constexpr std::int64_t kItems = 20'000;
  Queue<std::int64_t> queue(4);
  Child putter = in_storm([&] {
    for (std::int64_t i = 0; i < kItems; ++i) queue.put(i);
    return true;
  });
  Child getter = in_storm([&] {
    for (std::int64_t i = 0; i < kItems; ++i)
      if (queue.get() != i) return false;
    return true;
  });
  EXPECT_TRUE(putter.succeeded());
  EXPECT_TRUE(getter.succeeded());
}

TEST(SignalStorm, ABarrierLosesNobody) {
  constexpr int kRounds = 300;
  Barrier barrier(2);
  const auto meet_often = [&] {
    for (int round = 0; round < kRounds; ++round) {
      barrier.wait();
      if (round % 50 == 0) ::usleep(500);
    }
    return true;
  };
  Child first = in_storm(meet_often), second = in_storm(meet_often);
  EXPECT_TRUE(first.succeeded());
  EXPECT_TRUE(second.succeeded());
}

// It has ended: each waiter must find out, however often it is interrupted.
template <class L>
void die_in_storm() {
  BasicLock<L> lock;
  SharedArray<std::atomic<int>> held(1);
  Child holder([&] {
    lock.lock();
    held[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return held[0] == 1; }));
  Child waiter = in_storm([&] {
    const bool acquired = lock.try_lock_for(20s);
    lock.unlock();
    return acquired;
  });
  EXPECT_FALSE(waiter.ends_within(20ms));
  holder.kill();
  EXPECT_TRUE(waiter.ends_within(250ms));
  EXPECT_TRUE(waiter.succeeded());
}

TEST(SignalStorm, AHolderThatDiesIsNoticed) {
  for (int round = 0; round < 5; ++round) {
    die_in_storm<mutex::RobustLock>();
    die_in_storm<mutex::RobustFutexLock>();
  }
}

/// Whether a wait of 100 ms that fails takes that long.
template <class Wait>
bool lasts(Wait wait) {
  const auto begin = std::chrono::steady_clock::now();
  if (wait()) return false;
  const auto waited = std::chrono::steady_clock::now() - begin;
  return waited >= 100ms && waited <= 350ms;
}

TEST(SignalStorm, WaitsEndNeitherEarlyNorLate) {
  Lock lock;
  BasicLock<mutex::RobustFutexLock> futex;
  RLock recursive;
  SharedArray<std::atomic<int>> held(1);
  Child holder([&] {
    const std::scoped_lock guard(lock, futex, recursive);
    held[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return held[0] == 1; }));
  Queue<int> empty(1);
  Semaphore none(0);
  Event never;
  Child waiter = in_storm([&] {
    return lasts([&] { return lock.try_lock_for(100ms); }) &&
           lasts([&] { return futex.try_lock_for(100ms); }) &&
           lasts([&] { return recursive.try_lock_for(100ms); }) &&
           lasts([&] { return empty.get_for(100ms).has_value(); }) &&
           lasts([&] { return none.try_acquire_for(100ms); }) &&
           lasts([&] { return never.wait_for(100ms); });
  });
  EXPECT_TRUE(waiter.succeeded());
  holder.kill();
}

}  // namespace
}  // namespace share::test
