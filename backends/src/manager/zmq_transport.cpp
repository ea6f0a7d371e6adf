#include "zmq_transport.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>

namespace share::manager {
namespace {

// Requests answered before the loop looks at its other descriptors again.
constexpr int kBurst = 256;

// Null for an endpoint that is no file.
std::unique_ptr<SocketFile> take_socket_file(const std::string& endpoint) {
  ::umask(077);
  const std::string path = socket_path(endpoint);
  if (path.empty()) return nullptr;
  return std::make_unique<SocketFile>(path);
}

// Over ipc the kernel says which user comes and which process ends; over tcp everybody can come,
// so there it takes the key, and a host may vanish without a word.
zmq::socket_t bound_socket(zmq::context_t& context, const ServerOptions& options,
                           std::string& key) {
  const std::string& endpoint = options.endpoint;
  const bool tcp = endpoint.starts_with("tcp://");
  zmq::socket_t socket = server_socket(context);
  if (tcp || options.encrypt) key = encrypt_as_server(socket);
  if (tcp) ask_for_life(socket, options.heartbeat);
  if (zmq_bind(socket.handle(), endpoint.c_str()) != 0) {
    const int error = zmq_errno();
    if (error == EADDRINUSE) throw AddressInUse(endpoint);
    throw SystemError("zmq_bind", endpoint, error);
  }
  return socket;
}

// The plain C calls, because here an error number is an ordinary outcome, not an exception.
bool receive(zmq::socket_t& from, zmq::message_t& message) {
  for (;;) {
    if (zmq_msg_recv(message.handle(), from.handle(), ZMQ_DONTWAIT) >= 0) return true;
    if (zmq_errno() == EAGAIN) return false;
    if (zmq_errno() != EINTR) throw zmq::error_t();
  }
}

}  // namespace

ZmqTransport::ZmqTransport(const ServerOptions& options)
    : file_(take_socket_file(options.endpoint)),
      context_(1),
      clients_(bound_socket(context_, options, key_)),
      connections_(context_, clients_) {}

// ZeroMQ's descriptor is readable when its state has changed, not while messages wait: so serve()
// takes messages until there are none, and only then the loop may sleep.
std::vector<int> ZmqTransport::descriptors() {
  return {clients_.get(zmq::sockopt::fd), connections_.descriptor()};
}

bool ZmqTransport::serve(Handler& handler) {
  for (int i = 0; i < kBurst; ++i) {
    if (!receive(clients_, peer_)) return false;
    answer_client(handler);
  }
  return true;
}

void ZmqTransport::answer_client(Handler& handler) {
  if (!peer_.more() || !receive(clients_, request_)) return;
  std::size_t size = request_.size();
  while (request_.more() && receive(clients_, request_)) size = 0;  // too many: malformed
  const std::string_view identity = peer_.to_string_view();
  if (handler.handle(identity, {static_cast<const std::byte*>(request_.data()), size}, reply_)) {
    send(identity, reply_.bytes());
  }
  handler.send_waiting_answers();
}

ServerTransport::Sent ZmqTransport::send(std::string_view identity,
                                         std::span<const std::byte> message) {
  const Sent sent = send_frame(std::as_bytes(std::span(identity)), ZMQ_SNDMORE);
  return sent == Sent::yes ? send_frame(message, 0) : sent;
}

ServerTransport::Sent ZmqTransport::send_frame(std::span<const std::byte> bytes, int flags) {
  while (zmq_send(clients_.handle(), bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) < 0) {
    const int error = zmq_errno();
    if (error == EHOSTUNREACH) return Sent::nobody_there;
    if (error == EAGAIN) return Sent::nobody_reads;
    if (error != EINTR) throw zmq::error_t();
  }
  return Sent::yes;
}

}  // namespace share::manager
