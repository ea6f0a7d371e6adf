// What clients see when a server or another client is killed or stopped.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <share/core/error.hpp>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

template <class B>
class ManagerDeath : public ProcessTest {
 protected:
  ManagerDeath() { owner_.template add_value<std::int64_t>("counter"); }

  ProcessWatch server() const { return ProcessWatch::of(owner_.server_pids().front()); }

  typename B::Owner owner_ = B::create({});
};

TYPED_TEST_SUITE(ManagerDeath, AllTransports);

TYPED_TEST(ManagerDeath, AKilledServerIsNoticedInTheMiddleOfCalls) {
  SharedText calling;
  Child client([&] {
    TypeParam backend = TypeParam::open(this->owner_.address());
    auto counter = backend.template value<std::int64_t>("counter");
    counter.add(1);
    calling.set("yes");
    const auto deadline = Clock::now() + kPatience;
    try {
      while (Clock::now() < deadline) counter.add(1);
    } catch (const ServerGone&) {
      return true;
    }
    return false;
  });
  ASSERT_EQ(calling.get(), "yes");
  const ProcessWatch server = this->server();
  server.send(SIGKILL);
  ASSERT_TRUE(server.ends_within(kPatience));
  const auto killed = Clock::now();
  EXPECT_TRUE(client.succeeded());
  EXPECT_LT(Clock::now() - killed, std::chrono::seconds(1));
}

TYPED_TEST(ManagerDeath, AKilledServerMayHaveAppliedTheRequest) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  const ProcessWatch server = this->server();
  server.send(SIGKILL);
  ASSERT_TRUE(server.ends_within(kPatience));
  try {
    counter.add(1);
    FAIL() << "answered";
  } catch (const ServerGone& error) {
    EXPECT_EQ(error.address(), without_key(this->owner_.address()));
    EXPECT_EQ(error.operation(), "add");
    EXPECT_EQ(error.applied(), RemoteError::Applied::maybe);
  }
}

TYPED_TEST(ManagerDeath, ADeadServerCannotBeOpened) {
  const ProcessWatch server = this->server();
  server.send(SIGKILL);
  ASSERT_TRUE(server.ends_within(kPatience));
  try {
    TypeParam::open(this->owner_.address());
    FAIL() << "opened";
  } catch (const ServerGone& error) {
    EXPECT_EQ(error.applied(), RemoteError::Applied::no);
  }
}

TYPED_TEST(ManagerDeath, AnotherProcessUnderTheSameIdIsNotTheServer) {
  Address address = parse_address(this->owner_.address());
  address.server->start += 1;
  EXPECT_THROW(TypeParam::open(format_address(address)), ServerGone);
  address.server = {::getpid(), *process_start_time(::getpid())};
  EXPECT_THROW(TypeParam::open(format_address(address)), ServerGone);
}

TYPED_TEST(ManagerDeath, AStoppedServerTimesOutAndItsLateAnswersAreDropped) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("counter");
  counter.store(100);
  const ProcessWatch server = this->server();
  server.send(SIGSTOP);
  backend.set_timeout(milliseconds(120));
  for (int i = 0; i < 3; ++i) {
    try {
      counter.add(1);
      FAIL() << "answered";
    } catch (const CallTimedOut& error) {
      EXPECT_EQ(error.operation(), "add");
      EXPECT_EQ(error.applied(), RemoteError::Applied::maybe);
    }
  }
  server.send(SIGCONT);
  backend.set_timeout(kDefaultCallTimeout);
  EXPECT_EQ(counter.load(), 103);  // the three were applied, and none is taken for this answer
  EXPECT_EQ(counter.add(7), 103);
}

TYPED_TEST(ManagerDeath, AKilledClientDisturbsNobody) {
  const std::string address = this->owner_.address();
  Child steady([&] {
    TypeParam backend = TypeParam::open(address);
    auto counter = backend.template value<std::int64_t>("counter");
    for (int i = 0; i < 3000; ++i) counter.add(1'000'000);
    return true;
  });
  for (int i = 0; i < 5; ++i) {
    SharedText calling;
    Child victim([&] {
      TypeParam backend = TypeParam::open(address);
      auto counter = backend.template value<std::int64_t>("counter");
      calling.set("yes");
      for (;;) counter.add(1);
      return true;
    });
    EXPECT_EQ(calling.get(), "yes");
    ::usleep(2000);
    victim.kill();
  }
  EXPECT_TRUE(steady.succeeded());
  TypeParam backend = TypeParam::open(address);
  EXPECT_GE(backend.template value<std::int64_t>("counter").load(), 3'000'000'000);
}

TYPED_TEST(ManagerDeath, SignalsDoNotDisturbACall) {
  SharedText calling;
  Child client([&] {
    struct sigaction action {};
    action.sa_handler = [](int) {};  // without SA_RESTART: interrupts whatever waits
    ::sigaction(SIGUSR1, &action, nullptr);
    TypeParam backend = TypeParam::open(this->owner_.address());
    auto counter = backend.template value<std::int64_t>("counter");
    calling.set("yes");
    for (int i = 0; i < 2000; ++i) counter.add(1);
    return counter.load() == 2000;
  });
  ASSERT_EQ(calling.get(), "yes");
  const ProcessWatch watch = ProcessWatch::of(client.pid());
  for (int i = 0; i < 500 && !watch.ends_within(milliseconds(1)); ++i) watch.send(SIGUSR1);
  EXPECT_TRUE(client.succeeded());
}

}  // namespace
}  // namespace share::manager
