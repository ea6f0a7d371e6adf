#include "server_loop.hpp"

#include <poll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <vector>

#include "control_channel.hpp"

namespace share::manager {
namespace {

// Requests answered before the loop looks at the other descriptors again.
constexpr int kBurst = 256;
// After a connection or a process has ended: how often, and in which distance, it is looked who is
// left.
constexpr int kProbes = 4;
constexpr std::chrono::milliseconds kProbeInterval(250);

// SIGTERM and its like become readable; everything else gets what a server wants. A Ctrl-C at the
// terminal is for the owner, where there is one.
Descriptor take_signals(bool has_owner) {
  if (has_owner) std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  if (!has_owner) sigaddset(&ending, SIGINT);
  for (const int signal : {SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&ending, signal);
  ::sigprocmask(SIG_SETMASK, &ending, nullptr);
  const int descriptor = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) throw SystemError("signalfd", "the server's signals", errno);
  return Descriptor(descriptor);
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

// Over ipc the kernel says which user comes; over tcp everybody can, so there it takes the key.
zmq::socket_t bound_socket(zmq::context_t& context, const std::string& endpoint, std::string& key) {
  zmq::socket_t socket = server_socket(context);
  if (endpoint.starts_with("tcp://")) key = encrypt_as_server(socket);
  if (zmq_bind(socket.handle(), endpoint.c_str()) != 0) {
    const int error = zmq_errno();
    if (error == EADDRINUSE) throw AddressInUse(endpoint);
    throw SystemError("zmq_bind", endpoint, error);
  }
  return socket;
}

// The plain C calls, because here an error number is an ordinary outcome, not an exception.
bool receive(zmq::socket_t& from, zmq::message_t& message) {
  for (;;) {
    if (zmq_msg_recv(message.handle(), from.handle(), ZMQ_DONTWAIT) >= 0) return true;
    if (zmq_errno() == EAGAIN) return false;
    if (zmq_errno() != EINTR) throw zmq::error_t();
  }
}

}  // namespace

ServerLoop::ServerLoop(const ServerOptions& options)
    : control_(options.control),
      owner_(options.owner),
      signals_(take_signals(options.owner >= 0)),
      watch_(quarter_of_descriptors()),
      dispatcher_({.first_object = random_number(),
                   .max_object_bytes = options.max_object_bytes,
                   .server_pid = static_cast<std::uint64_t>(::getpid()),
                   .observer = &watch_}),
      file_(take_socket_file(options.endpoint)),
      context_(1),
      clients_(bound_socket(context_, options.endpoint, key_)),
      connections_(context_, clients_) {}

void ServerLoop::run() {
  // ZeroMQ's descriptor is readable when its state has changed, not while messages wait: so take
  // messages until there are none, and only then sleep.
  std::array<pollfd, 6> watched{{{clients_.get(zmq::sockopt::fd), POLLIN, 0},
                                 {control_.get(), POLLIN, 0},
                                 {owner_.get(), POLLIN, 0},
                                 {signals_.get(), POLLIN, 0},
                                 {watch_.descriptor(), POLLIN, 0},
                                 {connections_.descriptor(), POLLIN, 0}}};
  for (;;) {
    const bool more = answer_clients();
    if (::poll(watched.data(), watched.size(), more ? 0 : wait_ms()) < 0 && errno != EINTR) {
      throw SystemError("poll", "the server's descriptors", errno);
    }
    if (watched[2].revents != 0 || watched[3].revents != 0) return;
    if (watched[1].revents != 0 && !answer_owner()) return;
    if (watched[4].revents != 0) {
      for (const std::uint64_t client : watch_.ended()) dispatcher_.client_ended(client);
      probe_soon();
    }
    if (watched[5].revents != 0 && connections_.look()) probe_soon();
    look_at_clock();
    send_waiting_answers();
  }
}

int ServerLoop::wait_ms() const {
  auto next = dispatcher_.next_deadline();
  if (probes_left_ > 0) next = next ? std::min(*next, next_probe_) : next_probe_;
  if (!next) return -1;
  // Rounded up, so that the loop does not spin through the last fraction.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 60'000));
}

void ServerLoop::look_at_clock() {
  if (!dispatcher_.next_deadline() && probes_left_ == 0) return;
  const Clock::time_point now = Clock::now();
  dispatcher_.expire(now);
  if (probes_left_ == 0 || now < next_probe_) return;
  next_probe_ = now + kProbeInterval;
  --probes_left_;
  probe();
}

void ServerLoop::probe_soon() {
  if (probes_left_ == 0) next_probe_ = std::max(next_probe_, Clock::now());
  probes_left_ = kProbes;
}

void ServerLoop::probe() {
  reply_.clear();
  protocol::write_header(reply_, protocol::Status::ok, 0, 0);
  Clients& clients = dispatcher_.clients();
  std::vector<std::uint64_t> gone;
  for (const auto& [number, client] : clients.all())
    if (clients.may_disturb(number) && send_reply(client.identity) == Sent::nobody_there) {
      gone.push_back(number);
    }
  for (const std::uint64_t client : gone) dispatcher_.client_gone(client);
  std::vector<std::string> forgotten;
  for (const std::string& identity : clients.ended())
    if (send_reply(identity) == Sent::nobody_there) forgotten.push_back(identity);
  for (const std::string& identity : forgotten) clients.forget(identity);
}

bool ServerLoop::answer_clients() {
  for (int i = 0; i < kBurst; ++i) {
    if (!receive(clients_, peer_)) return false;
    answer_client();
  }
  return true;
}

void ServerLoop::answer_client() {
  if (!peer_.more() || !receive(clients_, request_)) return;
  std::size_t size = request_.size();
  while (request_.more() && receive(clients_, request_)) size = 0;  // too many: malformed
  const std::string_view identity = peer_.to_string_view();
  if (dispatcher_.handle(identity, {static_cast<const std::byte*>(request_.data()), size},
                         reply_)) {
    send_reply(identity);
  }
  send_waiting_answers();
}

bool ServerLoop::answer_owner() {
  std::array<std::byte, kMaxControlBytes> request;
  const ssize_t size = ::recv(control_.get(), request.data(), request.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  if (!dispatcher_.handle({}, std::span(request).first(static_cast<std::size_t>(size)), reply_)) {
    return true;
  }
  return ::send(control_.get(), reply_.bytes().data(), reply_.size(), MSG_NOSIGNAL) >= 0;
}

void ServerLoop::send_waiting_answers() {
  while (dispatcher_.next_answer(identity_, reply_)) send_reply(identity_);
}

ServerLoop::Sent ServerLoop::send_reply(std::string_view identity) {
  const Sent sent = send(identity, ZMQ_SNDMORE);
  if (sent != Sent::yes) return sent;
  const auto bytes = reply_.bytes();
  return send({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, 0);
}

ServerLoop::Sent ServerLoop::send(std::string_view bytes, int flags) {
  while (zmq_send(clients_.handle(), bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) < 0) {
    const int error = zmq_errno();
    if (error == EHOSTUNREACH) return Sent::nobody_there;
    if (error == EAGAIN) return Sent::nobody_reads;
    if (error != EINTR) throw zmq::error_t();
  }
  return Sent::yes;
}

}  // namespace share::manager
