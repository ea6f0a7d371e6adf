// What a Connection is made of: a channel, requests with numbers and deadlines, and the server's
// process watched while an answer is awaited. Used by the thread that made it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/address.hpp>
#include <share/manager/client.hpp>
#include <span>
#include <string>

#include "channel.hpp"
#include "held_objects.hpp"

namespace share::manager {

class Connection::Line {
 public:
  Line(const std::string& address, std::chrono::nanoseconds timeout);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { let_go(); }
  /// What is dropped from now on is not told: the connection is about to end.
  void let_go() { held_->tell_with(nullptr); }

  /// Without its key.
  const std::string& address() const noexcept { return address_; }
  /// Nothing for a server that is not known to run on this machine.
  const std::optional<ServerIdentity>& server() const noexcept { return parsed_.server; }
  bool in_maker() const noexcept;
  /// While opening: whether the server has turned us away.
  bool turned_away() { return channel_->turned_away(); }
  void opened() noexcept { channel_->opened(); }
  /// The arguments of `hello`.
  void write_greeting(msgpack::Writer& to) const;

  std::chrono::nanoseconds timeout() const noexcept { return timeout_; }
  void set_timeout(std::chrono::nanoseconds timeout);
  /// How often exchange() sends a request again that is not answered in its time.
  void set_retries(int retries) noexcept { retries_ = retries; }

  msgpack::Writer& begin(protocol::Operation operation, std::uint64_t object,
                         std::string_view method = {});
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

  /// What this process refers to.
  HeldObjects& held() noexcept { return *held_; }

  /// Throws the error that stands for an answer other than `ok`.
  void check(const protocol::Header& header) const;
  [[noreturn]] void refuse(std::string_view reason, int code) const;

 private:
  using Clock = std::chrono::steady_clock;

  /// For messages: the method, where one is called.
  std::string_view operation() const noexcept {
    return method_.empty() ? protocol::name_of(operation_) : std::string_view(method_);
  }
  // How long the channel has waited for sure, when it comes back like this.
  std::chrono::nanoseconds waited(Channel::Outcome outcome) const noexcept {
    return outcome == Channel::Outcome::slice_passed ? slice_ : std::chrono::nanoseconds(0);
  }
  bool server_ended() const noexcept {
    return (server_ && server_->ended()) || channel_->peer_gone();
  }
  class Patience;
  void send(std::span<const std::byte> message, Patience& patience, RemoteError::Applied applied);
  void note_references(std::span<const std::byte> answer);
  // A request without a number of its own: its answer is dropped.
  void tell_number_0(protocol::Operation operation) noexcept;
  // With the retries that are allowed.
  protocol::Header exchange_numbered(std::chrono::nanoseconds limit);
  // What that does when its first request is not answered.
  protocol::Header exchange_again(int retries, std::chrono::nanoseconds limit);
  bool tell_releases(std::span<const HeldObjects::Release> releases);
  // An answer to one of the requests from `oldest` to the last.
  protocol::Header receive(std::uint64_t oldest, Patience& patience);

  pid_t maker_;
  std::string address_;
  Address parsed_;
  std::optional<ProcessWatch> server_;
  std::unique_ptr<Channel> channel_;
  std::chrono::nanoseconds timeout_{}, slice_{};
  protocol::Operation operation_{};
  std::string method_;  // of a call
  std::uint64_t request_ = 0;
  std::uint64_t object_ = 0;
  std::size_t posted_ = 0;  // and not collected
  int retries_ = 0;
  msgpack::Writer message_;
  msgpack::Writer told_;
  std::shared_ptr<HeldObjects> held_ = std::make_shared<HeldObjects>();
  std::span<const std::byte> answer_;  // in the channel
};

}  // namespace share::manager
