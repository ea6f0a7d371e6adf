#include <mutex>
#include <share/core/error.hpp>
#include <share/mutex/robust_mutex.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using mutex::RobustMutex;
using Acquired = RobustMutex::Acquired;

class RobustMutexTest : public ::testing::Test {
 protected:
  void SetUp() override { lock().init(); }
  RobustMutex& lock() { return memory_[0]; }
  /// A process that takes the lock and then does `then`.
  template <class Then>
  Child start_holder(Then then) {
    held_[0] = 0;
    Child holder([this, then]() -> bool {
      lock().lock();
      held_[0] = 1;
      then();
      return true;
    });
    EXPECT_TRUE(becomes_true([&] { return held_[0] == 1; }));
    return holder;
  }
  SharedArray<RobustMutex> memory_{1};
  SharedArray<std::atomic<int>> held_{1};
};

TEST_F(RobustMutexTest, NextOwnerIsToldOfADeadOne) {
  Child holder = start_holder([] { ::pause(); });
  holder.kill();
  EXPECT_EQ(lock().lock(), Acquired::from_the_dead);
  EXPECT_EQ(lock().recoveries(), 1u);
  lock().unlock();
  EXPECT_EQ(lock().lock(), Acquired::cleanly) << "told once";
  lock().unlock();
}

TEST_F(RobustMutexTest, WaiterIsFreedWhenTheHolderDies) {
  Child holder = start_holder([] { ::pause(); });
  Child waiter([&] { return lock().lock() == Acquired::from_the_dead; });
  EXPECT_FALSE(waiter.ends_within(50ms));
  holder.kill();
  EXPECT_TRUE(waiter.succeeded());
}

TEST_F(RobustMutexTest, AStoppedHolderIsATimeOut) {
  Child holder = start_holder([] { ::pause(); });
  holder.signal(SIGSTOP);
  EXPECT_THROW(lock().lock_for(20ms), TimedOut);
  EXPECT_FALSE(lock().try_lock_for(20ms));
  EXPECT_FALSE(lock().try_lock());
  holder.kill();
}

TEST_F(RobustMutexTest, TryLockTakesOverFromTheDead) {
  start_holder([] { ::pause(); }).kill();
  EXPECT_TRUE(becomes_true([&] { return lock().try_lock(); }));
  EXPECT_EQ(lock().recoveries(), 1u);
  lock().unlock();
}

TEST_F(RobustMutexTest, UnrepairedStateIsPoisoned) {
  start_holder([] { ::pause(); }).kill();
  // What lock() never does: unlock after a death without declaring the state consistent.
  ASSERT_EQ(pthread_mutex_lock(lock().native_handle()), EOWNERDEAD);
  lock().unlock();
  EXPECT_THROW(lock().lock(), LockPoisoned);
  EXPECT_THROW(lock().try_lock(), LockPoisoned);
  EXPECT_THROW(lock().lock_for(10s), LockPoisoned) << "without waiting";
}

// The holder takes the lock again before the one it woke can run: without a rule the waiter would
// get it when the holder happens to lose its CPU.
TEST_F(RobustMutexTest, ASleepingWaiterGetsItsTurn) {
  constexpr int kRounds = 400, kTurns = 40;
  SharedArray<std::atomic<int>> turns(1);
  Child holder = start_holder([&] {
    for (int round = 0; round < kRounds; ++round) {
      const auto end = std::chrono::steady_clock::now() + 2ms;
      while (std::chrono::steady_clock::now() < end) {
      }
      lock().unlock();
      lock().lock();
    }
    lock().unlock();
  });
  Child waiter([&] {
    while (turns[0] < kTurns) {
      lock().lock();
      ++turns[0];
      lock().unlock();
      ::usleep(1000);  // the holder has it again meanwhile
    }
    return true;
  });
  ASSERT_TRUE(holder.succeeded());
  EXPECT_EQ(turns[0], kTurns) << "while the holder had it " << kRounds << " times";
  EXPECT_TRUE(waiter.succeeded());
}

TEST_F(RobustMutexTest, NobodyWaitsForAStarvingOneThatDied) {
  Child holder = start_holder([] { ::pause(); });
  Child waiter([&] { return lock().lock() == Acquired::cleanly; });
  EXPECT_FALSE(waiter.ends_within(50ms)) << "by now it starves";
  waiter.kill();
  holder.kill();
  EXPECT_EQ(lock().lock(), Acquired::from_the_dead);
  lock().unlock();
  EXPECT_EQ(lock().lock_for(10s), Acquired::cleanly);
  lock().unlock();
}

TEST_F(RobustMutexTest, WorksWithStandardGuards) {
  { const std::scoped_lock guard(lock()); }
  std::unique_lock<RobustMutex> guard(lock(), std::try_to_lock);
  EXPECT_TRUE(guard.owns_lock());
}

}  // namespace
}  // namespace share::test
