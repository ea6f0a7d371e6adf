// RLock, Semaphore and Event between processes that know each other by fork or by name only.
#include <mutex>
#include <share/core/error.hpp>
#include <share/objects/event.hpp>
#include <share/objects/recursive_lock.hpp>
#include <share/objects/semaphore.hpp>
#include <thread>
#include <vector>

#include "tests/support/one_cpu.hpp"
#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using Acquired = RLock::Acquired;

TEST(RLockTest, ItsHolderTakesItAgainAndOthersWaitUntilItIsGivenBackAsOften) {
  RLock lock;
  const auto others_try = [&] {
    Child other([&] {
      if (!lock.try_lock()) return false;
      lock.unlock();
      return true;
    });
    return other.succeeded();
  };
  {
    const std::scoped_lock first(lock);
    EXPECT_EQ(lock.lock(), Acquired::cleanly);
    EXPECT_TRUE(lock.try_lock());
    EXPECT_TRUE(lock.try_lock_for(1ms));
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(others_try()) << i;
      lock.unlock();
    }
    EXPECT_FALSE(others_try());
  }
  EXPECT_TRUE(others_try());
}

TEST(RLockTest, CountsNothingTwiceAndLosesNothing) {
  RLock lock;
  SharedArray<std::int64_t> counter(1);
  const auto add = [&](int depth, const auto& self) -> void {
    const std::scoped_lock guard(lock);
    if (depth == 0)
      ++counter[0];
    else
      self(depth - 1, self);
  };
  std::vector<Child> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&] {
      for (int n = 0; n < 2'000; ++n) add(3, add);
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(counter[0], 3 * 2'000);
}

TEST(RLockTest, IsOneThreadsNotTheWholeProcesss) {
  RLock lock;
  lock.lock();
  std::thread other([&] {
    EXPECT_FALSE(lock.try_lock());
    EXPECT_THROW(lock.unlock(), NotHeldHere);
  });
  other.join();
  Child child([&] {  // which was made by the holder
    try {
      lock.unlock();
    } catch (const NotHeldHere& error) {
      return std::string(error.what()).find("recursive lock") != std::string::npos;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
  lock.unlock();
  EXPECT_THROW(lock.unlock(), NotHeldHere);
}

TEST(RLockTest, OfADeadHolderTheNextIsToldOnce) {
  RLock lock;
  SharedArray<std::atomic<int>> held(1);
  Child holder([&] {
    lock.lock();
    lock.lock();
    held[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return held[0] == 1; }));
  EXPECT_FALSE(lock.try_lock_for(20ms));
  holder.kill();
  EXPECT_EQ(lock.lock(), Acquired::from_the_dead);
  EXPECT_EQ(lock.recoveries(), 1u);
  lock.unlock();
  EXPECT_THROW(lock.unlock(), NotHeldHere) << "the dead one's depth is forgotten";
  EXPECT_EQ(lock.lock(), Acquired::cleanly);
  lock.unlock();
}

TEST(RLockTest, AChildOfTheHolderHoldsNothing) {
  RLock lock;
  const std::scoped_lock guard(lock);
  Child child([&] {
    if (lock.try_lock_for(50ms)) return false;
    try {
      lock.unlock();
    } catch (const NotHeldHere&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(lock.try_lock()) << "the parent has it still, and again";
  lock.unlock();
}

// exec keeps the thread's id and its start, but gives the mutex back: the new program holds
// nothing.
TEST(RLockTest, AnotherProgramOfTheHolderHoldsNothing) {
  constexpr const char* kVariable = "SHARE_TEST_RLOCK";
  if (const char* address = std::getenv(kVariable)) {  // that program
    RLock lock = RLock::open(address);
    ::_exit(lock.lock() == Acquired::from_the_dead && lock.recoveries() == 1 ? 0 : 1);
  }
  const std::string name = fresh_name();
  RLock lock = RLock::create(name);
  Child holder([&] {
    lock.lock();
    ::setenv(kVariable, ("shm:" + name).c_str(), 1);
    ::execl("/proc/self/exe", "share_tests",
            "--gtest_filter=RLockTest.AnotherProgramOfTheHolderHoldsNothing", nullptr);
    return false;
  });
  EXPECT_TRUE(holder.succeeded());
}

TEST(SemaphoreTest, LetsSoManyInAtOnce) {
  constexpr int kUnits = 2;
  Semaphore semaphore(kUnits);
  SharedArray<std::atomic<int>> inside(1), most(1);
  std::vector<Child> users;
  for (int i = 0; i < 5; ++i)
    users.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        semaphore.acquire();
        const int now = ++inside[0];
        int seen = most[0];
        while (seen < now && !most[0].compare_exchange_weak(seen, now)) {
        }
        if (n % 10 == 0) ::usleep(100);
        --inside[0];
        semaphore.release();
      }
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_LE(most[0], kUnits);
  EXPECT_EQ(semaphore.units(), 2u);
}

TEST(SemaphoreTest, SeveralHaveAUnitAtOnce) {
  Semaphore semaphore(2);
  semaphore.acquire();
  Child other([&] {
    semaphore.acquire();
    return !semaphore.try_acquire();
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(semaphore.units(), 0u);
}

TEST(SemaphoreTest, AWaitEndsAtItsLimitAndAUnitEndsAWait) {
  Semaphore semaphore(0);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(semaphore.try_acquire_for(200ms));
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, 200ms);
  EXPECT_LE(waited, 450ms);
  EXPECT_FALSE(semaphore.try_acquire());
  std::vector<Child> waiters;
  for (int i = 0; i < 3; ++i)
    waiters.emplace_back([&] {
      semaphore.acquire();
      return true;
    });
  EXPECT_FALSE(waiters[0].ends_within(50ms));
  semaphore.release(3);
  for (Child& waiter : waiters) EXPECT_TRUE(waiter.succeeded());
  EXPECT_EQ(semaphore.units(), 0u);
}

TEST(SemaphoreTest, ABoundedOneTakesBackNoMoreThanItHad) {
  Semaphore semaphore = bounded_semaphore(2);
  EXPECT_THROW(semaphore.release(), NotHeldHere);
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_THROW(semaphore.release(2), NotHeldHere);
  EXPECT_EQ(semaphore.units(), 1u) << "nothing was changed";
  semaphore.release();
  EXPECT_EQ(semaphore.units(), 2u);
  EXPECT_THROW(Semaphore(3, 2), Error);
  EXPECT_THROW(Semaphore(0, 0), Error);
  EXPECT_THROW(Semaphore(1, Semaphore::kMostUnits + 1), Error);
}

TEST(SemaphoreTest, AKilledWaiterTakesNoUnitWithIt) {
  const OneCpu here;
  Semaphore semaphore(0);
  for (int round = 0; round < 5; ++round) {
    const auto wait = [&] {
      semaphore.acquire();
      return true;
    };
    Child victim = here.start_sleeper(wait);
    Child survivor = here.start_sleeper(wait);
    victim.signal(SIGKILL);
    semaphore.release();
    EXPECT_TRUE(survivor.ends_within(2s)) << "it sleeps before a unit";
    EXPECT_EQ(victim.ended_by(), SIGKILL);
    EXPECT_EQ(semaphore.units(), 0u);
  }
}

TEST(EventTest, WakesAllWhoWaitAndShowsWhatWasWrittenBefore) {
  Event event;
  SharedArray<int> written(1);
  EXPECT_FALSE(event.is_set());
  EXPECT_FALSE(event.wait_for(20ms));
  std::vector<Child> waiters;
  for (int i = 0; i < 4; ++i)
    waiters.emplace_back([&] { return event.wait_for(20s) && written[0] == 7; });
  EXPECT_FALSE(waiters[0].ends_within(50ms));
  waiters[3].kill();
  written[0] = 7;
  event.set();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(waiters[static_cast<std::size_t>(i)].succeeded());
  EXPECT_TRUE(event.wait_for(0ns));
  event.clear();
  EXPECT_FALSE(event.wait_for(1ms));
}

TEST(EventTest, AnEventAndASemaphoreAreFoundByNameAsWhatTheyAre) {
  const std::string name = fresh_name();
  Event event = Event::create(name + ".event");
  Semaphore semaphore = Semaphore::create(name + ".units", 3);
  RLock lock = RLock::create(name + ".lock");
  Child other([&] {
    Event::open("shm:" + name + ".event").set();
    Semaphore::open("shm:" + name + ".units").acquire();
    RLock there = RLock::open("shm:" + name + ".lock");
    const std::scoped_lock guard(there);
    return true;
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_TRUE(event.is_set());
  EXPECT_EQ(semaphore.units(), 2u);
  EXPECT_THROW(Event::open(semaphore.address()), TypeMismatch);
  EXPECT_THROW(Semaphore::open(lock.address()), TypeMismatch);
  EXPECT_THROW(RLock::open(event.address()), TypeMismatch);
}

}  // namespace
}  // namespace share::test
