// Locks, semaphores, conditions, events and barriers between processes, and what becomes of them
// when somebody is killed or stopped.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <set>
#include <share/core/error.hpp>
#include <vector>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// What a wait may last beyond its limit.
constexpr milliseconds kDelay(250);

/// Addresses that name the server's process, and one that does not, as on another host.
std::string without_process(const std::string& address) {
  Address parsed = parse_address(address);
  parsed.server.reset();
  return format_address(parsed);
}

template <class B>
class RemoteLocks : public ProcessTest {
 protected:
  typename B::Owner owner_ = B::create({});
  std::string address() const { return owner_.address(); }

  /// A process that holds the lock "lock" until it is killed.
  Child holder(SharedText& state, const std::string& address) {
    return Child([&state, address] {
      B backend = B::open(address);
      backend.lock("lock").lock();
      state.set("held");
      ::pause();
      return true;
    });
  }
};

TYPED_TEST_SUITE(RemoteLocks, Transports);

TYPED_TEST(RemoteLocks, TwoCallsUnderALockCountExactly) {
  constexpr int kProcesses = 3, kRounds = 200;
  this->owner_.add_lock("lock");
  this->owner_.add_dict("d");
  std::vector<Child> children;
  for (int p = 0; p < kProcesses; ++p) {
    children.emplace_back([&] {
      TypeParam backend = TypeParam::open(this->address());
      RemoteLock lock = backend.lock("lock");
      RemoteDict dict = backend.dict("d");
      for (int i = 0; i < kRounds; ++i) {
        const std::scoped_lock guard(lock);
        dict.set("n", dict.get_or("n", 0).template get<std::int64_t>() + 1);
      }
      return true;
    });
  }
  for (Child& child : children) EXPECT_TRUE(child.succeeded());
  TypeParam backend = TypeParam::open(this->address());
  EXPECT_EQ(backend.dict("d").get("n"), Datum(kProcesses * kRounds));
}

TYPED_TEST(RemoteLocks, AKilledHolderFreesTheLockAndTheNextIsTold) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_lock("lock");
  TypeParam backend = TypeParam::open(this->address());
  RemoteLock lock = backend.lock("lock");
  SharedText state;
  Child victim = this->holder(state, this->address());
  ASSERT_EQ(state.get(), "held");
  EXPECT_EQ(lock.holder_pid(), victim.pid());
  EXPECT_FALSE(lock.try_lock());
  Child killer([&] {
    ::usleep(100'000);
    victim.signal(SIGKILL);
    return true;
  });
  ASSERT_TRUE(lock.try_lock_for(kPatience));
  EXPECT_TRUE(lock.owner_died());
  lock.unlock();
  lock.lock();
  EXPECT_FALSE(lock.owner_died());
  backend.set_timeout(milliseconds(100));
  EXPECT_THROW(backend.lock("lock").lock(), TimedOut);  // it is no recursive one
  lock.unlock();
  EXPECT_THROW(lock.release(), NotHeld);
}

TYPED_TEST(RemoteLocks, AConnectionThatClosesFreesWhatItHeld) {
  this->owner_.add_lock("lock");
  this->owner_.add_bounded_semaphore("s", 1);
  TypeParam backend = TypeParam::open(this->address());
  {
    TypeParam other = TypeParam::open(this->address());
    other.lock("lock").lock();
    other.bounded_semaphore("s").acquire();
  }
  RemoteLock lock = backend.lock("lock");
  EXPECT_TRUE(lock.try_lock_for(seconds(5)));
  EXPECT_TRUE(lock.owner_died());
  EXPECT_TRUE(backend.bounded_semaphore("s").try_acquire_for(seconds(5)));
}

TYPED_TEST(RemoteLocks, AHolderThatNoPidfdSeesIsMissedByItsConnection) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_lock("lock");
  TypeParam backend = TypeParam::open(this->address());
  RemoteLock lock = backend.lock("lock");
  SharedText state;
  Child victim = this->holder(state, without_process(this->address()));
  ASSERT_EQ(state.get(), "held");
  EXPECT_EQ(lock.holder_pid(), 0);
  static_cast<void>(
      TypeParam::open(this->address()));  // comes and goes, so the server looks who is left
  ::usleep(400'000);
  EXPECT_FALSE(lock.try_lock());  // a living holder keeps it
  victim.kill();
  EXPECT_TRUE(lock.try_lock_for(kPatience));
  EXPECT_TRUE(lock.owner_died());
}

TYPED_TEST(RemoteLocks, AStoppedHolderKeepsTheLockAndTheErrorNamesIt) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_lock("lock");
  TypeParam backend = TypeParam::open(this->address());
  RemoteLock lock = backend.lock("lock");
  SharedText state;
  Child holder = this->holder(state, this->address());
  ASSERT_EQ(state.get(), "held");
  holder.signal(SIGSTOP);
  backend.set_timeout(milliseconds(200));
  const auto begin = Clock::now();
  try {
    lock.lock();
    FAIL() << "locked";
  } catch (const TimedOut& error) {
    EXPECT_NE(std::string(error.what()).find("process " + std::to_string(holder.pid())),
              std::string::npos)
        << error.what();
  }
  EXPECT_LT(Clock::now() - begin, milliseconds(200) + kDelay);
  holder.kill();
  EXPECT_TRUE(lock.try_lock_for(seconds(5)));
}

TYPED_TEST(RemoteLocks, ACallThatGaveUpHoldsNothing) {
  this->owner_.add_lock("lock");
  TypeParam backend = TypeParam::open(this->address());
  RemoteLock lock = backend.lock("lock");
  const ProcessWatch server = ProcessWatch::of(this->owner_.server_pids().front());
  server.send(SIGSTOP);
  backend.set_timeout(milliseconds(100));
  EXPECT_THROW(lock.try_lock_for(milliseconds(50)), CallTimedOut);
  server.send(SIGCONT);
  TypeParam other = TypeParam::open(this->address());
  EXPECT_TRUE(other.lock("lock").try_lock_for(seconds(5)));
}

TYPED_TEST(RemoteLocks, AKilledServerEndsAWait) {
  this->owner_.add_event("e");
  SharedText state;
  Child waiter([&] {
    TypeParam backend = TypeParam::open(this->address());
    RemoteEvent event = backend.event("e");
    state.set("waits");
    try {
      event.wait_for(kPatience);
    } catch (const ServerGone&) {
      return true;
    }
    return false;
  });
  ASSERT_EQ(state.get(), "waits");
  ::usleep(50'000);
  ProcessWatch::of(this->owner_.server_pids().front()).send(SIGKILL);
  const auto killed = Clock::now();
  EXPECT_TRUE(waiter.succeeded());
  EXPECT_LT(Clock::now() - killed, seconds(1));
}

TYPED_TEST(RemoteLocks, ASemaphoreLetsSoManyIn) {
  constexpr int kUnits = 2, kProcesses = 4;
  this->owner_.add_bounded_semaphore("s", kUnits);
  SharedArray<std::atomic<int>> inside(2);  // now, and at most
  std::vector<Child> children;
  for (int p = 0; p < kProcesses; ++p) {
    children.emplace_back([&] {
      TypeParam backend = TypeParam::open(this->address());
      RemoteBoundedSemaphore semaphore = backend.bounded_semaphore("s");
      for (int i = 0; i < 50; ++i) {
        semaphore.acquire();
        const int now = ++inside[0];
        for (int most = inside[1]; now > most && !inside[1].compare_exchange_weak(most, now);) {
        }
        ::usleep(100);
        --inside[0];
        semaphore.release();
      }
      return true;
    });
  }
  for (Child& child : children) EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(inside[1].load(), kUnits);
  TypeParam backend = TypeParam::open(this->address());
  EXPECT_EQ(backend.bounded_semaphore("s").value(), kUnits);
  EXPECT_THROW(backend.bounded_semaphore("s").release(), NotHeld);
}

TYPED_TEST(RemoteLocks, AConditionHandsOver) {
  this->owner_.add_condition("c");
  this->owner_.add_list("l");
  constexpr int kItems = 100;
  Child producer([&] {
    TypeParam backend = TypeParam::open(this->address());
    RemoteCondition condition = backend.condition("c");
    RemoteList list = backend.list("l");
    for (int i = 0; i < kItems; ++i) {
      const std::scoped_lock guard(condition);
      list.append(i);
      condition.notify();
    }
    return true;
  });
  TypeParam backend = TypeParam::open(this->address());
  RemoteCondition condition = backend.condition("c");
  RemoteList list = backend.list("l");
  for (std::int64_t i = 0; i < kItems; ++i) {
    std::unique_lock guard(condition);
    ASSERT_TRUE(condition.wait_for(kPatience, [&] { return list.size() > 0; }));
    EXPECT_EQ(list.pop(0), Datum(i));
  }
  EXPECT_TRUE(producer.succeeded());
  const std::scoped_lock guard(condition);
  EXPECT_FALSE(condition.wait_for(milliseconds(20)));
}

TYPED_TEST(RemoteLocks, ABarrierLetsAllGoTogetherOrBreaks) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_barrier("b", 3);
  SharedArray<std::atomic<int>> places(3);
  auto comes = [&] {
    return Child([&] {
      TypeParam backend = TypeParam::open(this->address());
      ++places[static_cast<std::size_t>(backend.barrier("b").wait_for(kPatience))];
      return true;
    });
  };
  std::vector<Child> children;
  for (int p = 0; p < 3; ++p) children.push_back(comes());
  for (Child& child : children) EXPECT_TRUE(child.succeeded());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(places[i].load(), 1);

  TypeParam backend = TypeParam::open(this->address());
  RemoteBarrier barrier = backend.barrier("b");
  Child victim = comes();
  ASSERT_TRUE(test::becomes_true([&] { return barrier.waiting() == 1; }));
  Child other([&] {
    TypeParam own = TypeParam::open(this->address());
    try {
      own.barrier("b").wait_for(kPatience);
    } catch (const BarrierBroken&) {
      return true;
    }
    return false;
  });
  ASSERT_TRUE(test::becomes_true([&] { return barrier.waiting() == 2; }));
  victim.kill();
  EXPECT_TRUE(other.succeeded());
  EXPECT_TRUE(barrier.broken());
  barrier.reset();
  EXPECT_THROW(barrier.wait_for(milliseconds(10)), BarrierBroken);
}

}  // namespace
}  // namespace share::manager
