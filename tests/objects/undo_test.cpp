// Changes of many words that are made as a whole: by those who die in the middle, and by functions
// that throw.
#include <sys/wait.h>

#include <numeric>
#include <random>
#include <share/objects/undo.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

struct Account {
  std::int64_t left = 0, right = 0, changes = 0;
  bool whole() const { return left + right == 1'000; }
};

TEST(UndoTest, OneWhoDiesInTheMiddleHasChangedNothing) {
  UndoValue<Account> account({600, 400, 0});
  for (int round = 1; round <= 3; ++round) {
    Child victim([&] {
      account.update([](Account& a) {
        a.left -= 100;
        a.changes = 77;
        ::kill(::getpid(), SIGKILL);
        a.right += 100;
      });
      return true;
    });
    EXPECT_EQ(victim.ended_by(), SIGKILL);
    const Account found = account.load();
    EXPECT_EQ(found.left, 600);
    EXPECT_EQ(found.changes, 0);
    const std::scoped_lock guard(account);
    EXPECT_EQ(account.rollbacks(), static_cast<std::uint64_t>(round));
  }
}

TEST(UndoTest, OneWhoDiesInALockedSectionHasChangedNothing) {
  const std::string name = fresh_name();
  UndoArray<double> numbers = UndoArray<double>::create(name, 100);
  numbers.update(0, 100, [](std::span<double> x) { std::iota(x.begin(), x.end(), 0.0); });
  Child victim([&] {
    auto opened = UndoArray<double>::open("shm:" + name, 100);
    const std::scoped_lock guard(opened);
    for (double& x : opened.elements().first(60)) x = -1;
    ::kill(::getpid(), SIGKILL);
    return true;
  });
  EXPECT_EQ(victim.ended_by(), SIGKILL);
  std::vector<double> found(100), due(100);
  numbers.read(0, found);
  std::iota(due.begin(), due.end(), 0.0);
  EXPECT_EQ(found, due);
}

TEST(UndoTest, WhatWasDoneBeforeTheDeathStays) {
  UndoArray<std::int64_t> numbers(8);
  Child victim([&] {
    numbers.write(0, std::vector<std::int64_t>{1, 2, 3, 4});
    const std::scoped_lock guard(numbers);
    ::kill(::getpid(), SIGKILL);
    return true;
  });
  EXPECT_EQ(victim.ended_by(), SIGKILL);
  std::vector<std::int64_t> found(5);
  numbers.read(0, found);
  EXPECT_EQ(found, (std::vector<std::int64_t>{1, 2, 3, 4, 0}));
}

// It has a copy of the change that its parent makes, and must neither undo nor end that.
TEST(UndoTest, AChildOfTheOneWhoChangesItEndsNothing) {
  for (const bool throws : {true, false}) {
    UndoValue<Account> account({600, 400, 0});
    Child parent([&] {
      const pid_t self = ::getpid();
      const auto change = [&](Account& a) {
        a.left = 0;
        const pid_t child = ::fork();
        if (child == 0 && throws) throw std::runtime_error("in the child");
        if (child == 0) return;
        ::waitpid(child, nullptr, 0);
        if (a.left != 0) return;      // undone
        ::kill(::getpid(), SIGKILL);  // now it must be
      };
      try {
        account.update(change);
      } catch (const std::runtime_error&) {
      }
      if (::getpid() != self) ::_exit(0);  // the child, whichever way it came
      return true;
    });
    EXPECT_EQ(parent.ended_by(), SIGKILL);
    EXPECT_EQ(account.load().left, 600) << "the child has " << (throws ? "thrown" : "returned");
    EXPECT_THROW(account.unlock(), NotHeldHere);
  }
}

TEST(UndoTest, AFunctionThatThrowsHasChangedNothing) {
  UndoValue<Account> account({600, 400, 0});
  EXPECT_THROW(account.update([](Account& a) {
    a.left = 0;
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_TRUE(account.load().whole());
  const std::scoped_lock guard(account);
  EXPECT_EQ(account.rollbacks(), 0u) << "nobody died";
}

TEST(UndoTest, IsOpenedAsWhatItIs) {
  const std::string name = fresh_name();
  const auto made = UndoArray<double>::create(name, 4);
  EXPECT_EQ(UndoArray<double>::open("shm:" + name).size(), 4u);
  EXPECT_THROW(UndoArray<double>::open("shm:" + name, 5), TypeMismatch);
  EXPECT_THROW(UndoArray<float>::open("shm:" + name), TypeMismatch);
  EXPECT_THROW(UndoValue<double>::open("shm:" + name), TypeMismatch);
  UndoArray<double> local(4);
  EXPECT_THROW(local.write(3, std::vector<double>(2)), RangeError);
  EXPECT_THROW(local.update(5, 0, [](std::span<double>) {}), RangeError);
}

TEST(UndoTest, AStoppedOneKeepsIt) {
  UndoValue<Account> account({500, 500, 0});
  SharedArray<std::atomic<int>> held(1);
  Child holder([&] {
    account.update([&](Account& a) {
      a.left = 0;
      held[0] = 1;
      ::pause();
    });
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return held[0] == 1; }));
  holder.signal(SIGSTOP);
  EXPECT_FALSE(account.try_lock_for(20ms));
  EXPECT_FALSE(account.try_lock());
  holder.kill();
  EXPECT_TRUE(account.load().whole());
}

// Killed at random times, anywhere in a change or in undoing another's: what is found is always
// whole, and has every change that was acknowledged and at most one more of each who was killed.
TEST(UndoTest, KillsAtRandomTimesLeaveItWhole) {
  const int kills = kill_count();
  UndoValue<Account> account({600, 400, 0});
  SharedArray<std::atomic<std::int64_t>> acknowledged(1);
  std::mt19937 random(20261127);
  std::uniform_int_distribution<int> delay_us(0, 1'000);
  const auto change_often = [&] {
    for (std::int64_t by = 1;; by = by % 300 + 1) {
      account.update([&](Account& a) {
        a.left -= by;
        std::atomic_signal_fence(std::memory_order_seq_cst);  // really in steps
        ++a.changes;
        std::atomic_signal_fence(std::memory_order_seq_cst);
        a.right += by;
      });
      ++acknowledged[0];
    }
    return true;
  };
  for (int kill = 0; kill < kills; ++kill) {
    const std::int64_t before = acknowledged[0];
    Child first(change_often), second(change_often);  // each undoes what the other leaves
    ASSERT_TRUE(becomes_true([&] { return acknowledged[0] > before; }));
    ::usleep(static_cast<useconds_t>(delay_us(random)));
    first.kill();
    ::usleep(static_cast<useconds_t>(delay_us(random) / 8));
    second.kill();
    const Account found = account.load();
    ASSERT_TRUE(found.whole()) << found.left << " + " << found.right;
    ASSERT_GE(found.changes, acknowledged[0]);
    ASSERT_LE(found.changes, acknowledged[0] + 2);
    acknowledged[0] = found.changes;
  }
}

}  // namespace
}  // namespace share::test
