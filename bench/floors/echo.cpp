#include "bench/floors/echo.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>
#include <share/core/error.hpp>
#include <share/manager/msgpack.hpp>
#include <share/manager/protocol.hpp>
#include <zmq.hpp>

namespace sharebench {
namespace {

constexpr int kReplyLimitMs = 5000;
// As the manager's: more may be in flight than libzmq's 1,000.
constexpr int kHighWaterMark = 4096;

void widen(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::sndhwm, kHighWaterMark);
  socket.set(zmq::sockopt::rcvhwm, kHighWaterMark);
}

std::string random_address() {
  std::uint64_t random[2];
  if (getrandom(random, sizeof random, 0) != sizeof random)
    throw share::SystemError("getrandom", "echo address", errno);
  return fmt::format("ipc://@sharebench-echo-{:016x}{:016x}", random[0], random[1]);
}

}  // namespace

struct EchoClient::Connection {
  explicit Connection(const std::string& address) : socket(context, zmq::socket_type::dealer) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, kReplyLimitMs);
    widen(socket);
    socket.connect(address);
    share::manager::protocol::encode_add<std::int64_t>(request, 1, 1, 1);
  }
  zmq::context_t context{1};
  zmq::socket_t socket;
  share::manager::msgpack::Writer request;
  zmq::message_t reply;
};

EchoClient::EchoClient(const std::string& address)
    : connection_(std::make_unique<Connection>(address)) {}
EchoClient::~EchoClient() = default;

void EchoClient::send() {
  const auto bytes = connection_->request.bytes();
  connection_->socket.send(zmq::const_buffer(bytes.data(), bytes.size()), zmq::send_flags::none);
}

void EchoClient::receive() {
  if (!connection_->socket.recv(connection_->reply))
    throw share::TimedOut("the echo server", std::chrono::milliseconds(kReplyLimitMs));
  if (connection_->reply.size() != connection_->request.size())
    throw share::Error("the echo server altered a message");
}

int serve_echo(int ready_descriptor) {
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::router);
  widen(socket);
  const std::string address = random_address();
  socket.bind(address);
  const std::string line = address + "\n";
  if (write(ready_descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    return 1;
  close(ready_descriptor);
  zmq::message_t identity, body;
  while (socket.recv(identity) && socket.recv(body)) {
    socket.send(identity, zmq::send_flags::sndmore);
    socket.send(body, zmq::send_flags::none);
  }
  return 0;
}

}  // namespace sharebench
