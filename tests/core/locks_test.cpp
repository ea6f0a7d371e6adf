// The locks: what they have in common, and what those leave who give up or die.
#include <mutex>
#include <share/mutex/flock.hpp>
#include <share/mutex/futex.hpp>
#include <share/mutex/mcs.hpp>
#include <share/mutex/pthread.hpp>
#include <share/mutex/robust.hpp>
#include <share/mutex/robust_futex.hpp>
#include <share/mutex/semaphore.hpp>
#include <share/mutex/spin.hpp>
#include <share/mutex/ticket.hpp>
#include <thread>
#include <vector>

#include "tests/core/lock_test.hpp"
#include "tests/support/one_cpu.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using namespace share::mutex;

using AllLocks = ::testing::Types<RobustLock, PlainMutex, FutexLock, RobustFutexLock, SemaphoreLock,
                                  SpinLock, TicketLock, McsLock, FileLock>;
TYPED_TEST_SUITE(LockTest, AllLocks, LockNames);

TYPED_TEST(LockTest, IsHeldByOne) {
  ASSERT_TRUE(this->lock().try_lock());
  EXPECT_FALSE(this->lock().try_lock());
  Child other([&] { return !this->lock().try_lock(); });
  EXPECT_TRUE(other.succeeded());
  this->lock().unlock();
  Child later([&] {
    const std::unique_lock guard(this->lock(), std::try_to_lock);
    return guard.owns_lock();
  });
  EXPECT_TRUE(later.succeeded());
}

TYPED_TEST(LockTest, AWaitEndsAtItsLimitAndHarmsNobody) {
  this->held_[0] = 0;
  SharedArray<std::atomic<int>> go_on(1);
  Child holder = this->start_holder([&] {
    while (go_on[0] == 0) ::usleep(1000);
  });
  holder.signal(SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(this->lock().try_lock_for(200ms));
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, 200ms);
  EXPECT_LE(waited, 450ms);
  holder.signal(SIGCONT);
  go_on[0] = 1;
  EXPECT_TRUE(holder.succeeded());
  EXPECT_TRUE(this->lock().try_lock_for(10s));
  this->lock().unlock();
  EXPECT_TRUE(this->lock().try_lock());
}

template <class L>
class HolderlessLockTest : public LockTest<L> {};
using HolderlessLocks =
    ::testing::Types<PlainMutex, FutexLock, SemaphoreLock, SpinLock, TicketLock, McsLock>;
TYPED_TEST_SUITE(HolderlessLockTest, HolderlessLocks, LockNames);

TYPED_TEST(HolderlessLockTest, ADeadHolderIsATimeOutThatNamesTheLock) {
  this->start_holder([] { ::kill(::getpid(), SIGKILL); }).kill();
  try {
    this->lock().lock_for(50ms);
    FAIL() << "acquired what a dead one holds";
  } catch (const TimedOut& error) {
    EXPECT_NE(std::string(error.what()).find(TypeParam::traits.name), std::string::npos)
        << error.what();
  }
}

TYPED_TEST(LockTest, AWaiterGetsItWhenItIsFree) {
  SharedArray<std::atomic<int>> go_on(1);
  Child holder = this->start_holder([&] {
    while (go_on[0] == 0) ::usleep(1000);
  });
  Child waiter([&] {
    const std::scoped_lock guard(this->lock());
    return true;
  });
  EXPECT_FALSE(waiter.ends_within(50ms));
  go_on[0] = 1;
  EXPECT_TRUE(waiter.succeeded());
  EXPECT_TRUE(holder.succeeded());
}

TYPED_TEST(LockTest, ThreadsOfOneProcessExcludeEachOther) {
  constexpr int kThreads = 4, kRounds = 2'000;
  int counter = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const std::scoped_lock guard(this->lock());
        ++counter;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, kThreads * kRounds);
}

TYPED_TEST(LockTest, ManyWhoGiveUpLeaveItWhole) {
  constexpr int kUsers = 4, kRounds = 300;
  SharedArray<std::int64_t> counter(1);
  SharedArray<std::atomic<int>> done(1);
  std::vector<Child> users;
  for (int i = 0; i < kUsers; ++i)
    users.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        if (!this->lock().try_lock_for(std::chrono::microseconds(20 * (i + round % 7)))) continue;
        ++counter[0];
        if (round % 16 == 0) ::usleep(100);
        this->lock().unlock();
        ++done[0];
      }
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(counter[0], done[0]);
  EXPECT_GT(done[0], 0);
  EXPECT_TRUE(this->lock().try_lock()) << "nobody holds it";
}

template <class L>
class SleepingLockTest : public LockTest<L> {};
using SleepingLocks =
    ::testing::Types<RobustLock, PlainMutex, FutexLock, RobustFutexLock, SemaphoreLock>;
TYPED_TEST_SUITE(SleepingLockTest, SleepingLocks, LockNames);

// The wake-up goes to who has been killed and has not run since.
TYPED_TEST(SleepingLockTest, AKilledWaiterTakesNoWakeUpWithIt) {
  const OneCpu here;
  const auto wait = [this] {
    const std::scoped_lock guard(this->lock());
    return true;
  };
  for (int round = 0; round < 5; ++round) {
    this->lock().lock();
    Child victim = here.start_sleeper(wait);
    Child survivor = here.start_sleeper(wait);
    victim.signal(SIGKILL);
    this->lock().unlock();
    EXPECT_TRUE(survivor.ends_within(2s)) << "it sleeps before a lock that is free";
    EXPECT_EQ(victim.ended_by(), SIGKILL);
    ASSERT_TRUE(this->lock().try_lock());
    this->lock().unlock();
  }
}

}  // namespace
}  // namespace share::test
