// Barrier and Condition between processes, also when members die.
#include <algorithm>
#include <mutex>
#include <share/core/error.hpp>
#include <share/objects/barrier.hpp>
#include <share/objects/condition.hpp>
#include <share/objects/lock.hpp>
#include <share/objects/recursive_lock.hpp>
#include <vector>

#include "tests/support/one_cpu.hpp"
#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

TEST(BarrierTest, LetsAllPassRoundAfterRoundEachWithANumber) {
  constexpr int kMembers = 4, kRounds = 200;
  Barrier barrier(kMembers);
  SharedArray<std::atomic<int>> inside(1), numbers(kRounds);
  std::vector<Child> members;
  for (int m = 0; m < kMembers; ++m)
    members.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        ++inside[0];
        const std::uint32_t number = barrier.wait_for(kPatience);
        numbers[static_cast<std::size_t>(round)] |= 1 << number;
        if (inside[0].load() < (round + 1) * kMembers)
          return false;  // somebody was let through early
        barrier.wait_for(kPatience);
      }
      return true;
    });
  for (Child& member : members) EXPECT_TRUE(member.succeeded());
  for (std::size_t round = 0; round < kRounds; ++round) EXPECT_EQ(numbers[round], 0b1111);
  EXPECT_EQ(barrier.members(), 4u);
  EXPECT_EQ(barrier.waiting(), 0u);
}

/// A process that waits at the barrier, and ends well if it is broken.
Child start_waiter(Barrier& barrier) {
  const std::uint32_t before = barrier.waiting();
  Child waiter([&] {
    try {
      barrier.wait_for(kPatience);
    } catch (const BarrierBroken&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(becomes_true([&] { return barrier.waiting() == before + 1; }));
  return waiter;
}

TEST(BarrierTest, AbortFreesThoseWhoWaitAndStays) {
  Barrier barrier(3);
  Child first = start_waiter(barrier), second = start_waiter(barrier);
  barrier.abort();
  EXPECT_TRUE(first.succeeded());
  EXPECT_TRUE(second.succeeded());
  EXPECT_TRUE(barrier.is_broken());
  EXPECT_THROW(barrier.wait(), BarrierBroken);
}

TEST(BarrierTest, ResetFreesThoseWhoWaitAndBeginsAnew) {
  Barrier barrier(2);
  Child waiter = start_waiter(barrier);
  barrier.reset();
  EXPECT_TRUE(waiter.succeeded());
  EXPECT_FALSE(barrier.is_broken());
  barrier.abort();
  barrier.reset();
  Child other([&] { return barrier.wait() <= 1; });
  EXPECT_LE(barrier.wait_for(20s), 1u);
  EXPECT_TRUE(other.succeeded());
}

TEST(BarrierTest, AMemberThatNeverComesIsATimeOutAndABrokenBarrier) {
  Barrier barrier(3);
  Child dead([&] {
    ::kill(::getpid(), SIGKILL);
    return barrier.wait() == 0;
  });
  EXPECT_EQ(dead.ended_by(), SIGKILL);
  Child waiter = start_waiter(barrier);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(barrier.wait_for(200ms), TimedOut);
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, 200ms);
  EXPECT_LE(waited, 450ms);
  EXPECT_TRUE(waiter.succeeded()) << "for it the barrier is broken";
  EXPECT_TRUE(barrier.is_broken());
}

TEST(BarrierTest, OneThatDiesWaitingHoldsNobodyUp) {
  Barrier barrier(2);
  start_waiter(barrier).kill();
  EXPECT_EQ(barrier.wait_for(20s), 1u);
  EXPECT_THROW(Barrier(0), Error);
}

template <class L>
class ConditionTest : public ::testing::Test {};
using LocksToWaitWith = ::testing::Types<Lock, RLock>;
TYPED_TEST_SUITE(ConditionTest, LocksToWaitWith);

TYPED_TEST(ConditionTest, HandsItemsFromOneToOthers) {
  constexpr int kItems = 500;
  TypeParam lock;
  Condition condition;
  SharedArray<int> ready(1), taken(1);
  std::vector<Child> takers;
  for (int i = 0; i < 2; ++i)
    takers.emplace_back([&] {
      for (;;) {
        std::unique_lock guard(lock);
        if (!condition.wait_for(guard, kPatience,
                                [&] { return ready[0] > 0 || taken[0] == kItems; }))
          return false;
        if (taken[0] == kItems) return true;
        --ready[0];
        if (++taken[0] == kItems) condition.notify_all();
      }
    });
  for (int i = 0; i < kItems; ++i) {
    const std::scoped_lock guard(lock);
    ++ready[0];
    condition.notify_one();
  }
  for (Child& taker : takers) EXPECT_TRUE(taker.succeeded());
  EXPECT_EQ(taken[0], kItems);
}

TYPED_TEST(ConditionTest, AWaitEndsAtItsLimitWithTheLockHeld) {
  TypeParam lock;
  Condition condition;
  std::unique_lock guard(lock);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(condition.wait_for(guard, 200ms));
  EXPECT_FALSE(condition.wait_for(guard, 0ns, [] { return false; }));
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, 200ms);
  EXPECT_LE(waited, 450ms);
  EXPECT_TRUE(guard.owns_lock());
  Child other([&] { return !lock.try_lock(); });
  EXPECT_TRUE(other.succeeded());
}

TYPED_TEST(ConditionTest, AKilledWaiterTakesNoNoticeWithIt) {
  const OneCpu here;
  TypeParam lock;
  Condition condition;
  SharedArray<int> ready(1);
  const auto wait = [&] {
    std::unique_lock guard(lock);
    return condition.wait_for(guard, kPatience, [&] { return ready[0] == 1; });
  };
  Child victim = here.start_sleeper(wait);
  Child survivor = here.start_sleeper(wait);
  {
    const std::scoped_lock guard(lock);
    ready[0] = 1;
  }
  victim.signal(SIGKILL);
  condition.notify_one();
  EXPECT_TRUE(survivor.ends_within(2s));
  EXPECT_EQ(victim.ended_by(), SIGKILL);
}

}  // namespace
}  // namespace share::test
