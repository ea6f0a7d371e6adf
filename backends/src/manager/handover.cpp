#include "handover.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <share/core/deadline.hpp>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <share/manager/protocol.hpp>
#include <thread>
#include <utility>

namespace share::manager {
namespace {

constexpr std::string_view kWelcome = "ring";
constexpr int kWaitingToBeAccepted = 256;
constexpr std::chrono::milliseconds kTryAgain(20);  // for one who was turned away

struct SocketName {
  sockaddr_un address{};
  socklen_t size = 0;
};

// An abstract name: a zero byte before it, no file. The endpoint has been checked.
SocketName name_of_socket(const std::string& endpoint) {
  const std::string_view name = shm_name(endpoint);
  SocketName socket;
  socket.address.sun_family = AF_UNIX;
  const std::size_t bytes = std::min(name.size(), sizeof socket.address.sun_path - 1);
  std::memcpy(socket.address.sun_path + 1, name.data(), bytes);
  socket.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + bytes);
  return socket;
}

Descriptor unix_socket(const std::string& endpoint) {
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw SystemError("socket", endpoint, errno);
  return socket;
}

uid_t peer_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    throw SystemError("getsockopt(SO_PEERCRED)", "a peer's socket", errno);
  }
  return peer.uid;
}

struct alignas(cmsghdr) Ancillary {
  std::byte bytes[CMSG_SPACE(sizeof(int))];
};

/// @param descriptor -1: none.
bool send_message(int socket, std::string_view text, int descriptor) noexcept {
  std::array<char, 64> copy{};
  iovec part{copy.data(), text.copy(copy.data(), copy.size())};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Ancillary ancillary{};
  if (descriptor >= 0) {
    message.msg_control = ancillary.bytes;
    message.msg_controllen = sizeof ancillary.bytes;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t sent = 0;
  do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

struct Received {
  std::string text;  // empty: the server has closed
  Descriptor segment;
};

Received receive_message(int socket, const std::string& shown) {
  std::array<char, 64> text{};
  iovec part{text.data(), text.size()};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes;
  message.msg_controllen = sizeof ancillary.bytes;
  const ssize_t size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (size < 0 && errno != ECONNRESET) throw SystemError("recvmsg", shown, errno);
  Received received;
  if (size <= 0) return received;
  received.text.assign(text.data(), static_cast<std::size_t>(size));
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int))) continue;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    received.segment = Descriptor(descriptor);
  }
  return received;
}

/// Connected to a server of this user that has said something, be it that it has gone; empty when
/// nothing was said in time.
Descriptor connected_socket(const std::string& endpoint, const std::string& shown,
                            const Deadline& deadline) {
  Descriptor socket = unix_socket(endpoint);
  const SocketName name = name_of_socket(endpoint);
  while (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name.address), name.size) !=
         0) {
    if (errno == ECONNREFUSED) throw ServerGone(shown, "open", RemoteError::Applied::no);
    // EAGAIN: as many as may wait to be accepted do so.
    if (errno != EAGAIN && errno != EINTR) throw SystemError("connect", shown, errno);
    if (deadline.passed()) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (peer_user(socket.get()) != ::geteuid()) throw ConnectionRefused(shown);
  pollfd readable{socket.get(), POLLIN, 0};
  while (::poll(&readable, 1, deadline.poll_timeout()) <= 0) {
    if (deadline.passed()) return {};
  }
  return socket;
}

}  // namespace

Descriptor listen_at(const std::string& endpoint) {
  Descriptor listener = unix_socket(endpoint);
  const SocketName name = name_of_socket(endpoint);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name.address), name.size) != 0) {
    if (errno == EADDRINUSE) throw AddressInUse(endpoint);
    throw SystemError("bind", endpoint, errno);
  }
  if (::listen(listener.get(), kWaitingToBeAccepted) != 0) {
    throw SystemError("listen", endpoint, errno);
  }
  return listener;
}

Descriptor accept_own_user(int listener, bool& came) {
  Descriptor client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  came = static_cast<bool>(client);
  // Whatever kept it from coming is its own affair: the others are to be served.
  if (client && peer_user(client.get()) != ::geteuid()) client.close();
  return client;
}

bool hand_over(int client, int segment) noexcept { return send_message(client, kWelcome, segment); }

void turn_away(int client, std::string_view reason) noexcept {
  static_cast<void>(send_message(client, reason, -1));
}

// When the socket is full, it has been rung more than enough.
void ring_bell(int socket) noexcept {
  const char byte = 0;
  static_cast<void>(::send(socket, &byte, sizeof byte, MSG_NOSIGNAL | MSG_DONTWAIT));
}

bool hear_bell(int client) noexcept {
  std::array<char, 64> bytes;
  constexpr int kMost = 64;  // of one who rings for fun, the rest next time
  for (int i = 0; i < kMost; ++i) {
    const ssize_t size = ::recv(client, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
  }
  return true;
}

Handover connect_to(const std::string& endpoint, const std::string& shown,
                    std::chrono::nanoseconds timeout) {
  const Deadline deadline = Deadline::after(timeout);
  std::string refusal;
  for (;;) {
    Descriptor socket = connected_socket(endpoint, shown, deadline);
    if (!socket) break;
    Received received = receive_message(socket.get(), shown);
    if (received.text.empty()) throw ServerGone(shown, "open", RemoteError::Applied::no);
    if (received.text == kWelcome) {
      // The kernel drops a descriptor that finds no number left.
      if (!received.segment) throw SystemError("recvmsg", shown, EMFILE);
      return {std::move(socket), Segment::open(received.segment.get())};
    }
    refusal = received.text;
    if (deadline.left() < kTryAgain) break;
    std::this_thread::sleep_for(kTryAgain);  // somebody may leave
  }
  if (refusal.empty()) throw CallTimedOut(shown, "open", timeout);
  throw CallRefused(refusal, static_cast<int>(protocol::Status::too_large), shown, "open");
}

}  // namespace share::manager
