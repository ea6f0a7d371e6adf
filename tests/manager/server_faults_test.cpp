// A server that is killed or stopped at a certain moment of a call: before the call has been
// carried out, or after that and before its answer. A class of our own does it to its own process.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/registered.hpp>
#include <string>
#include <vector>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// What a wait may last beyond its limit.
constexpr milliseconds kStandstill(250);

class Fragile {
 public:
  std::int64_t add(std::int64_t amount) { return value_ += amount; }
  std::int64_t signal_then_add(std::int32_t signal, std::int64_t amount) {
    ::raise(signal);
    return add(amount);
  }
  std::int64_t add_then_signal(std::int32_t signal, std::int64_t amount) {
    add(amount);
    ::raise(signal);
    return value_;
  }

 private:
  std::int64_t value_ = 0;
};

void register_fragile() {
  static const bool once = [] {
    register_class<Fragile>("fragile", {method("add", &Fragile::add),
                                        method("signal_then_add", &Fragile::signal_then_add),
                                        method("add_then_signal", &Fragile::add_then_signal)});
    return true;
  }();
  static_cast<void>(once);
}

template <class B>
class ServerFaults : public ProcessTest {
 protected:
  ServerFaults() {
    register_fragile();
    owner_.emplace(B::create({}));
    owner_->add_object("object", "fragile");
    owner_->template add_value<std::int64_t>("counter");
  }
  RemoteObject object(B& backend) { return backend.object("object", "fragile"); }
  ProcessWatch server() const { return ProcessWatch::of(owner_->server_pids().front()); }
  B open() const { return B::open(owner_->address()); }

  std::optional<typename B::Owner> owner_;
};

TYPED_TEST_SUITE(ServerFaults, Transports);

TYPED_TEST(ServerFaults, KilledInTheMiddleOfACallItIsMissedAtOnce) {
  for (const char* when : {"signal_then_add", "add_then_signal"}) {
    auto owner = TypeParam::create({});
    owner.add_object("object", "fragile");
    TypeParam backend = TypeParam::open(owner.address());
    RemoteObject object = this->object(backend);
    const auto begin = Clock::now();
    try {
      object.call(when, {SIGKILL, 1});
      FAIL() << "answered";
    } catch (const ServerGone& error) {
      EXPECT_EQ(error.applied(), RemoteError::Applied::maybe);
      EXPECT_EQ(error.operation(), when);
    }
    EXPECT_LT(Clock::now() - begin, kStandstill);
    EXPECT_THROW(object.call("add", {1}), ServerGone);
  }
}

TYPED_TEST(ServerFaults, StoppedInTheMiddleOfACallItIsWaitedForUntilTheDeadlineAndAppliesOnce) {
  for (const char* when : {"signal_then_add", "add_then_signal"}) {
    TypeParam backend = this->open();
    RemoteObject object = this->object(backend);
    const std::int64_t before = object.call("add", {0}).template get<std::int64_t>();
    backend.set_timeout(milliseconds(300));
    auto begin = Clock::now();
    try {
      object.call(when, {SIGSTOP, 1});
      FAIL() << "answered";
    } catch (const CallTimedOut& error) {
      EXPECT_EQ(error.applied(), RemoteError::Applied::maybe);
    }
    EXPECT_LT(Clock::now() - begin, milliseconds(300) + kStandstill);
    begin = Clock::now();
    EXPECT_THROW(object.call("add", {10}), CallTimedOut);
    EXPECT_LT(Clock::now() - begin, milliseconds(300) + kStandstill);
    this->server().send(SIGCONT);
    backend.set_timeout(kDefaultCallTimeout);
    // Both were applied, once, and neither's late answer is taken for this one.
    EXPECT_EQ(object.call("add", {100}).template get<std::int64_t>(), before + 111);
  }
}

TYPED_TEST(ServerFaults, WhatWasAnsweredWasApplied) {
  // One adds until the server dies; the server's successor cannot tell, so a second client looks
  // while the first still adds.
  SharedArray<std::int64_t> acknowledged(1);
  Child adder([&] {
    try {
      TypeParam own = this->open();
      auto its_counter = own.template value<std::int64_t>("counter");
      for (;;) acknowledged[0] = its_counter.add(1) + 1;
    } catch (const ServerGone&) {
      return true;
    }
  });
  ASSERT_TRUE(test::becomes_true([&] { return acknowledged[0] > 0; }));
  TypeParam backend = this->open();  // after the fork: it may have threads
  auto counter = backend.template value<std::int64_t>("counter");
  for (int i = 0; i < 300; ++i) {
    const std::int64_t promised = acknowledged[0];
    ASSERT_GE(counter.load(), promised);
  }
  this->server().send(SIGKILL);
  EXPECT_TRUE(adder.succeeded());
}

TYPED_TEST(ServerFaults, AClientThatIsKilledInABatchLeavesAllOfItOrNothing) {
  constexpr std::int64_t kCalls = 500;
  for (int round = 0; round < 10; ++round) {
    SharedText running;
    Child victim([&] {
      TypeParam backend = this->open();
      auto counter = backend.template value<std::int64_t>("counter");
      RemoteBatch batch = backend.batch();
      for (bool first = true;; first = false) {
        for (std::int64_t i = 0; i < kCalls; ++i) batch.add(counter, std::int64_t{1});
        batch.run();
        if (first) running.set("yes");
      }
      return true;
    });
    ASSERT_EQ(running.get(), "yes");
    ::usleep(static_cast<useconds_t>(500 * round));
    victim.kill();
    TypeParam backend = this->open();
    ASSERT_EQ(backend.template value<std::int64_t>("counter").load() % kCalls, 0);
  }
}

}  // namespace
}  // namespace share::manager
