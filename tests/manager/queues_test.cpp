// Queues, events and barriers of a server, without processes.
#include <functional>

#include "waiting_calls.hpp"

namespace share::manager {
namespace {

using protocol::Operation;
using protocol::Status;

class QueuesTest : public WaitingCalls {
 protected:
  void put(const json& item) { ASSERT_EQ(call("A", "put", {item, 0}).status, Status::ok); }
  void confirm(std::string_view client, std::uint64_t get) {
    EXPECT_EQ(call(client, "confirm", {get}).status, Status::ok);
  }
  /// What it gets at once, and confirms.
  json get(std::string_view client) {
    const Answer answer = call(client, "get", {0});
    confirm(client, answer.request);
    return result(answer);
  }
  std::size_t room() {
    // How large an item still goes in tells what is free.
    std::size_t low = 0, high = 1 << 20;
    while (low < high) {
      const std::size_t middle = (low + high + 1) / 2;
      if (call("A", "put", {std::string(middle, 'x'), 0}).status == Status::ok) {
        get("A");
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
};

TEST_F(QueuesTest, ItemsComeOutAsTheyWentIn) {
  make("queue");
  for (const json& item : {json(1), json("two"), json::array({3, nullptr})}) put(item);
  EXPECT_EQ(result(call("B", "len")), 3);
  EXPECT_EQ(get("B"), 1);
  EXPECT_EQ(get("C"), "two");
  EXPECT_EQ(get("B"), json::array({3, nullptr}));
  EXPECT_EQ(call("B", "get", {0}).status, Status::empty);
  EXPECT_EQ(call("B", "task_done").status, Status::no_such_method);
}

TEST_F(QueuesTest, WhoWaitsGetsTheNextItemInOrder) {
  make("queue");
  call("B", "get", {kSecond});
  const auto b = last();
  call("C", "get", {kSecond});
  const auto c = last();
  put(1);
  expect_answer("B", b, 1);
  put(2);
  expect_answer("C", c, 2);
  call("B", "get", {kSecond});
  const auto late = last();
  let_time_pass();
  expect_refusal("B", late, Status::empty);
}

TEST_F(QueuesTest, AFullQueueLetsThoseWaitWhoPut) {
  make("queue", {1});
  EXPECT_EQ(result(call("A", "maxsize")), 1);
  put(1);
  EXPECT_EQ(call("A", "put", {2, 0}).status, Status::full);
  EXPECT_EQ(call("A", "put", {2, kSecond}).status, Status::waiting);
  const auto a = last();
  EXPECT_EQ(call("B", "put", {3, kSecond}).status, Status::waiting);
  const auto b = last();
  EXPECT_EQ(get("C"), 1);
  expect_answer("A", a, json());
  let_time_pass();
  expect_refusal("B", b, Status::full);
  EXPECT_EQ(get("C"), 2);
  EXPECT_EQ(call("C", "get", {0}).status, Status::empty);
}

TEST_F(QueuesTest, AnItemThatDidNotArriveGoesBackToTheFront) {
  make("queue");
  for (int i = 1; i <= 4; ++i) put(i);
  EXPECT_EQ(result(call("B", "get", {0})), 1);
  EXPECT_EQ(result(call("B", "get", {0})), 2);
  EXPECT_EQ(result(call("C", "get", {0})), 3);
  tell("C", Operation::cancel, last());
  EXPECT_EQ(get("C"), 3);
  end("B");
  EXPECT_EQ(get("C"), 1);
  EXPECT_EQ(get("C"), 2);
  EXPECT_EQ(get("C"), 4);
}

TEST_F(QueuesTest, AnItemOfADeadTakerGoesToOneWhoWaits) {
  make("queue");
  put(1);
  call("B", "get", {0});
  call("C", "get", {kSecond});
  const auto c = last();
  end("B");
  expect_answer("C", c, 1);
  confirm("C", c);
  EXPECT_EQ(call("C", "confirm", {c}).status, Status::no_such_item);
  EXPECT_EQ(call("A", "confirm", {"c"}).status, Status::wrong_type);
  end("C");
  EXPECT_EQ(call("A", "get", {0}).status, Status::empty);  // it had arrived
}

TEST_F(QueuesTest, MemoryIsGivenBackHoweverItemsLeave) {
  make("queue", {2});
  const std::size_t at_first = room();
  put("a");
  call("B", "get", {0});
  tell("B", Operation::cancel, last());
  EXPECT_EQ(get("C"), "a");
  put("a");
  put("b");
  call("B", "put", {"c", kSecond});
  call("B", "put", {"d", kSecond});
  tell("B", Operation::cancel, last());
  end("B");
  call("C", "put", {"e", kSecond});
  let_time_pass();
  expect_refusal("C", last(), Status::full);
  EXPECT_EQ(call("C", "put", {"e", 0}).status, Status::full);
  EXPECT_EQ(get("C"), "a");
  EXPECT_EQ(get("C"), "b");
  EXPECT_EQ(room(), at_first);
}

TEST_F(QueuesTest, AClosedQueueIsEmptiedAndThenRefuses) {
  make("queue", {1});
  put(1);
  call("A", "put", {2, kSecond});
  const auto a = last();
  EXPECT_EQ(call("B", "close").status, Status::ok);
  expect_refusal("A", a, Status::closed);
  EXPECT_EQ(call("A", "put", {2, kSecond}).status, Status::closed);
  EXPECT_EQ(get("C"), 1);
  EXPECT_EQ(call("C", "get", {kSecond}).status, Status::closed);
  make("queue");
  call("C", "get", {kSecond});
  const auto c = last();
  call("A", "close");
  expect_refusal("C", c, Status::closed);
}

TEST_F(QueuesTest, AClosedQueueWaitsForItemsThatMayComeBack) {
  for (const bool killed : {true, false}) {
    make("queue");
    put(1);
    call("B", "get", {0});
    const auto b = last();
    call("A", "close");
    EXPECT_EQ(call("C", "get", {kSecond}).status, Status::waiting);
    const auto c = last();
    if (killed) {
      end("B");
      expect_answer("C", c, 1);
      dispatcher_.clients().forget("B");
      greet("B");
    } else {
      confirm("B", b);
      expect_refusal("C", c, Status::closed);
    }
  }
}

TEST_F(QueuesTest, JoinWaitsUntilAllIsDone) {
  make("joinable_queue");
  EXPECT_EQ(result(call("A", "join", {0})), true);
  EXPECT_EQ(call("A", "task_done").status, Status::not_held);
  put(1);
  put(2);
  EXPECT_EQ(result(call("A", "join", {0})), false);
  call("A", "join", {kSecond});
  const auto a = last();
  get("B");
  get("B");
  call("B", "task_done");
  expect_nothing();
  call("B", "task_done");
  expect_answer("A", a, true);
  put(3);
  call("A", "join", {1});
  let_time_pass();
  expect_answer("A", last(), false);
}

TEST_F(QueuesTest, BadArgumentsAreRefused) {
  EXPECT_EQ(make("queue", {-1}), Status::out_of_range);
  EXPECT_EQ(make("queue", {"1"}), Status::wrong_type);
  EXPECT_EQ(make("queue", {1, 2}), Status::malformed);
  EXPECT_EQ(make("barrier"), Status::malformed);
  EXPECT_EQ(make("barrier", {0}), Status::out_of_range);
  EXPECT_EQ(make("semaphore", {-1}), Status::out_of_range);
  EXPECT_EQ(make("list", {1}), Status::malformed);
  EXPECT_EQ(make("heap"), Status::wrong_type);
  make("queue");
  EXPECT_EQ(call("A", "put", {1}).status, Status::malformed);
  EXPECT_EQ(call("A", "put", {1, -1}).status, Status::out_of_range);
  EXPECT_EQ(call("a stranger", "get", {0}).status, Status::not_greeted);
}

TEST_F(QueuesTest, AnEventLetsAllGoOn) {
  make("event");
  EXPECT_EQ(result(call("A", "wait", {0})), false);
  call("A", "wait", {kSecond});
  const auto a = last();
  call("B", "wait", {kSecond});
  const auto b = last();
  EXPECT_EQ(call("C", "set").status, Status::ok);
  expect_answer("A", a, true);
  expect_answer("B", b, true);
  EXPECT_EQ(result(call("A", "wait", {kSecond})), true);
  EXPECT_EQ(result(call("A", "is_set")), true);
  call("C", "clear");
  call("A", "wait", {kSecond});
  let_time_pass();
  expect_answer("A", last(), false);
}

TEST_F(QueuesTest, ABarrierGivesEachItsPlace) {
  make("barrier", {3});
  for (int round = 0; round < 2; ++round) {
    call("A", "wait", {kSecond});
    const auto a = last();
    call("B", "wait", {kSecond});
    const auto b = last();
    EXPECT_EQ(result(call("C", "waiting")), 2);
    EXPECT_EQ(result(call("C", "wait", {kSecond})), 2);
    expect_answer("A", a, 0);
    expect_answer("B", b, 1);
  }
  EXPECT_EQ(result(call("A", "parties")), 3);
}

TEST_F(QueuesTest, ABarrierBreaksForAllAndIsResetForAll) {
  const std::vector<std::function<void()>> breaks = {
      [&] { let_time_pass(); },
      [&] {
        end("A");
        dispatcher_.clients().forget("A");
        greet("A");
      },
      [&] { call("C", "abort"); },
      [&] { EXPECT_EQ(call("C", "wait", {0}).status, Status::broken); },
  };
  for (const auto& break_it : breaks) {
    make("barrier", {4});
    call("A", "wait", {kSecond});
    call("B", "wait", {kSecond});
    const auto b = last();
    break_it();
    bool told = false;
    while (const auto next = answered()) {
      EXPECT_EQ(next->second.status, Status::broken);
      told = told || next->second.request == b;
    }
    EXPECT_TRUE(told);
    EXPECT_EQ(result(call("C", "broken")), true);
    EXPECT_EQ(call("C", "wait", {kSecond}).status, Status::broken);
    call("C", "reset");
    EXPECT_EQ(result(call("C", "broken")), false);
    EXPECT_EQ(call("C", "wait", {kSecond}).status, Status::waiting);
    const auto c = last();
    call("A", "reset");
    expect_refusal("C", c, Status::broken);
    EXPECT_EQ(result(call("C", "broken")), false);
  }
}

}  // namespace
}  // namespace share::manager
