// Locks, semaphores and conditions of a server, without processes: who gets what, and when.
#include "waiting_calls.hpp"

namespace share::manager {
namespace {

using protocol::Operation;
using protocol::Status;

class LocksTest : public WaitingCalls {};

TEST_F(LocksTest, ALockGoesFromOneToTheNextInOrder) {
  make("lock");
  EXPECT_EQ(result(call("A", "acquire", {kSecond})), 1);
  EXPECT_EQ(call("B", "acquire", {kSecond}).status, Status::waiting);
  const auto b = last();
  EXPECT_EQ(call("C", "acquire", {kSecond}).status, Status::waiting);
  const auto c = last();
  expect_nothing();
  EXPECT_EQ(call("A", "release").status, Status::ok);
  expect_answer("B", b, 1);
  expect_nothing();
  EXPECT_EQ(call("A", "release").status, Status::not_held);
  EXPECT_EQ(call("B", "release").status, Status::ok);
  expect_answer("C", c, 1);
  EXPECT_EQ(call("C", "release").status, Status::ok);
  EXPECT_EQ(result(call("A", "acquire", {0})), 1);
}

TEST_F(LocksTest, AWaitEndsAtItsDeadline) {
  make("lock");
  call("A", "acquire", {0});
  EXPECT_EQ(result(call("B", "acquire", {0})), 0);
  EXPECT_EQ(call("B", "acquire", {1}).status, Status::waiting);
  const auto b = last();
  EXPECT_TRUE(dispatcher_.next_deadline());
  let_time_pass();
  expect_answer("B", b, 0);
  EXPECT_FALSE(dispatcher_.next_deadline());
  EXPECT_EQ(call("A", "release").status, Status::ok);
  expect_nothing();  // B does not wait any more
}

TEST_F(LocksTest, ALockOfADeadHolderGoesToTheNextWhoIsTold) {
  make("lock");
  call("A", "acquire", {0});
  call("B", "acquire", {kSecond});
  const auto b = last();
  end("A");
  expect_answer("B", b, 3);
  call("B", "release");
  EXPECT_EQ(result(call("C", "acquire", {0})), 1);  // told once
  call("C", "release");
  call("B", "acquire", {0});
  end("B");
  EXPECT_EQ(result(call("C", "acquire", {0})), 3);  // nobody was waiting
}

TEST_F(LocksTest, AWaiterThatEndsIsPassedOver) {
  make("lock");
  call("A", "acquire", {0});
  call("B", "acquire", {kSecond});
  call("C", "acquire", {kSecond});
  const auto c = last();
  end("B");
  call("A", "release");
  expect_answer("C", c, 1);
  expect_nothing();
}

TEST_F(LocksTest, AnAcquisitionThatIsGivenUpIsUndone) {
  make("lock");
  call("A", "acquire", {0});
  const auto a = last();
  call("B", "acquire", {kSecond});
  const auto b = last();
  call("C", "acquire", {kSecond});
  const auto c = last();
  tell("B", Operation::cancel, b);  // while it waits
  tell("A", Operation::cancel, a);  // when it has it
  expect_answer("C", c, 1);
  expect_nothing();
  tell("C", Operation::cancel, 4711);  // no such request
  tell("B", Operation::cancel, c);     // another's
  EXPECT_EQ(call("C", "release").status, Status::ok);
}

TEST_F(LocksTest, ACancelOfAnotherObjectsCallChangesNothing) {
  make("event");
  const std::uint64_t event = object_;
  make("lock");
  call("A", "acquire", {0});
  call("B", "acquire", {kSecond});
  const auto b = last();
  const std::uint64_t lock = std::exchange(object_, event);
  tell("B", Operation::cancel, b);
  object_ = lock;
  call("A", "release");
  expect_answer("B", b, 1);
}

TEST_F(LocksTest, ADeadClientsLateRequestsChangeNothing) {
  make("dict");
  end("A");
  EXPECT_EQ(call("A", "set", {"k", 1}).status, Status::not_greeted);
  EXPECT_EQ(handle(dispatcher_, request_bytes(Operation::hello, 0, {}), "A").status,
            Status::not_greeted);
  EXPECT_EQ(result(call("B", "len")), 0);
  dispatcher_.clients().forget("A");  // the transport has nothing of it left: another one may come
  greet("A");
  EXPECT_EQ(call("A", "set", {"k", 1}).status, Status::ok);
}

TEST_F(LocksTest, AnRLockIsReleasedAsOftenAsItWasAcquired) {
  make("rlock");
  EXPECT_EQ(result(call("A", "acquire", {0})), 1);
  EXPECT_EQ(result(call("A", "acquire", {0})), 1);
  EXPECT_EQ(call("B", "acquire", {kSecond}).status, Status::waiting);
  const auto b = last();
  call("A", "release");
  expect_nothing();
  EXPECT_EQ(result(call("A", "holder")), 0);  // a process that nobody can see
  call("A", "release");
  expect_answer("B", b, 1);
  EXPECT_EQ(call("A", "release").status, Status::not_held);
}

TEST_F(LocksTest, OnlyThoseWhoGreetedHoldOrWait) {
  make("lock");
  EXPECT_EQ(call("a stranger", "acquire", {0}).status, Status::not_greeted);
  EXPECT_EQ(call("a stranger", "release").status, Status::not_held);
  EXPECT_EQ(result(call("a stranger", "holder")), json());
  EXPECT_EQ(call("A", "acquire", {-1}).status, Status::out_of_range);
  EXPECT_EQ(call("A", "acquire", {1.5}).status, Status::wrong_type);
  EXPECT_EQ(call("A", "acquire").status, Status::malformed);
  EXPECT_EQ(call("A", "acquire", {INT64_MAX}).status, Status::ok);
  tell("a stranger", Operation::cancel, last());
  tell("A", Operation::leave, 1);  // malformed: it has no argument
  EXPECT_EQ(call("A", "release").status, Status::ok);
  call("A", "acquire", {0});
  EXPECT_EQ(handle(dispatcher_, request_bytes(Operation::leave, 0, {}), "A").status,
            Status::waiting);
  EXPECT_EQ(result(call("B", "acquire", {0})), 3);
  EXPECT_EQ(call("A", "acquire", {0}).status, Status::not_greeted);
}

TEST_F(LocksTest, AClientMayOnlyHaveSoManyWaitingCalls) {
  make("lock");
  call("A", "acquire", {0});
  for (std::size_t i = 0; i < kMaxWaitsOfClient; ++i)
    ASSERT_EQ(call("B", "acquire", {kSecond}).status, Status::waiting);
  EXPECT_EQ(call("B", "acquire", {kSecond}).status, Status::too_large);
  EXPECT_EQ(call("C", "acquire", {kSecond}).status, Status::waiting);
  end("B");
  call("A", "release");
  EXPECT_EQ(answered()->first, "C");
}

TEST_F(LocksTest, ASemaphoreHasSoManyUnits) {
  make("semaphore", {2});
  EXPECT_EQ(result(call("A", "acquire", {0})), true);
  EXPECT_EQ(result(call("A", "acquire", {0})), true);
  EXPECT_EQ(result(call("B", "acquire", {0})), false);
  call("B", "acquire", {kSecond});
  const auto b = last();
  call("C", "acquire", {kSecond});
  const auto c = last();
  EXPECT_EQ(call("B", "release", {2}).status, Status::ok);  // not always by who acquired
  expect_answer("B", b, true);
  expect_answer("C", c, true);
  EXPECT_EQ(result(call("A", "value")), 0);
  EXPECT_EQ(call("A", "release", {0}).status, Status::out_of_range);
  EXPECT_EQ(call("A", "release", {"2"}).status, Status::wrong_type);
  EXPECT_EQ(call("A", "release", {5}).status, Status::ok);
  EXPECT_EQ(result(call("A", "value")), 5);
  EXPECT_EQ(call("A", "release", {INT64_MAX}).status, Status::out_of_range);
}

TEST_F(LocksTest, UnitsOfADeadClientComeBack) {
  make("bounded_semaphore", {3});
  call("A", "acquire", {0});
  call("A", "acquire", {0});
  call("B", "acquire", {0});
  call("C", "acquire", {kSecond});
  const auto c = last();
  end("A");
  expect_answer("C", c, true);
  EXPECT_EQ(result(call("B", "value")), 1);
  call("B", "acquire", {0});
  tell("B", Operation::cancel, last());
  EXPECT_EQ(result(call("B", "value")), 1);
  EXPECT_EQ(call("B", "release").status, Status::ok);
  EXPECT_EQ(call("C", "release").status, Status::ok);
  EXPECT_EQ(call("C", "release").status, Status::not_held);
  EXPECT_EQ(result(call("B", "value")), 3);
}

TEST_F(LocksTest, AConditionWakesThoseWhoWaitAndGivesThemTheLock) {
  make("condition");
  EXPECT_EQ(call("A", "wait", {kSecond}).status, Status::not_held);
  EXPECT_EQ(call("A", "notify").status, Status::not_held);
  call("A", "acquire", {0});
  call("A", "acquire", {0});
  EXPECT_EQ(call("A", "wait", {kSecond}).status, Status::waiting);  // gives both levels up
  const auto a = last();
  EXPECT_EQ(result(call("B", "acquire", {0})), 1);
  EXPECT_EQ(call("B", "wait", {kSecond}).status, Status::waiting);
  const auto b = last();
  EXPECT_EQ(result(call("C", "acquire", {0})), 1);
  EXPECT_EQ(result(call("C", "notify")), 1);
  expect_nothing();  // C still has the lock
  EXPECT_EQ(result(call("C", "notify_all")), 1);
  EXPECT_EQ(result(call("C", "notify_all")), 0);
  call("C", "release");
  expect_answer("A", a, 1);
  expect_nothing();
  call("A", "release");
  expect_nothing();  // one level is left
  call("A", "release");
  expect_answer("B", b, 1);
}

TEST_F(LocksTest, AWaitOnAConditionEndsWithTheLock) {
  make("condition");
  call("A", "acquire", {0});
  call("A", "wait", {kSecond});
  const auto a = last();
  call("B", "acquire", {0});
  call("C", "acquire", {kSecond});
  const auto c = last();
  let_time_pass();  // A's and C's
  expect_answer("C", c, 0);
  expect_nothing();  // A is answered when it has the lock again
  end("B");
  expect_answer("A", a, 2);  // no notification, and B died with the lock
  EXPECT_EQ(call("A", "release").status, Status::ok);
}

TEST_F(LocksTest, ANotificationOfOneWhoEndsGoesToTheNext) {
  for (const bool killed : {true, false}) {
    make("condition");
    call("A", "acquire", {0});
    call("A", "wait", {kSecond});
    const auto a = last();
    call("B", "acquire", {0});
    call("B", "wait", {kSecond});
    const auto b = last();
    call("C", "acquire", {0});
    EXPECT_EQ(result(call("C", "notify")), 1);  // A, who waits for the lock now
    if (killed) {
      end("A");
    } else {
      tell("A", Operation::cancel, a);
    }
    call("C", "release");
    expect_answer("B", b, 1);
    if (killed) {
      dispatcher_.clients().forget("A");
      greet("A");
    }
  }
}

TEST_F(LocksTest, AWaiterOfAConditionMayEndOrGiveUp) {
  make("condition");
  for (const char* client : {"A", "B"}) {
    call(client, "acquire", {0});
    call(client, "wait", {kSecond});
  }
  tell("B", Operation::cancel, last());
  end("A");
  call("C", "acquire", {0});
  EXPECT_EQ(result(call("C", "notify_all")), 0);
}

}  // namespace
}  // namespace share::manager
