// Whether a server has turned a client's socket away, which ZeroMQ otherwise keeps to itself: a
// wrong key looks like silence. Watches while a connection is being opened. Used by the socket's
// thread.
#pragma once

#include <zmq.hpp>

namespace share::manager {

class HandshakeWatch {
 public:
  /// @param socket not connected yet; outlives this. Throws zmq::error_t.
  HandshakeWatch(zmq::context_t& context, zmq::socket_t& socket)
      : socket_(socket), events_(context, zmq::socket_type::pair) {
    constexpr const char* kEvents = "inproc://handshakes";
    if (zmq_socket_monitor(socket_.handle(), kEvents,
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) != 0) {
      throw zmq::error_t();
    }
    events_.set(zmq::sockopt::linger, 0);
    events_.connect(kEvents);
  }
  HandshakeWatch(const HandshakeWatch&) = delete;
  HandshakeWatch& operator=(const HandshakeWatch&) = delete;
  ~HandshakeWatch() { zmq_socket_monitor(socket_.handle(), nullptr, 0); }

  /// Since it was made.
  bool failed() {
    zmq::message_t frame;
    return static_cast<bool>(events_.recv(frame, zmq::recv_flags::dontwait));
  }

 private:
  zmq::socket_t& socket_;
  zmq::socket_t events_;
};

}  // namespace share::manager
