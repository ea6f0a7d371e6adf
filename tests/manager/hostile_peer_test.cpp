// Peers that do not keep to the protocol, over real sockets: the server goes on serving the others.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/ipc.hpp>
#include <share/manager/tcp.hpp>
#include <string>
#include <zmq.hpp>

#include "processes.hpp"
#include "requests.hpp"

namespace share::manager {
namespace {

using protocol::Operation;
using protocol::Status;

class HostilePeer : public ProcessTest {
 protected:
  HostilePeer() { owner_.add_value<std::int64_t>("counter"); }

  void expect_serving() {
    Tcp backend = Tcp::open(owner_.address());
    auto counter = backend.value<std::int64_t>("counter");
    counter.store(1);
    EXPECT_EQ(counter.add(1), 1);
  }

  std::string endpoint() const { return parse_address(owner_.address()).endpoint; }

  // Connects as somebody who has the address, which over tcp takes its key.
  void connect(zmq::socket_t& socket) const {
    const std::string key = parse_address(owner_.address()).key;
    std::array<char, 41> public_key{}, secret_key{};
    ASSERT_EQ(zmq_curve_keypair(public_key.data(), secret_key.data()), 0);
    socket.set(zmq::sockopt::curve_serverkey, key);
    socket.set(zmq::sockopt::curve_publickey, public_key.data());
    socket.set(zmq::sockopt::curve_secretkey, secret_key.data());
    socket.connect(endpoint());
  }

  // Sends the frames and returns the status of the answer.
  Status ask(zmq::socket_type type, const std::vector<Bytes>& frames) {
    zmq::context_t context(1);
    zmq::socket_t socket(context, type);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, 10'000);
    connect(socket);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      socket.send(zmq::buffer(frames[i]),
                  i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    zmq::message_t answer;
    protocol::Header header;
    if (!socket.recv(answer) ||
        !protocol::read_header({static_cast<const std::byte*>(answer.data()), answer.size()},
                               header)) {
      return Status{};
    }
    return static_cast<Status>(header.code);
  }

  Tcp::Owner owner_ = Tcp::create({});
};

TEST_F(HostilePeer, GarbageIsAnsweredAsMalformed) {
  EXPECT_EQ(ask(zmq::socket_type::dealer, {Bytes(10, std::byte{7})}), Status::malformed);
  EXPECT_EQ(ask(zmq::socket_type::dealer, {Bytes()}), Status::malformed);
  const Bytes ping = request_bytes(Operation::ping, 0, {});
  EXPECT_EQ(ask(zmq::socket_type::dealer, {ping}), Status::ok);
  EXPECT_EQ(ask(zmq::socket_type::dealer, {ping, ping}), Status::malformed);
  EXPECT_EQ(ask(zmq::socket_type::dealer, {ping, ping, ping}), Status::malformed);
  EXPECT_EQ(ask(zmq::socket_type::dealer, {request_bytes(99, 0, {})}), Status::no_such_operation);
  expect_serving();
}

TEST_F(HostilePeer, AnOversizeMessageIsNotTakenIn) {
  zmq::context_t context(1);
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo, 300);
  connect(socket);
  socket.send(zmq::buffer(Bytes(protocol::kMaxMessageBytes + 1)));
  zmq::message_t answer;
  EXPECT_FALSE(socket.recv(answer));
  expect_serving();
}

TEST_F(HostilePeer, AConnectionRefusesOversizeBeforeSending) {
  Connection connection(owner_.address());
  connection.begin(Operation::ping).binary_space(protocol::kMaxMessageBytes);
  try {
    static_cast<void>(connection.call());
    FAIL() << "sent";
  } catch (const CallRefused& error) {
    EXPECT_EQ(error.reason(), static_cast<int>(Status::too_large));
    EXPECT_EQ(error.applied(), RemoteError::Applied::no);
  }
  connection.begin(Operation::ping);
  EXPECT_TRUE(connection.call().at_end());
}

TEST_F(HostilePeer, NobodyComesInWithoutTheKey) {
  auto other = Tcp::create({});
  zmq::context_t context(1);
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo, 300);
  socket.connect(endpoint());
  socket.send(zmq::buffer(request_bytes(Operation::ping, 0, {})));
  zmq::message_t answer;
  EXPECT_FALSE(socket.recv(answer));

  Address address = parse_address(owner_.address());
  address.key = parse_address(other.address()).key;
  const auto open = [&] { Connection(format_address(address), std::chrono::milliseconds(500)); };
  EXPECT_THROW(open(), ConnectionRefused);
  expect_serving();
}

TEST_F(HostilePeer, BytesThatAreNotZeroMqDisturbNobody) {
  const Descriptor raw(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(endpoint().substr(endpoint().rfind(':') + 1))));
  ASSERT_EQ(::connect(raw.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server), 0);
  const std::string noise = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(::send(raw.get(), noise.data(), noise.size(), MSG_NOSIGNAL), ssize_t(noise.size()));
  expect_serving();
}

TEST_F(HostilePeer, APeerThatNeverReadsItsAnswersStopsNobody) {
  zmq::context_t context(1);
  zmq::socket_t flood(context, zmq::socket_type::dealer);
  flood.set(zmq::sockopt::linger, 0);
  flood.set(zmq::sockopt::sndtimeo, 1000);
  flood.set(zmq::sockopt::rcvhwm, 1);
  connect(flood);
  const Bytes ping = request_bytes(Operation::ping, 0, {});
  for (int i = 0; i < 20'000 && flood.send(zmq::buffer(ping)); ++i) {
  }
  expect_serving();
}

/// Whether the other side has ended the connection.
bool is_over(const Descriptor& raw) {
  std::array<char, 256> bytes;
  ssize_t size = 0;
  while ((size = ::recv(raw.get(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0) {
  }
  return size == 0 || errno != EAGAIN;
}

/// Connects without a word to an abstract name; invalid when nobody lets it in.
Descriptor connect_silently(const std::string& endpoint) {
  Descriptor raw(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un server{};
  server.sun_family = AF_UNIX;
  const std::string name = endpoint.substr(std::string_view("ipc://@").size());
  name.copy(server.sun_path + 1, sizeof server.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  for (int tries = 0; tries < 20; ++tries) {
    if (::connect(raw.get(), reinterpret_cast<const sockaddr*>(&server), size) == 0) return raw;
    if (errno != EAGAIN) break;
    ::usleep(1000);
  }
  return {};
}

TEST_F(ProcessTest, MoreConnectionsThanDescriptorsAreSurvived) {
  constexpr rlim_t kDescriptors = 256;
  SharedText address;
  SharedText done;
  Child owner([&] {
    const rlimit few{kDescriptors, kDescriptors};
    if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return false;
    auto own = Ipc::create({});
    own.add_value<std::int64_t>("counter");
    address.set(own.address());
    return done.get() == "done" && !test::has_ended(own.server_pids().front());
  });
  const std::string where = address.get();
  Ipc steady = Ipc::open(where);
  auto counter = steady.value<std::int64_t>("counter");
  {
    std::vector<Descriptor> crowd;
    for (rlim_t i = 0; i < 10 * kDescriptors; ++i) {
      Descriptor one = connect_silently(parse_address(where).endpoint);
      if (one) crowd.push_back(std::move(one));
      if (i % 100 == 0) counter.add(1);
    }
    EXPECT_TRUE(test::becomes_true([&] {
      return std::ranges::count_if(crowd, [](const Descriptor& d) { return !is_over(d); }) <
             static_cast<std::ptrdiff_t>(kDescriptors);
    }));
    counter.add(1);
  }
  counter.add(1);
  Ipc late = Ipc::open(where);  // comes in again once the crowd has gone
  EXPECT_EQ(late.value<std::int64_t>("counter").load(), 28);
  done.set("done");
  EXPECT_TRUE(owner.succeeded());
}

TEST_F(ProcessTest, OtherUsersAreKeptOutOfIpc) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to become another user";
  auto owner = Ipc::create({});
  const std::string address = owner.address();
  const auto open = [&address] {
    Connection connection(address, std::chrono::milliseconds(500));
    return true;
  };
  Child same(open);
  EXPECT_TRUE(same.succeeded());
  Child other([&] {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
      return false;
    try {
      open();
    } catch (const CallTimedOut&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(other.succeeded());
}

}  // namespace
}  // namespace share::manager
