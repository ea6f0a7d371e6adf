// Requests that are sent again, as the dispatcher answers for them: applied at most once.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "waiting_calls.hpp"

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;
using protocol::Status;

class RetriesTest : public WaitingCalls {
 protected:
  RetriesTest() {
    counter_ =
        handle(dispatcher_, request_bytes(Operation::create_value, 0, {"c", "q"}), "B").object;
  }
  Answer send(std::string_view client, Operation operation, std::uint64_t object,
              const std::vector<json>& arguments, std::uint64_t number) {
    return handle(dispatcher_,
                  request_bytes(static_cast<std::uint8_t>(operation), object, arguments, number),
                  client);
  }
  Answer send_again(std::string_view client, Operation operation, std::uint64_t object,
                    std::vector<json> arguments, std::uint64_t number) {
    arguments.insert(arguments.begin(), static_cast<int>(operation));
    return send(client, Operation::again, object, arguments, number);
  }
  void remember(std::string_view client, std::uint64_t number = 1) {
    EXPECT_EQ(send(client, Operation::remember, 0, {}, number).status, Status::ok);
  }
  json value() { return send("B", Operation::load, counter_, {}, 1).results.at(0); }

  std::uint64_t counter_ = 0;
};

TEST_F(RetriesTest, WhatWasAppliedIsAnsweredAgain) {
  remember("A");
  send("A", Operation::store, counter_, {5}, 2);
  const Answer first = send("A", Operation::add, counter_, {1}, 3);
  EXPECT_EQ(first.results, std::vector<json>{5});
  for (int times = 0; times < 3; ++times) {
    const Answer again = send_again("A", Operation::add, counter_, {1}, 3);
    EXPECT_EQ(again.status, Status::ok);
    EXPECT_EQ(again.request, 3u);
    EXPECT_EQ(again.object, counter_);
    EXPECT_EQ(again.results, first.results);
  }
  EXPECT_EQ(value(), 6);
  // Refusals too.
  EXPECT_EQ(send("A", Operation::add, counter_, {0.5}, 4).status, Status::wrong_type);
  EXPECT_EQ(send_again("A", Operation::add, counter_, {0.5}, 4).status, Status::wrong_type);
}

TEST_F(RetriesTest, WhatNeverArrivedIsAppliedAndItsLateOriginalIsNot) {
  remember("A");
  EXPECT_EQ(send_again("A", Operation::add, counter_, {1}, 2).results, std::vector<json>{0});
  EXPECT_EQ(send("A", Operation::add, counter_, {1}, 2).status, Status::waiting) << "ignored";
  EXPECT_EQ(value(), 1);
}

TEST_F(RetriesTest, ReplayedFramesAreIgnored) {
  remember("A");
  std::vector<Bytes> frames;
  for (std::uint64_t number = 2; number < 100; ++number) {
    frames.push_back(
        request_bytes(static_cast<std::uint8_t>(Operation::add), counter_, {1}, number));
    EXPECT_EQ(handle(dispatcher_, frames.back(), "A").status, Status::ok);
  }
  for (const Bytes& frame : frames) {
    EXPECT_EQ(handle(dispatcher_, frame, "A").status, Status::waiting);
  }
  EXPECT_EQ(value(), 98);
  EXPECT_EQ(send("A", Operation::add, counter_, {1}, 100).status, Status::ok);
}

TEST_F(RetriesTest, NobodyKnowsOfAClientThatDidNotAsk) {
  send("A", Operation::add, counter_, {1}, 2);
  EXPECT_EQ(send_again("A", Operation::add, counter_, {1}, 2).status, Status::outcome_unknown);
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(send("a stranger", Operation::remember, 0, {}, 1).status, Status::not_greeted);
  EXPECT_EQ(send("A", Operation::remember, 0, {1}, 3).status, Status::malformed);
}

TEST_F(RetriesTest, ACallThatWaitsGoesOnWaiting) {
  make("queue");
  remember("A");
  EXPECT_EQ(send("A", Operation::call, object_, {"get", json::array({kSecond})}, 2).status,
            Status::waiting);
  EXPECT_EQ(send_again("A", Operation::call, object_, {"get", json::array({kSecond})}, 2).status,
            Status::waiting);
  EXPECT_EQ(call("B", "put", {"item", 0}).status, Status::ok);
  expect_answer("A", 2, "item");
  expect_nothing();
  EXPECT_EQ(send_again("A", Operation::call, object_, {"get", json::array({kSecond})}, 2).results,
            std::vector<json>{"item"});
  EXPECT_EQ(send("A", Operation::call, object_, {"confirm", json::array({2})}, 3).status,
            Status::ok);
  EXPECT_EQ(result(call("B", "len")), 0);
}

TEST_F(RetriesTest, ItSurvivesTheConnectionButNotTheProcess) {
  remember("A");
  remember("B");
  send("A", Operation::add, counter_, {1}, 2);
  send("B", Operation::add, counter_, {1}, 2);
  dispatcher_.client_gone(dispatcher_.clients().number_of("A"));
  EXPECT_EQ(send_again("A", Operation::add, counter_, {1}, 2).results, std::vector<json>{0});
  EXPECT_EQ(send("A", Operation::add, counter_, {1}, 3).results, std::vector<json>{2});
  EXPECT_EQ(send_again("A", Operation::add, counter_, {1}, 3).results, std::vector<json>{2});
  const std::size_t room = dispatcher_.free_bytes();
  end("B");
  EXPECT_GT(dispatcher_.free_bytes(), room);
  EXPECT_EQ(send_again("B", Operation::add, counter_, {1}, 2).status, Status::not_greeted);
  dispatcher_.clients().forget("B");
  EXPECT_EQ(send_again("B", Operation::add, counter_, {1}, 2).status, Status::outcome_unknown);
  EXPECT_EQ(send("C", Operation::load, counter_, {}, 5).results, std::vector<json>{3});
}

TEST_F(RetriesTest, WhatWentWithTheConnectionIsNotGivenAgain) {
  make("lock");
  remember("A");
  EXPECT_EQ(send("A", Operation::call, object_, {"acquire", json::array({0})}, 2).status,
            Status::ok);
  dispatcher_.client_gone(dispatcher_.clients().number_of("A"));
  EXPECT_EQ(result(call("B", "acquire", {0})), 3) << "it is free, and its holder has died";
  EXPECT_EQ(send_again("A", Operation::call, object_, {"acquire", json::array({0})}, 2).status,
            Status::outcome_unknown);
  greet("A");
  EXPECT_EQ(result(send("A", Operation::call, object_, {"acquire", json::array({0})}, 3)), 0);
}

TEST_F(RetriesTest, WhatWaitedWhenTheConnectionEndedNeverHappened) {
  make("lock");
  remember("A");
  EXPECT_EQ(result(call("B", "acquire", {0})), 1);
  const std::vector<json> acquire = {"acquire", json::array({kSecond})};
  EXPECT_EQ(send("A", Operation::call, object_, acquire, 2).status, Status::waiting);
  dispatcher_.client_gone(dispatcher_.clients().number_of("A"));
  EXPECT_EQ(send_again("A", Operation::call, object_, acquire, 2).status, Status::not_greeted);
  greet("A");
  EXPECT_EQ(send_again("A", Operation::call, object_, acquire, 2).status, Status::waiting);
  EXPECT_EQ(send_again("A", Operation::call, object_, acquire, 2).status, Status::waiting);
  EXPECT_EQ(call("B", "release").status, Status::ok);
  expect_answer("A", 2, 1);
  expect_nothing();
}

TEST_F(RetriesTest, WhatWasAnsweredButNotSentIsNotDoneTwice) {
  make("queue", {1});
  remember("A");
  EXPECT_EQ(call("B", "put", {"first", 0}).status, Status::ok);
  const std::vector<json> put = {"put", json::array({"second", kSecond})};
  EXPECT_EQ(send("A", Operation::call, object_, put, 2).status, Status::waiting);
  const Answer first = call("B", "get", {0});
  EXPECT_EQ(result(first), "first");  // which lets A's item in
  dispatcher_.client_gone(dispatcher_.clients().number_of("A"));
  expect_nothing();
  greet("A");
  EXPECT_EQ(send_again("A", Operation::call, object_, put, 2).status, Status::outcome_unknown);
  EXPECT_EQ(result(call("B", "len")), 1);
}

TEST_F(RetriesTest, ACancelledCallGivesNothingWhenItIsSentAgain) {
  make("lock");
  remember("A");
  const std::vector<json> acquire = {"acquire", json::array({0})};
  EXPECT_EQ(result(send("A", Operation::call, object_, acquire, 2)), 1);
  tell("A", Operation::cancel, 2);
  EXPECT_EQ(result(call("B", "acquire", {0})), 1);
  EXPECT_EQ(send_again("A", Operation::call, object_, acquire, 2).status, Status::outcome_unknown);
}

TEST_F(RetriesTest, AGreetingIsAlwaysAnswered) {
  remember("A", 50);
  EXPECT_EQ(send("A", Operation::hello, 0, {}, 1).status, Status::ok);
  EXPECT_EQ(send("A", Operation::hello, 0, {}, 0).status, Status::ok);
  EXPECT_EQ(send("A", Operation::add, counter_, {1}, 51).status, Status::ok);
  EXPECT_EQ(send("A", Operation::again, counter_, {}, 51).status, Status::malformed);
  EXPECT_EQ(send_again("A", Operation::add, counter_, {1}, 51).results, std::vector<json>{0})
      << "the malformed one is not remembered instead";
}

TEST_F(RetriesTest, WhatIsRememberedTakesRoomAndGivesItBack) {
  const std::size_t room = dispatcher_.free_bytes();
  make("list");
  const std::string item(100'000, 'x');
  call("B", "append", {item});
  const std::size_t before = dispatcher_.free_bytes();
  remember("A");
  const Answer answer = send("A", Operation::call, object_, {"get", json::array({0})}, 2);
  EXPECT_LT(dispatcher_.free_bytes(), before - item.size());
  EXPECT_EQ(send_again("A", Operation::call, object_, {"get", json::array({0})}, 2).results,
            answer.results);
  EXPECT_EQ(send("A", Operation::ping, 0, {}, 3).status, Status::ok);
  EXPECT_GT(dispatcher_.free_bytes(), before - 10'000);
  EXPECT_EQ(send("A", Operation::leave, 0, {}, 3).status, Status::waiting);
  EXPECT_EQ(dispatcher_.free_bytes(), before);
  EXPECT_LT(before, room);
}

TEST_F(RetriesTest, AnAnswerThatFindsNoRoomIsNotRemembered) {
  make("list");
  remember("A");
  const std::string item(200'000, 'x');
  while (call("B", "append", {item}).status == Status::ok) {
  }
  EXPECT_EQ(send("A", Operation::call, object_, {"pop", json::array()}, 2).status, Status::ok);
  while (call("B", "append", {item}).status == Status::ok) {
  }
  while (call("B", "append", {1}).status == Status::ok) {
  }
  send("A", Operation::call, object_, {"get", json::array({0})}, 3);
  EXPECT_EQ(send_again("A", Operation::call, object_, {"get", json::array({0})}, 3).status,
            Status::ok)
      << "it takes the place of the one before";
  EXPECT_EQ(send("A", Operation::ping, 0, {}, 4).status, Status::ok);
  while (call("B", "append", {item}).status == Status::ok) {
  }
  while (call("B", "append", {1}).status == Status::ok) {
  }
  EXPECT_EQ(send("A", Operation::call, object_, {"pop", json::array({0})}, 5).status, Status::ok)
      << "popped, so there is room";
  while (call("B", "append", {1}).status == Status::ok) {
  }
  EXPECT_EQ(send("A", Operation::ping, 0, {}, 6).status, Status::ok);
  while (call("B", "append", {std::string(10'000, 'y')}).status == Status::ok) {
  }
  EXPECT_EQ(send("A", Operation::call, object_, {"get", json::array({0})}, 7).status, Status::ok);
  EXPECT_EQ(send_again("A", Operation::call, object_, {"get", json::array({0})}, 7).status,
            Status::outcome_unknown);
}

TEST_F(RetriesTest, ClientsWhoseConnectionHasEndedAreRememberedUpToALimit) {
  const std::size_t room = dispatcher_.free_bytes();
  const auto name = [](int i) { return "client " + std::to_string(i); };
  constexpr int kClients = 1025;
  for (int i = 0; i < kClients; ++i) {
    greet(name(i));
    remember(name(i));
    send(name(i), Operation::add, counter_, {1}, 2);
    dispatcher_.client_gone(dispatcher_.clients().number_of(name(i)));
  }
  EXPECT_EQ(send_again(name(0), Operation::add, counter_, {1}, 2).status, Status::outcome_unknown);
  EXPECT_EQ(send_again(name(1), Operation::add, counter_, {1}, 2).results, std::vector<json>{1});
  // One that greets anew is among the living again.
  greet(name(1));
  remember(name(1), 3);
  for (int i = kClients; i < 2 * kClients; ++i) {
    greet(name(i));
    remember(name(i));
    dispatcher_.client_gone(dispatcher_.clients().number_of(name(i)));
  }
  send(name(1), Operation::add, counter_, {1}, 4);
  EXPECT_EQ(send_again(name(1), Operation::add, counter_, {1}, 4).status, Status::ok);
  EXPECT_EQ(value(), kClients + 1);
  for (int i = 0; i < 2 * kClients; ++i) send(name(i), Operation::leave, 0, {}, 5);
  EXPECT_EQ(dispatcher_.free_bytes(), room);
}

TEST_F(RetriesTest, WhoSpeaksWithoutGreetingIsStillOneWhoseConnectionHasEnded) {
  const std::size_t room = dispatcher_.free_bytes();
  remember("A");
  dispatcher_.client_gone(dispatcher_.clients().number_of("A"));
  EXPECT_EQ(send("A", Operation::ping, 0, {}, 2).status, Status::ok);
  for (int i = 0; i < 1024; ++i) {
    const std::string name = "client " + std::to_string(i);
    greet(name);
    remember(name);
    dispatcher_.client_gone(dispatcher_.clients().number_of(name));
  }
  EXPECT_EQ(send_again("A", Operation::ping, 0, {}, 2).status, Status::outcome_unknown);
  for (int i = 0; i < 1024; ++i) {
    send("client " + std::to_string(i), Operation::leave, 0, {}, 5);
  }
  EXPECT_EQ(dispatcher_.free_bytes(), room);
}

TEST_F(RetriesTest, WhatIsNoOperationCannotBeSentAgain) {
  remember("A");
  EXPECT_EQ(send("A", Operation::again, counter_, {}, 2).status, Status::malformed);
  EXPECT_EQ(send("A", Operation::again, counter_, {"add", 1}, 2).status, Status::malformed);
  EXPECT_EQ(send_again("A", Operation::again, counter_, {8, 1}, 2).status,
            Status::no_such_operation);
  EXPECT_EQ(send("A", Operation::again, counter_, {1000, 1}, 3).status, Status::no_such_operation);
  EXPECT_EQ(value(), 0);
}

}  // namespace
}  // namespace share::manager
