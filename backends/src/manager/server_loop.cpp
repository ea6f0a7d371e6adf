#include "server_loop.hpp"

#include <poll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <share/core/error.hpp>
#include <vector>

#include "control_channel.hpp"
#include "descriptor_limit.hpp"

namespace share::manager {
namespace {

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
      transport_(open_transport(options)) {}

void ServerLoop::run() {
  std::vector<pollfd> watched{{control_.get(), POLLIN, 0},
                              {owner_.get(), POLLIN, 0},
                              {signals_.get(), POLLIN, 0},
                              {watch_.descriptor(), POLLIN, 0}};
  const auto own = static_cast<std::ptrdiff_t>(watched.size());
  for (const int descriptor : transport_->descriptors()) watched.push_back({descriptor, POLLIN, 0});
  const auto is_readable = [](const pollfd& descriptor) { return descriptor.revents != 0; };
  for (;;) {
    const bool more = transport_->serve(*this) || !transport_->prepare_to_sleep();
    if (::poll(watched.data(), watched.size(), more ? 0 : wait_ms()) < 0 && errno != EINTR) {
      throw SystemError("poll", "the server's descriptors", errno);
    }
    if (is_readable(watched[1]) || is_readable(watched[2])) return;
    if (is_readable(watched[0]) && !answer_owner()) return;
    if (is_readable(watched[3])) {
      for (const std::uint64_t client : watch_.ended()) dispatcher_.client_ended(client);
      probe_soon();
    }
    const bool called = std::any_of(watched.begin() + own, watched.end(), is_readable);
    if (transport_->wake(called)) probe_soon();
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
    if (clients.may_disturb(number) &&
        transport_->send(client.identity, reply_.bytes()) == Sent::nobody_there) {
      gone.push_back(number);
    }
  for (const std::uint64_t client : gone) dispatcher_.client_gone(client);
  std::vector<std::string> forgotten;
  for (const std::string& identity : clients.ended())
    if (transport_->send(identity, reply_.bytes()) == Sent::nobody_there)
      forgotten.push_back(identity);
  for (const std::string& identity : forgotten) clients.forget(identity);
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
  while (dispatcher_.next_answer(identity_, reply_)) transport_->send(identity_, reply_.bytes());
}

}  // namespace share::manager
