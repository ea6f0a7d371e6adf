// ServerTransport: how a server's clients reach it. ServerLoop owns one and drives it; what the
// requests say is the Dispatcher's business. Used by the server's thread.
#pragma once

#include <memory>
#include <share/manager/msgpack.hpp>
#include <share/manager/server.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace share::manager {

class ServerTransport {
 public:
  /// Who answers the requests.
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Replaces the contents of `reply`. False when there is no answer, or not yet.
    virtual bool handle(std::string_view identity, std::span<const std::byte> request,
                        msgpack::Writer& reply) = 0;
    /// After each request: others may have got an answer by it.
    virtual void send_waiting_answers() = 0;
  };
  /// When a client has gone or does not read its answers, those are lost, and its deadline tells
  /// it. Waiting for it would let one client stop all others.
  enum class Sent { yes, nobody_there, nobody_reads };

  virtual ~ServerTransport() = default;

  /// As bound.
  virtual std::string endpoint() = 0;
  /// The server's public key; empty where nothing is encrypted.
  virtual const std::string& key() const noexcept = 0;
  /// To be polled for reading; the same for as long as it lives.
  virtual std::vector<int> descriptors() = 0;

  /// Answers requests. True when there may be more.
  virtual bool serve(Handler& handler) = 0;
  /// Before the loop sleeps. False when it must not: there is something to be served.
  virtual bool prepare_to_sleep() { return true; }
  /// After it slept. @param readable whether one of the descriptors is. True when connections have
  /// ended, whose clients no longer get what is sent to them.
  virtual bool wake(bool readable) = 0;
  /// To a client that has made requests.
  virtual Sent send(std::string_view identity, std::span<const std::byte> message) = 0;
};

/// Binds. Throws AddressInUse, SystemError.
std::unique_ptr<ServerTransport> open_transport(const ServerOptions& options);

}  // namespace share::manager
