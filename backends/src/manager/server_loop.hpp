// The loop of a manager's server: one poll over clients, owner, signals and the clients' processes.
#pragma once

#include <memory>
#include <share/core/descriptor.hpp>
#include <share/manager/dispatcher.hpp>
#include <share/manager/server.hpp>
#include <string>
#include <string_view>

#include "client_watch.hpp"
#include "connection_limit.hpp"
#include "socket_file.hpp"
#include "sockets.hpp"

namespace share::manager {

class ServerLoop {
 public:
  /// Takes over the descriptors of the options. Throws AddressInUse, SystemError.
  explicit ServerLoop(const ServerOptions& options);

  /// As bound: with the port that was chosen.
  std::string endpoint() { return clients_.get(zmq::sockopt::last_endpoint); }
  /// The server's public key; empty where nothing is encrypted.
  const std::string& key() const noexcept { return key_; }
  /// Until the owner or a signal ends it.
  void run();

 private:
  using Clock = Waits::Clock;
  // When a client has gone or does not read its replies, those are lost, and its deadline tells it.
  // Waiting for it would let one client stop all others.
  enum class Sent { yes, nobody_there, nobody_reads };

  // What poll() may wait: until a waiting call runs out of time, or until the next probe.
  int wait_ms() const;
  void look_at_clock();
  // An answer to no request, which clients drop, shows who is still connected. Done a few times
  // after a connection or a process has ended, since libzmq does not say whose it was, nor at once.
  void probe_soon();
  void probe();
  // True when there may be more requests than it answered.
  bool answer_clients();
  // A request is one frame after the peer's identity; ZeroMQ delivers all frames or none.
  void answer_client();
  // False when the owner has closed the channel.
  bool answer_owner();
  void send_waiting_answers();
  Sent send_reply(std::string_view identity);
  Sent send(std::string_view bytes, int flags);

  Descriptor control_;
  Descriptor owner_;
  Descriptor signals_;
  ClientWatch watch_;
  Dispatcher dispatcher_;
  Clock::time_point next_probe_{};
  int probes_left_ = 0;
  std::string identity_;
  msgpack::Writer reply_{protocol::kChunkBytes};
  std::unique_ptr<SocketFile> file_;  // before the sockets, to be removed after they are closed
  zmq::context_t context_;
  std::string key_;  // set when the socket is made
  zmq::socket_t clients_;
  ConnectionLimit connections_;
  zmq::message_t peer_;
  zmq::message_t request_;
};

}  // namespace share::manager
