#include "ring_transport.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>
#include <tuple>
#include <utility>

#include "descriptor_limit.hpp"
#include "handover.hpp"

namespace share::manager {
namespace {

constexpr std::uint64_t kListener = 0, kDoorbell = 1;
// Requests of one client before the next has its turn, and turns before the loop looks at its other
// descriptors.
constexpr int kBurst = 32;
constexpr int kTurns = 256;
// Answers that a client has not taken: one of the longest, and what others' calls add to it.
constexpr std::size_t kMostKept = 2 * protocol::kMaxMessageBytes;

std::string identity_of(std::uint64_t number) { return fmt::format("ring{}", number); }

Segment new_segment(Waiting waiting) {
  Segment segment = Segment::create("manager-ring", sizeof(RingMemory));
  auto* memory = new (segment.data()) RingMemory;  // atomics begin as the zeros that are there
  memory->magic = kRingMagic;
  memory->version = kRingVersion;
  memory->waiting = static_cast<std::uint32_t>(waiting);
  memory->ring_bytes = kRingBytes;
  return segment;
}

}  // namespace

RingTransport::Client::Client(std::uint64_t its_number, Descriptor its_socket, Segment its_segment)
    : number(its_number),
      identity(identity_of(its_number)),
      socket(std::move(its_socket)),
      segment(std::move(its_segment)),
      memory(*std::launder(reinterpret_cast<RingMemory*>(segment.data()))),
      requests(memory.requests, memory.request_bytes),
      answers(memory.answers, memory.answer_bytes) {}

RingTransport::RingTransport(const std::string& endpoint, Waiting waiting)
    : endpoint_(endpoint),
      waiting_(waiting),
      most_clients_(quarter_of_descriptors()),
      listener_(listen_at(endpoint)),
      doorbell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!doorbell_) throw SystemError("eventfd", endpoint, errno);
  if (!epoll_) throw SystemError("epoll_create1", endpoint, errno);
  watch(listener_.get(), kListener);
  watch(doorbell_.get(), kDoorbell);
}

void RingTransport::watch(int descriptor, std::uint64_t number) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.u64 = number;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw SystemError("epoll_ctl", endpoint_, errno);
  }
}

bool RingTransport::serve(Handler& handler) {
  Spinning spinning;
  for (int turns = 0; turns < kTurns;) {
    if (serve_all(handler)) {
      ++turns;
      spinning.found();
    } else if (waiting_ == Waiting::block || clients_.empty() || spinning.pause() > kWakeUpCost) {
      return false;
    }
  }
  return true;
}

bool RingTransport::serve_all(Handler& handler) {
  bool any = false;
  for (auto& [identity, client] : clients_) any = serve_client(client, handler) || any;
  return any;
}

bool RingTransport::serve_client(Client& client, Handler& handler) {
  if (!client.answers.flush()) return false;
  std::span<const std::byte> request;
  int requests = 0;
  while (requests < kBurst && client.answers.kept() == 0) {
    const RingReader::Got got = client.requests.next(request);
    if (got == RingReader::Got::broken) client.ended = true;
    if (got != RingReader::Got::message) break;
    ++requests;
    if (handler.handle(client.identity, request, reply_)) client.answers.put(reply_.bytes());
    handler.send_waiting_answers();
  }
  if (requests != 0) wake_client(client);
  return requests != 0;
}

// After what was written for it, or read from it: it may wait for either.
void RingTransport::wake_client(Client& client) const noexcept {
  if (waiting_ == Waiting::spin) return;
  std::atomic<std::uint32_t>& sleeps = client.memory.client_sleeps.word;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (sleeps.load(std::memory_order_relaxed) != 0 && sleeps.exchange(0) != 0) futex_wake(sleeps);
}

// Either a client sees the flag after it has written, or its writing is seen here.
bool RingTransport::prepare_to_sleep() {
  if (waiting_ == Waiting::spin) return false;
  asleep_ = true;
  for (auto& [identity, client] : clients_) {
    client.memory.server_sleeps.word.store(1, std::memory_order_relaxed);
    if (client.answers.kept() != 0) {
      client.memory.answers_wait.word.store(1, std::memory_order_relaxed);
    }
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return std::ranges::none_of(clients_, [](auto& entry) {
    Client& client = entry.second;
    return client.answers.kept() != 0 ? client.answers.flush() : client.requests.has_bytes();
  });
}

bool RingTransport::wake(bool readable) {
  if (std::exchange(asleep_, false)) {
    for (auto& [identity, client] : clients_) {
      client.memory.server_sleeps.word.store(0, std::memory_order_relaxed);
      client.memory.answers_wait.word.store(0, std::memory_order_relaxed);
      if (client.answers.kept() != 0 && client.answers.flush()) wake_client(client);
    }
  }
  if (!readable) return remove_ended();
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t number = events.at(static_cast<std::size_t>(i)).data.u64;
    if (number == kListener) {
      accept_clients();
    } else if (number == kDoorbell) {
      eventfd_t rings = 0;
      static_cast<void>(::eventfd_read(doorbell_.get(), &rings));
    } else if (const auto found = by_number_.find(number); found != by_number_.end()) {
      found->second->ended = true;  // it says nothing there but its end
    }
  }
  return remove_ended();
}

// What it has sent before is served first.
bool RingTransport::remove_ended() {
  const auto gone = [](const auto& entry) {
    const Client& client = entry.second;
    return client.ended && (!client.requests.has_bytes() || client.answers.kept() != 0);
  };
  bool some = false;
  for (auto at = clients_.begin(); at != clients_.end();) {
    if (!gone(*at)) {
      ++at;
      continue;
    }
    by_number_.erase(at->second.number);
    at = clients_.erase(at);
    some = true;
  }
  return some;
}

void RingTransport::accept_clients() {
  for (bool came = true; came;) {
    Descriptor socket = accept_own_user(listener_.get(), came);
    if (!socket) continue;
    if (clients_.size() >= most_clients_) {
      turn_away(socket.get(), kTooMany);
      continue;
    }
    try {
      admit(std::move(socket));
    } catch (const Error&) {
      // No memory or no descriptor for it: its socket is closed, which tells it, and the others go
      // on.
    }
  }
}

void RingTransport::admit(Descriptor socket) {
  const std::uint64_t number = ++last_number_;
  Segment segment = new_segment(waiting_);
  if (!hand_over(socket.get(), segment.descriptor(), doorbell_.get())) return;
  watch(socket.get(), number);
  const auto [at, added] =
      clients_.emplace(std::piecewise_construct, std::forward_as_tuple(identity_of(number)),
                       std::forward_as_tuple(number, std::move(socket), std::move(segment)));
  by_number_.emplace(number, &at->second);
}

ServerTransport::Sent RingTransport::send(std::string_view identity,
                                          std::span<const std::byte> message) {
  const auto found = clients_.find(identity);
  if (found == clients_.end()) return Sent::nobody_there;
  Client& client = found->second;
  if (client.answers.kept() + message.size() > kMostKept) return Sent::nobody_reads;
  client.answers.put(message);
  wake_client(client);
  return Sent::yes;
}

}  // namespace share::manager
