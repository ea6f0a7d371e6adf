// Many calls in flight: all are carried out, in order, and every answer finds its call.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <share/core/error.hpp>
#include <vector>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

template <class B>
class Pipelines : public ProcessTest {
 protected:
  Pipelines() {
    owner_.template add_value<std::int64_t>("counter");
    owner_.add_list("list");
  }
  typename B::Owner owner_ = B::create({});
};

TYPED_TEST_SUITE(Pipelines, Transports);

TYPED_TEST(Pipelines, EveryAnswerFindsItsCall) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  for (const std::size_t window : {1U, 7U, 1024U}) {
    counter.store(0);
    std::vector<std::int64_t> before(3000, -1);
    auto pipeline = backend.pipeline(window, [&](std::uint64_t call, msgpack::Reader results) {
      ASSERT_EQ(protocol::read_element(results, before.at(call)), protocol::Status::ok);
    });
    for (std::size_t i = 0; i < before.size(); ++i) {
      pipeline.add(counter, std::int64_t{1});
      EXPECT_LE(pipeline.in_flight(), window);
    }
    pipeline.finish();
    EXPECT_EQ(pipeline.in_flight(), 0U);
    for (std::size_t i = 0; i < before.size(); ++i)
      ASSERT_EQ(before[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(counter.load(), static_cast<std::int64_t>(before.size()));
  }
}

TYPED_TEST(Pipelines, ARefusalIsToldAtTheEndAndStopsNothing) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteList list = backend.list("list");
  auto pipeline = backend.pipeline(16);
  pipeline.call(list, "append", {1});
  pipeline.call(list, "remove", {"nothing like it"});
  pipeline.call(list, "get", {99});
  pipeline.call(list, "append", {2});
  EXPECT_THROW(list.size(), Error);  // not before the pipeline is finished
  EXPECT_THROW(pipeline.finish(), NoSuchItem);
  EXPECT_EQ(list.copy(), (Datum::List{1, 2}));
  pipeline.call(list, "append", {3});
  pipeline.finish();
  EXPECT_EQ(list.size(), 3);
}

TYPED_TEST(Pipelines, OneThatIsDroppedHasBeenCarriedOut) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  {
    auto pipeline = backend.pipeline(100);
    for (int i = 0; i < 100; ++i) pipeline.add(counter, std::int64_t{1});
  }
  EXPECT_EQ(counter.load(), 100);
  EXPECT_THROW(backend.pipeline(0), Error);
  EXPECT_THROW(backend.pipeline(kMaxWindow + 1), Error);
}

TYPED_TEST(Pipelines, AStoppedServerEndsItAtItsDeadline) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  const ProcessWatch server = ProcessWatch::of(this->owner_.server_pids().front());
  server.send(SIGSTOP);
  backend.set_timeout(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  {
    auto pipeline = backend.pipeline(8);
    for (int i = 0; i < 8; ++i) pipeline.add(counter, std::int64_t{1});
    EXPECT_THROW(pipeline.finish(), CallTimedOut);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100 + 250));
  server.send(SIGCONT);
  backend.set_timeout(kDefaultCallTimeout);
  EXPECT_EQ(counter.load(), 8);  // the late answers are dropped
}

TYPED_TEST(Pipelines, LateAnswersAreNotTakenForNewOnes) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  std::vector<std::int64_t> seen;
  auto pipeline = backend.pipeline(8, [&](std::uint64_t call, msgpack::Reader results) {
    std::int64_t before = -1;
    EXPECT_EQ(protocol::read_element(results, before), protocol::Status::ok);
    EXPECT_EQ(before, static_cast<std::int64_t>(call));
    seen.push_back(before);
  });
  const ProcessWatch server = ProcessWatch::of(this->owner_.server_pids().front());
  server.send(SIGSTOP);
  backend.set_timeout(std::chrono::milliseconds(50));
  for (int i = 0; i < 4; ++i) pipeline.add(counter, std::int64_t{1});
  EXPECT_THROW(pipeline.finish(), CallTimedOut);
  EXPECT_EQ(seen.size(), 0U);
  server.send(SIGCONT);
  backend.set_timeout(kDefaultCallTimeout);
  for (int i = 0; i < 4; ++i) pipeline.add(counter, std::int64_t{1});
  pipeline.finish();
  EXPECT_EQ(seen, (std::vector<std::int64_t>{4, 5, 6, 7}));
}

TYPED_TEST(Pipelines, AKilledServerEndsIt) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  auto pipeline = backend.pipeline(8);
  pipeline.add(counter, std::int64_t{1});
  ProcessWatch::of(this->owner_.server_pids().front()).send(SIGKILL);
  EXPECT_THROW(
      {
        for (int i = 0; i < 100; ++i) pipeline.add(counter, std::int64_t{1});
        pipeline.finish();
      },
      ServerGone);
}

TYPED_TEST(Pipelines, SeveralProcessesCountExactly) {
  constexpr int kClients = 3, kCalls = 5000;
  std::vector<Child> children;
  for (int p = 0; p < kClients; ++p) {
    children.emplace_back([&] {
      TypeParam backend = TypeParam::open(this->owner_.address());
      auto counter = backend.template value<std::int64_t>("counter");
      auto pipeline = backend.pipeline(64);
      for (int i = 0; i < kCalls; ++i) pipeline.add(counter, std::int64_t{1});
      pipeline.finish();
      return true;
    });
  }
  for (Child& child : children) EXPECT_TRUE(child.succeeded());
  TypeParam backend = TypeParam::open(this->owner_.address());
  EXPECT_EQ(backend.template value<std::int64_t>("counter").load(), kClients * kCalls);
}

}  // namespace
}  // namespace share::manager
