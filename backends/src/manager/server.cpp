#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <share/manager/dispatcher.hpp>
#include <share/manager/server.hpp>

#include "socket_file.hpp"
#include "sockets.hpp"
#include "startup_report.hpp"

namespace share::manager {
namespace {

// Requests answered before the loop looks at the other descriptors again.
constexpr int kBurst = 256;
// The owner's requests create objects: a name and two numbers.
constexpr std::size_t kMaxControlBytes = 4096;

// SIGTERM and its like become readable; everything else gets what a server wants.
Descriptor take_signals() {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&ending, signal);
  ::sigprocmask(SIG_SETMASK, &ending, nullptr);
  const int descriptor = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) throw SystemError("signalfd", "the server's signals", errno);
  return Descriptor(descriptor);
}

// libzmq aborts when an ipc listener runs out of descriptors, so allow as many as may be had.
void allow_many_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
    throw SystemError("getrandom", "the object numbers of a server", errno);
  }
  return number >> 1 | 1;  // neither 0 ("no object") nor near the end of the range
}

// Null for an endpoint that is no file.
std::unique_ptr<SocketFile> take_socket_file(const std::string& endpoint) {
  ::umask(077);
  const std::string path = socket_path(endpoint);
  if (path.empty()) return nullptr;
  return std::make_unique<SocketFile>(path);
}

zmq::socket_t bound_socket(zmq::context_t& context, const std::string& endpoint) {
  zmq::socket_t socket = server_socket(context);
  if (zmq_bind(socket.handle(), endpoint.c_str()) != 0) {
    const int error = zmq_errno();
    if (error == EADDRINUSE) throw AddressInUse(endpoint);
    throw SystemError("zmq_bind", endpoint, error);
  }
  return socket;
}

class Server {
 public:
  explicit Server(const ServerOptions& options)
      : control_(options.control),
        owner_(options.owner),
        signals_(take_signals()),
        dispatcher_({.first_object = random_number(),
                     .max_object_bytes = options.max_object_bytes,
                     .server_pid = static_cast<std::uint64_t>(::getpid())}),
        file_(take_socket_file(options.endpoint)),
        context_(1),
        clients_(bound_socket(context_, options.endpoint)) {}

  std::string endpoint() { return clients_.get(zmq::sockopt::last_endpoint); }

  void run() {
    // ZeroMQ's descriptor is readable when its state has changed, not while messages wait: so take
    // messages until there are none, and only then sleep.
    std::array<pollfd, 4> watched{{{clients_.get(zmq::sockopt::fd), POLLIN, 0},
                                   {control_.get(), POLLIN, 0},
                                   {owner_.get(), POLLIN, 0},
                                   {signals_.get(), POLLIN, 0}}};
    for (;;) {
      const bool more = answer_clients();
      if (::poll(watched.data(), watched.size(), more ? 0 : -1) < 0 && errno != EINTR) {
        throw SystemError("poll", "the server's descriptors", errno);
      }
      if (watched[2].revents != 0 || watched[3].revents != 0) return;
      if (watched[1].revents != 0 && !answer_owner()) return;
    }
  }

 private:
  // The plain C calls, because here an error number is an ordinary outcome, not an exception.
  static bool receive(zmq::socket_t& from, zmq::message_t& message) {
    for (;;) {
      if (zmq_msg_recv(message.handle(), from.handle(), ZMQ_DONTWAIT) >= 0) return true;
      if (zmq_errno() == EAGAIN) return false;
      if (zmq_errno() != EINTR) throw zmq::error_t();
    }
  }

  // False when a client has gone or does not read its replies: those are lost, and its deadline
  // tells it. Waiting for it would let one client stop all others.
  bool send(const void* bytes, std::size_t size, int flags) {
    while (zmq_send(clients_.handle(), bytes, size, flags | ZMQ_DONTWAIT) < 0) {
      const int error = zmq_errno();
      if (error == EHOSTUNREACH || error == EAGAIN) return false;
      if (error != EINTR) throw zmq::error_t();
    }
    return true;
  }

  // True when there may be more requests than it answered.
  bool answer_clients() {
    for (int i = 0; i < kBurst; ++i) {
      if (!receive(clients_, peer_)) return false;
      answer_client();
    }
    return true;
  }

  // A request is one frame after the peer's identity; ZeroMQ delivers all frames or none.
  void answer_client() {
    if (!peer_.more() || !receive(clients_, request_)) return;
    std::size_t size = request_.size();
    while (request_.more() && receive(clients_, request_)) size = 0;  // too many: malformed
    dispatcher_.handle({static_cast<const std::byte*>(request_.data()), size}, reply_);
    if (send(peer_.data(), peer_.size(), ZMQ_SNDMORE)) {
      send(reply_.bytes().data(), reply_.size(), 0);
    }
  }

  // False when the owner has closed the channel.
  bool answer_owner() {
    std::array<std::byte, kMaxControlBytes> request;
    const ssize_t size = ::recv(control_.get(), request.data(), request.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    dispatcher_.handle(std::span(request).first(static_cast<std::size_t>(size)), reply_);
    return ::send(control_.get(), reply_.bytes().data(), reply_.size(), MSG_NOSIGNAL) >= 0;
  }

  Descriptor control_;
  Descriptor owner_;
  Descriptor signals_;
  Dispatcher dispatcher_;
  msgpack::Writer reply_{protocol::kChunkBytes};
  std::unique_ptr<SocketFile> file_;  // before the sockets, to be removed after they are closed
  zmq::context_t context_;
  zmq::socket_t clients_;
  zmq::message_t peer_;
  zmq::message_t request_;
};

void report(int control, StartupReport::Kind kind, int code, std::string_view text) {
  msgpack::Writer message;
  write_report(message, kind, code, text);
  // An owner that does not read this has ended, which the loop will notice.
  [[maybe_unused]] const ssize_t sent =
      ::send(control, message.bytes().data(), message.size(), MSG_NOSIGNAL);
}

// Null after a failure, which has been reported.
std::unique_ptr<Server> set_up(const ServerOptions& options) {
  using Kind = StartupReport::Kind;
  // The set-up owns the control channel; a copy outlives its failure.
  const Descriptor control(::dup(options.control));
  try {
    auto server = std::make_unique<Server>(options);
    report(control.get(), Kind::ready, 0, server->endpoint());
    return server;
  } catch (const AddressInUse&) {
    report(control.get(), Kind::address_in_use, 0, options.endpoint);
  } catch (const SystemError& error) {
    report(control.get(), Kind::system_error, error.code(), error.what());
  } catch (const std::exception& error) {
    report(control.get(), Kind::error, 0, error.what());
  }
  return nullptr;
}

}  // namespace

int serve(const ServerOptions& options) noexcept {
  try {
    allow_many_connections();
    const std::unique_ptr<Server> server = set_up(options);
    if (!server) return 1;
    server->run();
    return 0;
  } catch (const std::exception& error) {
    // No channel is left to report on; clients and owner see that the server has ended.
    std::fputs(fmt::format("manager server at {}: {}\n", options.endpoint, error.what()).c_str(),
               stderr);
    return 1;
  }
}

}  // namespace share::manager
