// The locks that know no holder: what they have in common, what is fair about the fair ones, and
// what those leave who give up or die.
#include <mutex>
#include <share/mutex/futex.hpp>
#include <share/mutex/mcs.hpp>
#include <share/mutex/pthread.hpp>
#include <share/mutex/semaphore.hpp>
#include <share/mutex/spin.hpp>
#include <share/mutex/ticket.hpp>
#include <thread>
#include <vector>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using namespace share::mutex;

template <class L>
class LockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::alarm(60);
    lock().init();
  }
  void TearDown() override { ::alarm(0); }
  L& lock() { return memory_[0]; }

  /// A process that takes the lock and then does `then`.
  template <class Then>
  Child start_holder(Then then) {
    held_[0] = 0;
    Child holder([this, then]() -> bool {
      const std::scoped_lock guard(lock());
      held_[0] = 1;
      then();
      return true;
    });
    EXPECT_TRUE(becomes_true([&] { return held_[0] == 1; }));
    return holder;
  }

  SharedArray<L> memory_{1};
  SharedArray<std::atomic<int>> held_{1};
};

struct LockNames {
  template <class L>
  static std::string GetName(int) {
    return std::string(L::traits.name.substr(6));
  }
};
using AllLocks =
    ::testing::Types<PlainMutex, FutexLock, SemaphoreLock, SpinLock, TicketLock, McsLock>;
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

TYPED_TEST(LockTest, ADeadHolderIsATimeOutThatNamesTheLock) {
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
  EXPECT_TRUE(this->lock().try_lock()) << "nobody holds it";
}

template <class L>
class FairLockTest : public LockTest<L> {};
using FairLocks = ::testing::Types<TicketLock, McsLock>;
TYPED_TEST_SUITE(FairLockTest, FairLocks, LockNames);

TYPED_TEST(FairLockTest, FirstComeFirstServed) {
  constexpr int kWaiters = 6;
  SharedArray<std::atomic<int>> go_on(1), turn(1);
  SharedArray<int> order(kWaiters);
  Child holder = this->start_holder([&] {
    while (go_on[0] == 0) ::usleep(1000);
  });
  std::vector<Child> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&, i] {
      const std::scoped_lock guard(this->lock());
      order[static_cast<std::size_t>(turn[0]++)] = i;
      return true;
    });
    EXPECT_FALSE(waiters.back().ends_within(50ms));  // by now it is in the queue
  }
  go_on[0] = 1;
  for (Child& waiter : waiters) EXPECT_TRUE(waiter.succeeded());
  EXPECT_TRUE(holder.succeeded());
  for (int i = 0; i < kWaiters; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

using McsLockTest = LockTest<McsLock>;

TEST_F(McsLockTest, WhoLeavesTheMiddleOfTheQueueIsPassedBy) {
  SharedArray<std::atomic<int>> go_on(1);
  Child holder = start_holder([&] {
    while (go_on[0] == 0) ::usleep(1000);
  });
  Child first([&] {
    const std::scoped_lock guard(lock());
    return true;
  });
  EXPECT_FALSE(first.ends_within(50ms));
  Child leaver([&] { return !lock().try_lock_for(100ms); });
  EXPECT_FALSE(leaver.ends_within(50ms));
  Child last([&] {
    const std::scoped_lock guard(lock());
    return true;
  });
  EXPECT_TRUE(leaver.succeeded());
  EXPECT_FALSE(last.ends_within(1ms));
  go_on[0] = 1;
  EXPECT_TRUE(first.succeeded());
  EXPECT_TRUE(last.succeeded());
  EXPECT_TRUE(holder.succeeded());
  for (std::uint32_t i = 0; i < 3 * McsLock::kPlaces; ++i) {  // no place is lost
    ASSERT_TRUE(lock().try_lock());
    lock().unlock();
  }
}

TEST_F(McsLockTest, MoreThanThePlacesWaitAllTheSame) {
  constexpr int kUsers = static_cast<int>(McsLock::kPlaces) + 9;
  SharedArray<std::atomic<int>> go_on(1);
  SharedArray<int> counter(1);
  Child holder = start_holder([&] {
    while (go_on[0] == 0) ::usleep(1000);
  });
  std::vector<Child> users;
  for (int i = 0; i < kUsers; ++i)
    users.emplace_back([&] {
      lock().lock_for(50s);
      ++counter[0];
      lock().unlock();
      return true;
    });
  go_on[0] = 1;
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_TRUE(holder.succeeded());
  EXPECT_EQ(counter[0], kUsers);
}

using TicketLockTest = LockTest<TicketLock>;

TEST_F(TicketLockTest, ATicketThatIsGivenUpBreaksTheQueueForAll) {
  Child holder = start_holder([] { ::pause(); });
  EXPECT_THROW(lock().lock_for(50ms), TimedOut);
  EXPECT_THROW(lock().lock_for(10s), LockPoisoned) << "without waiting";
  EXPECT_THROW(lock().try_lock_for(10s), LockPoisoned);
  EXPECT_FALSE(lock().try_lock());
  holder.kill();
}

using FutexLockTest = LockTest<FutexLock>;

// A waiter that is killed as it is woken would leave the others asleep for ever.
TEST_F(FutexLockTest, KilledWaitersTakeNoWakeUpWithThem) {
  for (int round = 0; round < 20; ++round) {
    SharedArray<std::atomic<int>> go_on(1);
    Child holder = start_holder([&] {
      while (go_on[0] == 0) ::usleep(100);
    });
    const auto wait = [&] {
      const std::scoped_lock guard(lock());
      return true;
    };
    Child victim(wait);
    victim.signal(SIGSTOP);
    Child survivor(wait);
    EXPECT_FALSE(survivor.ends_within(5ms));
    go_on[0] = 1;
    victim.kill();
    EXPECT_TRUE(survivor.ends_within(2s));
    EXPECT_TRUE(holder.succeeded());
  }
}

}  // namespace
}  // namespace share::test
