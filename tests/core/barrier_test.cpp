#include <share/core/barrier.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using Outcome = Barrier::Outcome;

TEST(Barrier, LetsAllPassRoundAfterRound) {
  constexpr int kMembers = 4, kRounds = 200;
  SharedArray<Barrier> barrier(1);
  SharedArray<std::atomic<int>> inside(1);
  barrier[0].init(kMembers);
  std::vector<Child> members;
  for (int m = 0; m < kMembers; ++m)
    members.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        ++inside[0];
        if (barrier[0].wait(Deadline::after(kPatience)) != Outcome::passed) return false;
        if (inside[0].load() < (round + 1) * kMembers)
          return false;  // somebody was let through early
        if (barrier[0].wait(Deadline::after(kPatience)) != Outcome::passed) return false;
      }
      return true;
    });
  for (Child& member : members) EXPECT_TRUE(member.succeeded());
}

TEST(Barrier, AbortFreesTheWaitersAndStays) {
  SharedArray<Barrier> barrier(1);
  SharedArray<std::atomic<int>> waiting(1);
  barrier[0].init(2);
  Child waiter([&] {
    waiting[0] = 1;
    return barrier[0].wait(Deadline::after(kPatience)) == Outcome::aborted;
  });
  ASSERT_TRUE(becomes_true([&] { return waiting[0] == 1; }));
  barrier[0].abort();
  EXPECT_TRUE(waiter.succeeded());
  EXPECT_EQ(barrier[0].wait(Deadline::after(0ms)), Outcome::aborted);
}

TEST(Barrier, AMemberThatNeverComesIsATimeOutForTheOthers) {
  SharedArray<Barrier> barrier(1);
  barrier[0].init(2);
  Child dead([&] {
    ::kill(::getpid(), SIGKILL);
    return barrier[0].wait(Deadline::after(kPatience)) == Outcome::passed;
  });
  EXPECT_EQ(dead.ended_by(), SIGKILL);
  EXPECT_EQ(barrier[0].wait(Deadline::after(20ms)), Outcome::timed_out);
  EXPECT_TRUE(barrier[0].aborted());
}

}  // namespace
}  // namespace share::test
