// The channel over ZeroMQ: a DEALER socket, over ipc or tcp. It has a context with one thread, so
// it is made after any fork.
#pragma once

#include <optional>
#include <string>

#include "channel.hpp"
#include "handshake_watch.hpp"
#include "sockets.hpp"

namespace share::manager {

class ZmqChannel final : public Channel {
 public:
  ZmqChannel(const Address& address, const std::string& shown);

  void limit_slices(std::chrono::milliseconds slice) override { limit_waits(socket_, slice); }
  Outcome send(std::span<const std::byte> message) override;
  bool try_send(std::span<const std::byte> message) noexcept override;
  Outcome receive(std::span<const std::byte>& message) override;
  bool turned_away() override { return handshake_ && handshake_->failed(); }
  void opened() noexcept override { handshake_.reset(); }

 private:
  Outcome after(int error, const char* call) const;

  std::string shown_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  std::optional<HandshakeWatch> handshake_;  // where there is a key, until the server has greeted
  zmq::message_t received_;
};

}  // namespace share::manager
