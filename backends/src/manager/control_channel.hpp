// The owner's line to its server: a pair of sockets that carries the messages of protocol.hpp
// without ZeroMQ, one at a time. Closing the owner's side for writing asks the server to end,
// whoever has inherited a copy of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <share/core/descriptor.hpp>
#include <share/manager/msgpack.hpp>
#include <share/manager/protocol.hpp>
#include <string>
#include <vector>

#include "startup_report.hpp"

namespace share::manager {

/// A longer request is not sent: the owner's requests create objects, from a name and a few
/// numbers.
inline constexpr std::size_t kMaxControlBytes = 4096;

class ControlChannel {
 public:
  /// Throws SystemError.
  ControlChannel();

  /// The server's end, which the child inherits.
  int server_end() const noexcept { return theirs_.get(); }
  void close_server_end() noexcept { theirs_.close(); }

  /// The server's first message; an `error` when it ended without one. Throws TimedOut.
  StartupReport report(std::chrono::milliseconds limit);

  /// A request to be completed with arguments and given to call().
  msgpack::Writer& begin(protocol::Operation operation);
  /// Sends the request and waits for the answer. Throws ServerGone and CallTimedOut, which name
  /// `address`.
  protocol::Status call(const std::string& address, std::chrono::milliseconds limit);

  void ask_to_end() noexcept;

 private:
  enum class Received { message, nothing, end };
  // Leaves the message in received_.
  Received receive(std::chrono::steady_clock::time_point deadline);

  Descriptor ours_;
  Descriptor theirs_;
  std::uint64_t request_ = 0;
  protocol::Operation operation_{};
  msgpack::Writer message_;
  std::vector<std::byte> received_;
};

}  // namespace share::manager
