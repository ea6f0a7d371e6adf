// The fair locks: their order, and what those leave who give up, are stopped or come too many.
#include <share/core/spinning.hpp>
#include <share/mutex/mcs.hpp>
#include <share/mutex/ticket.hpp>
#include <vector>

#include "tests/core/lock_test.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using namespace share::mutex;

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
  SharedArray<std::atomic<int>> came(1);
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&, i] {
      ++came[0];
      const std::scoped_lock guard(this->lock());
      order[static_cast<std::size_t>(turn[0]++)] = i;
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return came[0] == i + 1; }));
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
  Child leaver([&] { return !lock().try_lock_for(1s); });
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
}

TEST_F(McsLockTest, WhoLeavesGivesItsPlaceBack) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(lock().try_lock()) << round;
    for (std::uint32_t i = 0; i < McsLock::kPlaces + 5; ++i) EXPECT_FALSE(lock().try_lock_for(1us));
    lock().unlock();
  }
  EXPECT_TRUE(lock().try_lock());
}

// Stopped, or killed, anywhere while it queues: who holds the lock can always unlock, and who was
// stopped goes on.
TEST_F(McsLockTest, WhoIsStoppedWhileItQueuesFindsTheLock) {
  std::uint64_t random = 1;
  for (int round = 0; round < 200; ++round) {
    SharedArray<std::atomic<int>> started(1);
    ASSERT_TRUE(lock().try_lock());
    Child other([&] {
      started[0] = 1;
      const std::scoped_lock guard(lock());
      return true;
    });
    while (started[0] == 0) ::sched_yield();
    random = random * 6364136223846793005u + 1442695040888963407u;
    for (std::uint64_t i = random >> 57; i > 0; --i) relax();
    other.signal(SIGSTOP);
    const auto begin = std::chrono::steady_clock::now();
    lock().unlock();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    other.signal(SIGCONT);
    ASSERT_TRUE(other.succeeded());
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

}  // namespace
}  // namespace share::test
