// Many operations in one message: what is carried out, what is refused, who sees what between.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/ipc.hpp>
#include <string>
#include <vector>

#include "processes.hpp"
#include "waiting_calls.hpp"

namespace share::manager {
namespace {

constexpr int kLoad = 6, kStore = 7, kAdd = 8, kCall = 13;

class Batches : public WaitingCalls {
 protected:
  Batches() {
    const auto made = [&](Operation operation, const std::vector<json>& arguments) {
      return handle(dispatcher_, operation, 0, arguments).object;
    };
    counter_ = made(Operation::create_value, {"counter", "q"});
    real_ = made(Operation::create_value, {"real", "d"});
    list_ = made(Operation::create_object, {"list", "list"});
  }
  Answer batch(const std::vector<json>& values) {
    return handle(dispatcher_, request_bytes(Operation::batch, 0, values), "A");
  }
  json counter() { return handle(dispatcher_, Operation::load, counter_, {}).results.at(0); }

  std::uint64_t counter_ = 0, real_ = 0, list_ = 0;
};

TEST_F(Batches, OperationsAreCarriedOutInOrder) {
  const Answer answer = batch({6,        kStore,   counter_, 5,
                               kAdd,     counter_, -2,       kLoad,
                               counter_, kAdd,     real_,    0.5,
                               kCall,    list_,    "append", json::array({"x"}),
                               kCall,    list_,    "len",    json::array()});
  EXPECT_EQ(answer.status, Status::ok);
  EXPECT_EQ(answer.results, (std::vector<json>{6, 128, 5, 3, 0.0, nullptr, 1}));
  EXPECT_EQ(batch({0}).results, (std::vector<json>{0, 128}));
}

TEST_F(Batches, ItStopsAtTheFirstThatIsRefused) {
  const auto stops = [&](const std::vector<json>& values, Status status) {
    const Answer answer = batch(values);
    EXPECT_EQ(answer.status, Status::ok);
    EXPECT_EQ(answer.results.at(0), 1);
    EXPECT_EQ(answer.results.at(1), static_cast<int>(status));
    EXPECT_EQ(answer.results.size(), 3U);
  };
  stops({3, kAdd, counter_, 1, kAdd, counter_, 1.5, kAdd, counter_, 1}, Status::wrong_type);
  stops({3, kAdd, counter_, 1, kAdd, 4711, 1, kAdd, counter_, 1}, Status::no_such_object);
  stops({2, kAdd, counter_, 1, kAdd, list_, 1}, Status::wrong_type);
  stops({2, kAdd, counter_, 1, kCall, counter_, "len", json::array()}, Status::wrong_type);
  stops({2, kAdd, counter_, 1, kCall, list_, "pop", json::array()}, Status::out_of_range);
  stops({2, kAdd, counter_, 1, kCall, list_, "fly", json::array()}, Status::no_such_method);
  EXPECT_EQ(counter(), 6);
}

TEST_F(Batches, OneThatIsNotWellFormedChangesNothing) {
  EXPECT_EQ(batch({}).status, Status::malformed);
  EXPECT_EQ(batch({"two"}).status, Status::malformed);
  EXPECT_EQ(batch({2, kAdd, counter_, 1}).status, Status::malformed);
  EXPECT_EQ(batch({1, kAdd, counter_, 1, 1}).status, Status::malformed);
  EXPECT_EQ(batch({2, kAdd, counter_, 1, kAdd, counter_}).status, Status::malformed);
  EXPECT_EQ(batch({2, kAdd, counter_, 1, 1, 0}).status, Status::no_such_operation);
  EXPECT_EQ(batch({2, kAdd, counter_, 1, 8 + 256, counter_, 1}).status, Status::no_such_operation);
  EXPECT_EQ(batch({UINT64_MAX, kAdd, counter_, 1}).status, Status::malformed);
  EXPECT_EQ(counter(), 0);
}

TEST_F(Batches, NothingWaitsInABatch) {
  make("lock");
  call("B", "acquire", {0});
  EXPECT_EQ(batch({1, kCall, object_, "acquire", json::array({kSecond})}).results,
            (std::vector<json>{1, 128, 0}));
  make("queue");
  EXPECT_EQ(batch({1, kCall, object_, "get", json::array({kSecond})}).results,
            (std::vector<json>{0, static_cast<int>(Status::empty)}));
  EXPECT_FALSE(dispatcher_.next_deadline());
}

TEST_F(Batches, ResultsThatMightNotFitEndIt) {
  make("list");
  const std::string item(300'000, 'x');
  ASSERT_EQ(call("A", "append", {item}).status, Status::ok);
  std::vector<json> values = {8};
  for (int i = 0; i < 8; ++i) {
    for (const json& value : {json(kCall), json(object_), json("get"), json::array({0})})
      values.push_back(value);
  }
  const Answer answer = batch(values);
  const int applied = answer.results.at(0);
  EXPECT_GT(applied, 2);
  EXPECT_LT(applied, 8);
  EXPECT_EQ(answer.results.at(1), static_cast<int>(Status::too_large));
  EXPECT_EQ(answer.results.size(), 2U + static_cast<unsigned>(applied));
}

class RemoteBatches : public ProcessTest {};

TEST_F(RemoteBatches, NobodySeesAStateBetween) {
  auto owner = Ipc::create({});
  owner.add_value<std::int64_t>("a");
  owner.add_value<std::int64_t>("b");
  SharedArray<std::atomic<int>> done(1);
  Child mover([&] {
    Ipc backend = Ipc::open(owner.address());
    auto a = backend.value<std::int64_t>("a"), b = backend.value<std::int64_t>("b");
    for (int i = 0; i < 1000; ++i) {
      RemoteBatch batch = backend.batch();
      for (int k = 0; k < 20; ++k) {
        batch.add(a, std::int64_t{1});
        batch.add(b, std::int64_t{-1});
      }
      batch.run();
    }
    done[0] = 1;
    return true;
  });
  Ipc backend = Ipc::open(owner.address());
  auto a = backend.value<std::int64_t>("a"), b = backend.value<std::int64_t>("b");
  RemoteBatch batch = backend.batch();
  do {
    batch.load(a);
    batch.load(b);
    BatchResults results = batch.run();
    const auto first = results.next_element<std::int64_t>();
    ASSERT_EQ(first + results.next_element<std::int64_t>(), 0);
    ASSERT_EQ(first % 20, 0);
  } while (done[0] == 0);
  EXPECT_TRUE(mover.succeeded());
  EXPECT_EQ(a.load(), 20'000);
}

TEST_F(RemoteBatches, ErrorsSayWhichCallWasRefused) {
  auto owner = Ipc::create({});
  owner.add_value<std::int64_t>("a");
  owner.add_list("l");
  Ipc backend = Ipc::open(owner.address());
  auto a = backend.value<std::int64_t>("a");
  RemoteList list = backend.list("l");
  RemoteBatch batch = backend.batch();
  batch.store(a, std::int64_t{7});
  batch.call(list, "append", {"item"});
  batch.call(list, "get", {5});
  batch.add(a, std::int64_t{1});
  EXPECT_EQ(batch.size(), 4U);
  try {
    batch.run();
    FAIL() << "carried out";
  } catch (const BatchStopped& error) {
    EXPECT_EQ(error.applied_calls(), 2U);
    EXPECT_NE(std::string(error.what()).find("out of range"), std::string::npos) << error.what();
  }
  EXPECT_EQ(batch.size(), 0U);
  batch.load(a);
  batch.call(list, "pop");
  BatchResults results = batch.run();
  EXPECT_EQ(results.next_element<std::int64_t>(), 7);
  EXPECT_EQ(results.next(), Datum("item"));
}

}  // namespace
}  // namespace share::manager
