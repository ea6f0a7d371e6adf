// Calls that are sent again, with real servers: one that is stopped for longer than a call may
// take, and connections that break when the answer is on its way.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <share/core/descriptor.hpp>
#include <share/core/error.hpp>
#include <thread>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;

template <class B>
class Retries : public ProcessTest {
 protected:
  Retries() {
    owner_.template add_value<std::int64_t>("c");
    owner_.add_list("l");
    owner_.add_queue("q");
  }
  /// Stops the server, and lets it go on after a while.
  std::jthread pause_server(milliseconds pause) {
    const pid_t server = owner_.server_pids().front();
    ::kill(server, SIGSTOP);
    return std::jthread([server, pause] {
      std::this_thread::sleep_for(pause);
      ::kill(server, SIGCONT);
    });
  }
  typename B::Owner owner_ = B::create({});
};

TYPED_TEST_SUITE(Retries, Transports);

TYPED_TEST(Retries, AStoppedServerAppliesEachCallOnce) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("c");
  RemoteList list = backend.list("l");
  backend.set_retries(1000);
  backend.set_timeout(milliseconds(60));
  for (std::int64_t i = 0; i < 5; ++i) {
    std::jthread pause = this->pause_server(milliseconds(250));
    EXPECT_EQ(counter.add(1), i);
    pause.join();
    pause = this->pause_server(milliseconds(150));
    list.append(i);
    pause.join();
  }
  EXPECT_EQ(counter.load(), 5);
  EXPECT_EQ(list.copy(), (Datum::List{0, 1, 2, 3, 4}));
}

TYPED_TEST(Retries, ReferencesAreCountedHoweverOftenTheyAreTold) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteList list = backend.list("l");
  for (int i = 0; i < 2; ++i) list.append(backend.template new_object<RemoteDict>());
  backend.set_retries(1000);
  backend.set_timeout(milliseconds(60));
  Datum taken;
  {
    std::jthread pause = this->pause_server(milliseconds(250));
    taken = list.get(0);
    taken = Datum();
  }
  taken = list.pop();
  RemoteDict dict = backend.dict(taken);
  EXPECT_EQ(list.size(), 1);
  EXPECT_EQ(dict.size(), 0) << "it is still there";
  EXPECT_EQ(dict.references().clients, 1u);
}

TYPED_TEST(Retries, WithoutThemTheOutcomeIsTheCallersBusiness) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto counter = backend.template value<std::int64_t>("c");
  backend.set_timeout(milliseconds(60));
  std::jthread pause = this->pause_server(milliseconds(250));
  try {
    counter.add(1);
    ADD_FAILURE() << "no answer could come";
  } catch (const CallTimedOut& error) {
    EXPECT_EQ(error.applied(), RemoteError::Applied::maybe);
  }
  pause.join();
  EXPECT_THROW(backend.set_retries(-1), Error);
  EXPECT_THROW(backend.set_retries(1001), Error);
}

TYPED_TEST(Retries, AWaitingCallIsOneCall) {
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteQueue queue = backend.queue("q");
  queue.put("one");
  queue.put("two");
  backend.set_retries(1000);
  backend.set_timeout(milliseconds(60));
  for (const char* item : {"one", "two"}) {
    std::jthread pause = this->pause_server(milliseconds(250));
    EXPECT_EQ(queue.get_for(milliseconds(20)), Datum(item)) << "taken once, though asked for often";
    pause.join();
  }
  EXPECT_EQ(queue.size(), 0);
}

/// Passes on what a client and a server on 127.0.0.1 say to each other, over one connection after
/// the other, until it is told to swallow an answer: then it breaks the connection instead.
class Relay {
 public:
  explicit Relay(std::uint16_t server_port) : server_port_(server_port) {
    listener_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    stop_ = true;
    thread_.join();
  }
  std::uint16_t port() const { return port_; }
  void swallow_next_answer() { swallow_ = true; }
  int swallowed() const { return swallowed_; }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void run() {
    while (!stop_) {
      pollfd waiting{listener_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 10) <= 0) continue;
      const Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const Descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      const sockaddr_in address = loopback(server_port_);
      if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0) {
        continue;
      }
      while (!stop_ && pass_on(client.get(), server.get())) {
      }
    }
  }
  bool pass_on(int client, int server) {
    std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), 10) <= 0) return true;
    if (both[0].revents != 0 && !copy(client, server)) return false;
    if (both[1].revents == 0) return true;
    if (swallow_.exchange(false)) {
      ++swallowed_;
      return false;
    }
    return copy(server, client);
  }
  static bool copy(int from, int to) {
    std::array<char, 4096> bytes;
    const ssize_t size = ::recv(from, bytes.data(), bytes.size(), 0);
    return size > 0 &&
           ::send(to, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
  }

  std::uint16_t server_port_, port_ = 0;
  Descriptor listener_;
  std::atomic<bool> stop_{false}, swallow_{false};
  std::atomic<int> swallowed_{0};
  std::thread thread_;
};

TEST_F(ProcessTest, AConnectionThatBreaksWithTheAnswerCostsNothing) {
  Tcp::Owner owner = Tcp::create({});
  owner.add_value<std::int64_t>("c");
  Address address = parse_address(owner.address());
  const std::size_t colon = address.endpoint.rfind(':');
  Relay relay(static_cast<std::uint16_t>(std::stoi(address.endpoint.substr(colon + 1))));
  address.endpoint = "tcp://127.0.0.1:" + std::to_string(relay.port());
  Tcp backend = Tcp::open(format_address(address));
  auto counter = backend.value<std::int64_t>("c");
  backend.set_retries(100);
  backend.set_timeout(milliseconds(300));
  for (std::int64_t i = 0; i < 4; ++i) {
    relay.swallow_next_answer();
    EXPECT_EQ(counter.add(1), i);
    EXPECT_EQ(relay.swallowed(), i + 1);
  }
  EXPECT_EQ(Tcp::open(owner.address()).value<std::int64_t>("c").load(), 4);
}

}  // namespace
}  // namespace share::manager
