// What a Connection is made of: one socket, one request at a time, and the server's process watched
// while an answer is awaited. Used by the thread that made it.
#pragma once

#include <chrono>
#include <optional>
#include <share/core/process_watch.hpp>
#include <share/manager/address.hpp>
#include <share/manager/client.hpp>
#include <span>
#include <string>

#include "handshake_watch.hpp"
#include "sockets.hpp"

namespace share::manager {

class Connection::Line {
 public:
  Line(const std::string& address, std::chrono::nanoseconds timeout);

  /// Without its key.
  const std::string& address() const noexcept { return address_; }
  /// Nothing for a server that is not known to run on this machine.
  const std::optional<ServerIdentity>& server() const noexcept { return parsed_.server; }
  bool in_maker() const noexcept;
  /// While opening: whether the server has turned us away.
  bool turned_away() { return handshake_ && handshake_->failed(); }
  void opened() noexcept { handshake_.reset(); }

  std::chrono::nanoseconds timeout() const noexcept { return timeout_; }
  void set_timeout(std::chrono::nanoseconds timeout);

  msgpack::Writer& begin(protocol::Operation operation, std::uint64_t object);
  /// Sends the request and waits for its answer. @param wait what the server may let it wait.
  /// @return the header of the answer; its arguments are results().
  protocol::Header exchange(std::chrono::nanoseconds wait = {});
  msgpack::Reader results() const noexcept;
  /// Sends the request and does not wait. Until as many answers have been collected, exchange()
  /// throws.
  void post();
  /// The next answer to one of the requests from `oldest` on.
  protocol::Header collect(std::uint64_t oldest);
  /// What has been posted is not collected any more.
  void abandon() noexcept { posted_ = 0; }
  std::uint64_t last_request() const noexcept { return request_; }
  /// `cancel` of the last request, or `leave`; nothing is answered, nothing awaited.
  void tell(protocol::Operation operation) noexcept;

  /// Throws the error that stands for an answer other than `ok`. @param method told instead of the
  /// operation, where one was called.
  void check(const protocol::Header& header, std::string_view method = {}) const;
  [[noreturn]] void refuse(std::string_view reason, int code, std::string_view method = {}) const;

 private:
  using Clock = std::chrono::steady_clock;

  std::string_view operation() const noexcept { return protocol::name_of(operation_); }
  std::span<const std::byte> answer() const noexcept {
    return {static_cast<const std::byte*>(answer_.data()), answer_.size()};
  }
  bool server_ended() const noexcept { return server_ && server_->ended(); }
  void send(Clock::time_point deadline);
  // An answer to one of the requests from `oldest` to the last.
  protocol::Header receive(std::uint64_t oldest, Clock::time_point deadline,
                           std::chrono::nanoseconds limit);
  bool check_wait(int error, std::string_view call) const;

  pid_t maker_;
  std::string address_;
  Address parsed_;
  std::optional<ProcessWatch> server_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  std::optional<HandshakeWatch> handshake_;  // where there is a key, until the server has greeted
  std::chrono::nanoseconds timeout_{};
  protocol::Operation operation_{};
  std::uint64_t request_ = 0;
  std::uint64_t object_ = 0;
  std::size_t posted_ = 0;  // and not collected
  msgpack::Writer message_;
  msgpack::Writer told_;
  zmq::message_t answer_;
};

}  // namespace share::manager
