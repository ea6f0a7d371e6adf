// What every ZeroMQ socket of the manager has in common, in one place: limits, waiting times, who
// may connect. The only header that names ZeroMQ; .cpp files include it, public headers never do.
#pragma once

#include <unistd.h>

#include <array>
#include <chrono>
#include <share/manager/protocol.hpp>
#include <string>
#include <zmq.hpp>

namespace share::manager {

/// Messages that may wait in either direction for each peer.
inline constexpr int kHighWaterMark = 4096;
/// How long the last messages may take to leave when a socket is closed.
inline constexpr int kLingerMs = 100;
/// A peer that has not said who it is by then is disconnected.
inline constexpr int kHandshakeMs = 5000;

namespace detail {

inline void limit(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::linger, kLingerMs);
  socket.set(zmq::sockopt::sndhwm, kHighWaterMark);
  socket.set(zmq::sockopt::rcvhwm, kHighWaterMark);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(protocol::kMaxMessageBytes));
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
}

}  // namespace detail

/// The server's end. A reply to a peer that has gone is an error instead of silently lost; of ipc
/// peers only processes of this user are accepted.
inline zmq::socket_t server_socket(zmq::context_t& context) {
  zmq::socket_t socket(context, zmq::socket_type::router);
  detail::limit(socket);
  socket.set(zmq::sockopt::router_mandatory, true);
  const uid_t user = ::geteuid();
  if (zmq_setsockopt(socket.handle(), ZMQ_IPC_FILTER_UID, &user, sizeof user) != 0) {
    throw zmq::error_t();
  }
  return socket;
}

/// A client's end; to be given limit_waits().
inline zmq::socket_t client_socket(zmq::context_t& context) {
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  detail::limit(socket);
  return socket;
}

/// Makes a server's socket speak CurveZMQ (ZeroMQ RFC 26) with a new key pair; returns the public
/// key, by which clients know the server. Nobody connects who does not have it.
inline std::string encrypt_as_server(zmq::socket_t& socket) {
  std::array<char, 41> public_key{}, secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) throw zmq::error_t();
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, secret_key.data());
  return public_key.data();
}

/// The same for a client of a server with that public key.
inline void encrypt_as_client(zmq::socket_t& socket, const std::string& server_key) {
  std::array<char, 41> public_key{}, secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) throw zmq::error_t();
  socket.set(zmq::sockopt::curve_serverkey, server_key.c_str());
  socket.set(zmq::sockopt::curve_publickey, public_key.data());
  socket.set(zmq::sockopt::curve_secretkey, secret_key.data());
}

/// Heartbeats of ZMTP (ZeroMQ RFC 37): a peer that has answered none for two intervals is
/// disconnected.
inline void ask_for_life(zmq::socket_t& socket, std::chrono::milliseconds interval) {
  socket.set(zmq::sockopt::heartbeat_ivl, static_cast<int>(interval.count()));
  socket.set(zmq::sockopt::heartbeat_timeout, static_cast<int>(2 * interval.count()));
}

/// The longest single wait inside a send or receive of this socket.
inline void limit_waits(zmq::socket_t& socket, std::chrono::milliseconds slice) {
  socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(slice.count()));
  socket.set(zmq::sockopt::sndtimeo, static_cast<int>(slice.count()));
}

}  // namespace share::manager
