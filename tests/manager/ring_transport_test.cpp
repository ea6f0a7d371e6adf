// Managers over shared memory: who comes in, what a client can do to the others, what is left.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/shm.hpp>
#include <string>
#include <vector>

#include "backends/src/manager/handover.hpp"
#include "backends/src/manager/ring.hpp"
#include "processes.hpp"
#include "requests.hpp"

namespace share::manager {
namespace {

using protocol::Operation;
using protocol::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A client that writes into its ring what it likes.
class RawClient {
 public:
  explicit RawClient(const std::string& address)
      : handover_(connect_to(parse_address(address).endpoint, address, seconds(5))),
        memory_(*reinterpret_cast<RingMemory*>(handover_.segment.data())),
        requests_(memory_.requests, memory_.request_bytes),
        answers_(memory_.answers, memory_.answer_bytes) {}

  RingMemory& memory() { return memory_; }
  void put(const Bytes& request) { requests_.put(request); }
  bool flush() { return requests_.flush(); }
  void ring() const { ring_bell(handover_.socket.get()); }
  /// The status of the next answer; Status{} when none comes in time.
  Status answer(milliseconds limit = seconds(10)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::span<const std::byte> found;
    while (answers_.next(found) != RingReader::Got::message) {
      if (std::chrono::steady_clock::now() > deadline) return Status{};
      requests_.flush();
      ring();
      ::usleep(100);
    }
    protocol::Header header;
    return protocol::read_header(found, header) ? static_cast<Status>(header.code) : Status{};
  }
  bool is_over() const {
    return test::becomes_true([this] { return closed(); });
  }

 private:
  bool closed() const {
    char byte = 0;
    return ::recv(handover_.socket.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  Handover handover_;
  RingMemory& memory_;
  RingWriter requests_;
  RingReader answers_;
};

class RingTransportTest : public ProcessTest {
 protected:
  RingTransportTest() { owner_.add_value<std::int64_t>("counter"); }

  void expect_serving() {
    Shm backend = Shm::open(owner_.address());
    auto counter = backend.value<std::int64_t>("counter");
    counter.store(1);
    EXPECT_EQ(counter.add(1), 1);
  }
  std::string address() const { return owner_.address(); }

  Shm::Owner owner_ = Shm::create({});
};

TEST_F(RingTransportTest, GarbageIsAnsweredAsMalformed) {
  RawClient client(address());
  client.put(Bytes(10, std::byte{7}));
  EXPECT_EQ(client.answer(), Status::malformed);
  client.put(request_bytes(Operation::ping, 0, {}));
  EXPECT_EQ(client.answer(), Status::ok);
  client.put(request_bytes(99, 0, {}));
  EXPECT_EQ(client.answer(), Status::no_such_operation);
  expect_serving();
}

TEST_F(RingTransportTest, WhoScribblesOverItsRingIsSentAwayAndNobodyElse) {
  for (const std::uint64_t position : {std::uint64_t{3}, kRingBytes + 8, ~std::uint64_t{7}}) {
    RawClient client(address());
    ::usleep(20'000);  // the server sleeps by now: it must see it all the same
    client.memory().requests.written.bytes = position;
    client.ring();
    EXPECT_TRUE(client.is_over()) << position;
  }
  RawClient empty(address());
  empty.memory().requests.written.bytes = 8;  // a length of 0
  empty.ring();
  EXPECT_TRUE(empty.is_over());
  expect_serving();
}

TEST_F(RingTransportTest, FlagsThatAClientTurnsKeepOnlyItselfWaiting) {
  RawClient client(address());
  client.memory().server_sleeps.word = 0;
  client.memory().answers_wait.word = 7;
  client.memory().client_sleeps.word = 9;
  client.memory().waiting = 99;
  client.put(request_bytes(Operation::ping, 0, {}));
  expect_serving();
  EXPECT_EQ(client.answer(), Status::ok);
}

TEST_F(RingTransportTest, AClientThatNeverReadsStopsNobody) {
  RawClient flood(address());
  const Bytes ping = request_bytes(Operation::ping, 0, {});
  // Its answers fill their ring, and then its requests theirs: the server reads no more of them.
  for (int unread = 0; unread < 20;) {
    if (flood.flush()) {
      unread = 0;
      flood.put(ping);
    } else {
      ++unread;
      flood.ring();
      ::usleep(10'000);
    }
  }
  expect_serving();
  // Once it reads, everything goes on.
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(flood.answer(), Status::ok) << i;
  EXPECT_TRUE(test::becomes_true([&] {
    flood.ring();
    return flood.flush();
  }));
}

TEST_F(RingTransportTest, BellsOfOneDoNotKeepTheServerFromOthers) {
  RawClient ringer(address());
  for (int i = 0; i < 100'000; ++i) ringer.ring();
  expect_serving();
}

TEST_F(RingTransportTest, LongMessagesPassWithoutASlice) {
  // In parts, each of which must wake whoever sleeps: one that is missed costs a slice of 50 ms.
  constexpr std::size_t kSize = 1 << 17;  // elements; a message of 1 MiB, sixteen rings
  auto owner = ShmBlock::create({});
  owner.add_array<double>("a", kSize);
  ShmBlock backend = ShmBlock::open(owner.address());
  auto array = backend.array<double>("a", kSize);
  std::vector<double> sent(kSize, 1.5), found(kSize);
  int slow = 0;
  for (int round = 0; round < 10; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    array.write(0, sent);
    array.read(0, found);
    slow += std::chrono::steady_clock::now() - begin > milliseconds(400) ? 1 : 0;
    ASSERT_EQ(found, sent);
  }
  EXPECT_LT(slow, 8) << "thirty-two parts in slices would take 1.6 s";
}

TEST_F(RingTransportTest, AHalfSentMessageOfADeadClientIsNothing) {
  Child victim([&] {
    RawClient client(address());
    client.put(Bytes(5 * kRingBytes, std::byte{1}));
    client.ring();
    ::raise(SIGKILL);
    return true;
  });
  EXPECT_FALSE(victim.succeeded());
  expect_serving();
}

TEST_F(RingTransportTest, ASecondServerAtTheNameIsRefused) {
  ServerProcessOptions options;
  options.transport = Transport::shm;
  options.endpoint = parse_address(address()).endpoint;
  EXPECT_THROW(ServerProcess second(options), AddressInUse);
  expect_serving();
}

TEST_F(RingTransportTest, NothingIsLeftOfTheName) {
  std::string name;
  {
    auto owner = Shm::create({});
    name = shm_name(parse_address(owner.address()).endpoint);
    EXPECT_TRUE(abstract_socket_exists(name));
  }
  EXPECT_FALSE(abstract_socket_exists(name));
}

TEST_F(RingTransportTest, AServerThatIsGoneCannotBeOpenedWithoutItsProcessEither) {
  auto owner = Shm::create({});
  Address other_host = parse_address(owner.address());
  other_host.server.reset();
  Shm backend = Shm::open(format_address(other_host));
  auto remote = Shm::Owner(std::move(owner));
  remote.add_value<std::int64_t>("v");
  auto value = backend.value<std::int64_t>("v");
  ProcessWatch::of(remote.server_pids().front()).send(SIGKILL);
  // Without the number of its process in the address it is missed by its socket.
  EXPECT_THROW(for (;;) value.add(1), ServerGone);
  EXPECT_THROW(Shm::open(format_address(other_host)), ServerGone);
}

TEST_F(RingTransportTest, OtherUsersAreKeptOut) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to become another user";
  Child other([&] {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
      return false;
    try {
      Connection connection(address(), milliseconds(500));
    } catch (const ConnectionRefused&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(other.succeeded());
  expect_serving();
}

TEST_F(ProcessTest, MoreRingsThanDescriptorsAreTurnedAway) {
  constexpr rlim_t kDescriptors = 256;
  SharedText address, done;
  Child owner([&] {
    const rlimit few{kDescriptors, kDescriptors};
    if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return false;
    auto own = Shm::create({});
    own.add_value<std::int64_t>("counter");
    address.set(own.address());
    return done.get() == "done" && !test::has_ended(own.server_pids().front());
  });
  const std::string where = address.get();
  Shm steady = Shm::open(where);
  auto counter = steady.value<std::int64_t>("counter");
  std::size_t turned_away = 0;
  {
    std::vector<Connection> crowd;
    for (rlim_t i = 0; i < kDescriptors / 2; ++i) {
      try {
        crowd.emplace_back(where, milliseconds(30));
      } catch (const CallRefused& error) {
        EXPECT_NE(std::string(error.what()).find("too many connections"), std::string::npos);
        ++turned_away;
      }
      counter.add(1);
    }
    EXPECT_EQ(crowd.size(), kDescriptors / 4 - 1);
    EXPECT_EQ(crowd.size() + turned_away, kDescriptors / 2);
  }
  Shm late = Shm::open(where);  // comes in again once the crowd has gone
  EXPECT_EQ(late.value<std::int64_t>("counter").load(), kDescriptors / 2);
  done.set("done");
  EXPECT_TRUE(owner.succeeded());
}

TEST(Waiting, HasNames) {
  for (const Waiting waiting : {Waiting::spin, Waiting::spin_then_block, Waiting::block})
    EXPECT_EQ(parse_waiting(name_of(waiting)), waiting);
  EXPECT_THROW(parse_waiting("sleep"), BadAddress);
}

}  // namespace
}  // namespace share::manager
