// The locks that survive the death of a holder: who is told what, and what comes of the stopped, of
// the starving, of threads.
#include <sys/mman.h>

#include <share/core/proc_stat.hpp>
#include <share/mutex/flock.hpp>
#include <share/mutex/robust.hpp>
#include <share/mutex/robust_futex.hpp>
#include <thread>
#include <vector>

#include "tests/core/lock_test.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using namespace share::mutex;

template <class L>
class RobustLockTest : public LockTest<L> {};
using RobustLocks = ::testing::Types<RobustLock, RobustFutexLock>;
TYPED_TEST_SUITE(RobustLockTest, RobustLocks, LockNames);

TYPED_TEST(RobustLockTest, NextOwnerIsToldOfADeadOne) {
  Child holder = this->start_holder([] { ::pause(); });
  holder.kill();
  EXPECT_EQ(this->lock().lock(), Acquired::from_the_dead);
  EXPECT_EQ(this->lock().recoveries(), 1u);
  this->lock().unlock();
  EXPECT_EQ(this->lock().lock(), Acquired::cleanly) << "told once";
  this->lock().unlock();
}

TYPED_TEST(RobustLockTest, WaiterIsFreedWhenTheHolderDies) {
  Child holder = this->start_holder([] { ::pause(); });
  Child waiter([&] { return this->lock().lock() == Acquired::from_the_dead; });
  EXPECT_FALSE(waiter.ends_within(50ms));
  holder.kill();
  EXPECT_TRUE(waiter.succeeded());
}

TYPED_TEST(RobustLockTest, AStoppedHolderIsATimeOutThatNamesIt) {
  Child holder = this->start_holder([] { ::pause(); });
  holder.signal(SIGSTOP);
  const auto stopped = [&] {
    const auto stat = proc_stat(holder.pid());
    return stat && stat->stopped();
  };
  ASSERT_TRUE(becomes_true(stopped));
  EXPECT_EQ(this->lock().holder(), holder.pid());
  try {
    this->lock().lock_for(20ms);
    ADD_FAILURE() << "acquired what another one holds";
  } catch (const TimedOut& error) {
    const std::string pid = std::to_string(holder.pid()), what = error.what();
    EXPECT_NE(what.find("held by thread " + pid + " of process " + pid), what.npos) << what;
    EXPECT_NE(what.find("which is stopped"), what.npos) << what;
  }
  EXPECT_FALSE(this->lock().try_lock_for(20ms));
  EXPECT_FALSE(this->lock().try_lock());
  holder.kill();
  EXPECT_EQ(this->lock().lock(), Acquired::from_the_dead);
  this->lock().unlock();
  EXPECT_EQ(this->lock().holder(), 0);
}

// Its process lives on, so nobody is there to say so but the lock.
TYPED_TEST(RobustLockTest, AThreadThatEndsWithItIsNoticed) {
  SharedArray<std::atomic<int>> done(1);
  Child process([&] {
    std::thread([&] { this->lock().lock(); }).join();
    done[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return done[0] == 1; }));
  EXPECT_EQ(this->lock().lock(), Acquired::from_the_dead);
  EXPECT_EQ(this->lock().recoveries(), 1u);
  this->lock().unlock();
  process.kill();
}

// What fork copies is another thread, which holds nothing, whatever it believes.
TYPED_TEST(RobustLockTest, AChildOfTheHolderHoldsNothing) {
  SharedArray<std::atomic<int>> seen(1);
  Child holder = this->start_holder([&] {
    Child child([&] {
      this->lock().unlock();
      seen[0] = this->lock().try_lock_for(50ms) ? 1 : 2;
      return true;
    });
    EXPECT_TRUE(child.succeeded());
    seen[0] += this->lock().holder() == ::getpid() ? 10 : 20;
    Child stranger([&] { return !this->lock().try_lock(); });
    seen[0] += stranger.succeeded() ? 100 : 200;
  });
  EXPECT_TRUE(holder.succeeded());
  EXPECT_EQ(seen[0], 112);
  EXPECT_EQ(this->lock().lock(), Acquired::cleanly);
  this->lock().unlock();
}

// Ids come again: what was noted long ago is not who has the id now.
TEST(ThreadIdentity, IsTheStartAsWellAsTheId) {
  EXPECT_EQ(thread_of(own_identity()), ::getpid());
  EXPECT_FALSE(share::has_ended(own_identity()));
  const ThreadIdentity another = own_identity() ^ (ThreadIdentity{1} << 40);
  EXPECT_TRUE(share::has_ended(another));
  EXPECT_TRUE(is_gone(another));
  EXPECT_FALSE(share::has_ended(own_identity() & 0x3fff'ffff)) << "one who did not know its start";
  pid_t zombie = ::fork();
  if (zombie == 0) ::_exit(0);
  EXPECT_TRUE(becomes_true([&] { return share::has_ended(static_cast<ThreadIdentity>(zombie)); }));
  EXPECT_FALSE(is_gone(static_cast<ThreadIdentity>(zombie)));
  ::waitpid(zombie, nullptr, 0);
  EXPECT_TRUE(is_gone(static_cast<ThreadIdentity>(zombie)));
}

TYPED_TEST(RobustLockTest, OneOfManyWaitersTakesOver) {
  constexpr int kWaiters = 6;
  SharedArray<std::atomic<int>> told(1), inside(1), overlaps(1);
  Child holder = this->start_holder([] { ::pause(); });
  std::vector<Child> waiters;
  for (int i = 0; i < kWaiters; ++i)
    waiters.emplace_back([&] {
      told[0] += this->lock().lock() == Acquired::from_the_dead;
      overlaps[0] += ++inside[0] != 1;
      ::usleep(2'000);
      --inside[0];
      this->lock().unlock();
      return true;
    });
  EXPECT_FALSE(waiters.back().ends_within(50ms));
  holder.kill();
  for (Child& waiter : waiters) EXPECT_TRUE(waiter.succeeded());
  EXPECT_EQ(told[0], 1);
  EXPECT_EQ(overlaps[0], 0);
  EXPECT_EQ(this->lock().recoveries(), 1u);
}

using RobustMutexTest = LockTest<RobustLock>;
using RobustFutexLockTest = LockTest<RobustFutexLock>;

TYPED_TEST(RobustLockTest, SaysWhoDied) {
  Child holder = this->start_holder([] { ::pause(); });
  const pid_t pid = holder.pid();
  holder.kill();
  EXPECT_EQ(this->lock().lock(), Acquired::from_the_dead);
  EXPECT_EQ(this->lock().died(), pid);
  this->lock().unlock();
}

// The memory goes, and with it what a robust list would point to.
TEST_F(RobustFutexLockTest, UnmappingItWhileHoldingItHarmsNobody) {
  Child process([&] {
    lock().lock();
    ::munmap(memory_.data(), sizeof(RobustFutexLock));
    return true;
  });
  EXPECT_TRUE(process.succeeded());
  EXPECT_EQ(lock().lock(), Acquired::from_the_dead);
  lock().unlock();
}

using FileLockTest = LockTest<FileLock>;

TEST_F(FileLockTest, GoesWithItsHolderThoughAChildOfHisLives) {
  SharedArray<std::atomic<int>> children(1), may_end(1);
  Child holder = start_holder([&] {
    if (::fork() == 0) {  // not a Child, which would end with its parent
      ++children[0];
      for (int ms = 0; ms < 10'000 && may_end[0] == 0; ++ms) ::usleep(1'000);
      ::_exit(0);
    }
    ::pause();
  });
  ASSERT_TRUE(becomes_true([&] { return children[0] == 1; }));
  EXPECT_FALSE(lock().try_lock());
  holder.kill();
  EXPECT_TRUE(lock().try_lock_for(2s));
  lock().unlock();
  may_end[0] = 1;
}

TEST_F(FileLockTest, OfManyAThreadHasTheLastOnesOpen) {
  constexpr std::size_t kLocks = 200;
  SharedArray<FileLock> locks(kLocks);
  const int before = count_entries("/proc/self/fd");
  for (std::size_t i = 0; i < kLocks; ++i) locks[i].init();
  locks[7].lock();
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < kLocks; ++i) {
      if (i == 7) continue;
      const std::scoped_lock guard(locks[i]);
    }
  EXPECT_LE(count_entries("/proc/self/fd"), before + 70);
  Child other([&] { return !locks[7].try_lock() && locks[8].try_lock(); });
  EXPECT_TRUE(other.succeeded()) << "what is held is not given up";
  locks[7].unlock();
}

TEST_F(FileLockTest, MemoryOfNoFileIsAnError) {
  FileLock local;
  local.init();
  EXPECT_THROW(local.try_lock(), SystemError);
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
  pthread_mutex_unlock(lock().native_handle());
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

}  // namespace
}  // namespace share::test
