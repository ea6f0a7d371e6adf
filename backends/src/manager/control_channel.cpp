#include "control_channel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <share/core/error.hpp>

namespace share::manager {
namespace {

// Longer than any report or answer to the owner.
constexpr std::size_t kMaxMessageBytes = 4096;

}  // namespace

ControlChannel::ControlChannel() {
  std::array<int, 2> ends{};
  // Not a stream: each message arrives whole and alone.
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw SystemError("socketpair", "the control channel of a manager", errno);
  }
  ours_ = Descriptor(ends[0]);
  theirs_ = Descriptor(ends[1]);
}

ControlChannel::Received ControlChannel::receive(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{.fd = ours_.get(), .events = POLLIN, .revents = 0};
    const int found =
        ::poll(&watched, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (found < 0 && errno != EINTR) throw SystemError("poll", "the control channel", errno);
    if (found == 0) return Received::nothing;
    if (found < 0) continue;
    received_.resize(kMaxMessageBytes);
    const ssize_t size = ::recv(ours_.get(), received_.data(), received_.size(), MSG_DONTWAIT);
    if (size > 0) {
      received_.resize(static_cast<std::size_t>(size));
      return Received::message;
    }
    if (size == 0 || errno == ECONNRESET) return Received::end;
    if (errno != EAGAIN && errno != EINTR) throw SystemError("recv", "the control channel", errno);
  }
}

StartupReport ControlChannel::report(std::chrono::milliseconds limit) {
  switch (receive(std::chrono::steady_clock::now() + limit)) {
    case Received::message:
      return read_report(received_);
    case Received::nothing:
      throw TimedOut("a manager server to start", limit);
    case Received::end:
      break;
  }
  return {.text = "ended before it served"};
}

msgpack::Writer& ControlChannel::begin(protocol::Operation operation) {
  operation_ = operation;
  message_.clear();
  protocol::write_header(message_, operation, ++request_, 0);
  return message_;
}

protocol::Status ControlChannel::call(const std::string& address, std::chrono::milliseconds limit) {
  const std::string_view operation = protocol::name_of(operation_);
  const auto deadline = std::chrono::steady_clock::now() + limit;
  if (::send(ours_.get(), message_.bytes().data(), message_.size(), MSG_NOSIGNAL | MSG_DONTWAIT) <
      0) {
    if (errno == EAGAIN) throw CallTimedOut(address, operation, limit);
    if (errno == EPIPE || errno == ECONNRESET)
      throw ServerGone(address, operation, RemoteError::Applied::no);
    throw SystemError("send", "the control channel", errno);
  }
  for (;;) {
    switch (receive(deadline)) {
      case Received::nothing:
        throw CallTimedOut(address, operation, limit);
      case Received::end:
        throw ServerGone(address, operation, RemoteError::Applied::maybe);
      case Received::message:
        break;
    }
    protocol::Header header;
    // Anything else is the late answer to a request whose time had run out.
    if (protocol::read_header(received_, header) && header.request == request_) {
      return static_cast<protocol::Status>(header.code);
    }
  }
}

void ControlChannel::ask_to_end() noexcept { ::shutdown(ours_.get(), SHUT_WR); }

}  // namespace share::manager
