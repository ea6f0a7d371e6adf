// The loop of a manager's server: one poll over clients, owner, signals and the clients' processes.
#pragma once

#include <memory>
#include <share/core/descriptor.hpp>
#include <share/manager/dispatcher.hpp>
#include <share/manager/server.hpp>
#include <string>
#include <string_view>

#include "client_watch.hpp"
#include "server_transport.hpp"

namespace share::manager {

class ServerLoop final : private ServerTransport::Handler {
 public:
  /// Takes over the descriptors of the options. Throws AddressInUse, SystemError.
  explicit ServerLoop(const ServerOptions& options);

  /// As bound: with the port that was chosen.
  std::string endpoint() { return transport_->endpoint(); }
  /// The server's public key; empty where nothing is encrypted.
  const std::string& key() const noexcept { return transport_->key(); }
  /// Until the owner or a signal ends it.
  void run();

 private:
  using Clock = Waits::Clock;
  using Sent = ServerTransport::Sent;

  bool handle(std::string_view identity, std::span<const std::byte> request,
              msgpack::Writer& reply) override {
    return dispatcher_.handle(identity, request, reply);
  }
  void send_waiting_answers() override;

  // What poll() may wait: until a waiting call runs out of time, or until the next probe.
  int wait_ms() const;
  void look_at_clock();
  // An answer to no request, which clients drop, shows who is still connected. Done a few times
  // after a connection or a process has ended, since libzmq does not say whose it was, nor at once.
  void probe_soon();
  void probe();
  // False when the owner has closed the channel.
  bool answer_owner();

  Descriptor control_;
  Descriptor owner_;
  Descriptor signals_;
  ClientWatch watch_;
  Dispatcher dispatcher_;
  Clock::time_point next_probe_{};
  int probes_left_ = 0;
  std::string identity_;
  msgpack::Writer reply_{protocol::kChunkBytes};
  std::unique_ptr<ServerTransport> transport_;
};

}  // namespace share::manager
