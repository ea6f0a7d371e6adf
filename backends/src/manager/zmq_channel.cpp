#include "zmq_channel.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <share/core/error.hpp>

namespace share::manager {
namespace {

// By this the server knows the client, also after the connection broke and was made again. Random,
// so that nobody can take another's place; the first byte is any but 0, which ZeroMQ keeps for
// itself.
std::array<char, 16> random_identity() {
  std::array<char, 16> identity;
  if (::getrandom(identity.data(), identity.size(), 0) != static_cast<ssize_t>(identity.size())) {
    throw SystemError("getrandom", "a client's identity", errno);
  }
  identity[0] = 'c';
  return identity;
}

zmq::socket_t identified_socket(zmq::context_t& context, const std::string& server_key) {
  zmq::socket_t socket = client_socket(context);
  if (!server_key.empty()) encrypt_as_client(socket, server_key);
  const std::array<char, 16> identity = random_identity();
  socket.set(zmq::sockopt::routing_id, zmq::const_buffer(identity.data(), identity.size()));
  return socket;
}

}  // namespace

ZmqChannel::ZmqChannel(const Address& address, const std::string& shown)
    : shown_(shown), context_(1), socket_(identified_socket(context_, address.key)) {
  check_socket_folder(address.endpoint);
  if (!address.key.empty()) handshake_.emplace(context_, socket_);
  if (zmq_connect(socket_.handle(), address.endpoint.c_str()) != 0) {
    throw SystemError("zmq_connect", shown, zmq_errno());
  }
}

// The plain C calls: an error number is an ordinary outcome of a slice, not an exception.
Channel::Outcome ZmqChannel::send(std::span<const std::byte> message) {
  if (zmq_send(socket_.handle(), message.data(), message.size(), 0) >= 0) return Outcome::done;
  return after(zmq_errno(), "zmq_send");
}

bool ZmqChannel::try_send(std::span<const std::byte> message) noexcept {
  return zmq_send(socket_.handle(), message.data(), message.size(), ZMQ_DONTWAIT) >= 0;
}

Channel::Outcome ZmqChannel::receive(std::span<const std::byte>& message) {
  if (zmq_msg_recv(received_.handle(), socket_.handle(), 0) < 0) {
    return after(zmq_errno(), "zmq_msg_recv");
  }
  message = {static_cast<const std::byte*>(received_.data()), received_.size()};
  return Outcome::done;
}

Channel::Outcome ZmqChannel::after(int error, const char* call) const {
  if (error == EAGAIN) return Outcome::slice_passed;
  if (error == EINTR) return Outcome::interrupted;
  throw SystemError(call, shown_, error);
}

}  // namespace share::manager
