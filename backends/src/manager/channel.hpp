// Channel: how a client's messages travel to its server and back, whole and in order. What they say
// and how long they may take is Line's business. Used by the thread that made it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <share/manager/address.hpp>
#include <span>
#include <string>

namespace share::manager {

class Channel {
 public:
  /// Of one slice of a wait.
  enum class Outcome { done, slice_passed, interrupted };

  virtual ~Channel() = default;

  /// The longest that send() and receive() may take.
  virtual void limit_slices(std::chrono::milliseconds slice) = 0;
  /// Sends all of the message or nothing. Throws SystemError.
  virtual Outcome send(std::span<const std::byte> message) = 0;
  /// Never waits; false for what cannot be sent.
  virtual bool try_send(std::span<const std::byte> message) noexcept = 0;
  /// The next message, valid until the next receive(). Throws SystemError.
  virtual Outcome receive(std::span<const std::byte>& message) = 0;
  /// Whether the other end is known to be gone. May be false though it is.
  virtual bool peer_gone() const noexcept { return false; }
  /// While opening: whether the server has turned us away.
  virtual bool turned_away() { return false; }
  virtual void opened() noexcept {}
};

/// Opens the channel that the endpoint names. @param shown the address, for messages. Throws
/// SystemError; ServerGone, ConnectionRefused and CallTimedOut where connecting itself tells.
std::unique_ptr<Channel> open_channel(const Address& address, const std::string& shown,
                                      std::chrono::nanoseconds timeout);

}  // namespace share::manager
