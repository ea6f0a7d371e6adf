// The server's end over ZeroMQ: a ROUTER socket, over ipc or tcp.
#pragma once

#include "connection_limit.hpp"
#include "server_transport.hpp"
#include "socket_file.hpp"
#include "sockets.hpp"

namespace share::manager {

class ZmqTransport final : public ServerTransport {
 public:
  explicit ZmqTransport(const ServerOptions& options);

  std::string endpoint() override { return clients_.get(zmq::sockopt::last_endpoint); }
  const std::string& key() const noexcept override { return key_; }
  std::vector<int> descriptors() override;
  bool serve(Handler& handler) override;
  bool wake(bool readable) override { return readable && connections_.look(); }
  Sent send(std::string_view identity, std::span<const std::byte> message) override;

 private:
  // A request is one frame after the peer's identity; ZeroMQ delivers all frames or none.
  void answer_client(Handler& handler);
  Sent send_frame(std::span<const std::byte> bytes, int flags);

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
