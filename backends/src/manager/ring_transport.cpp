#include "ring_transport.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
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

constexpr std::uint64_t kListener = 0;  // clients count from 1
// Requests of one client before the next has its turn, of all before the loop looks at its other
// descriptors, and newcomers before it serves again.
constexpr int kBurst = 32;
constexpr int kRequests = 256;
constexpr int kNewcomers = 64;
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
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw SystemError("epoll_create1", endpoint, errno);
  watch(listener_.get(), kListener);
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
  for (int requests = 0; requests < kRequests;) {
    if (const int found = serve_all(handler); found != 0) {
      requests += found;
      spinning.found();
    } else if (waiting_ == Waiting::block || clients_.empty() || spinning.pause() > kWakeUpCost) {
      return false;
    }
  }
  return true;
}

int RingTransport::serve_all(Handler& handler) {
  int requests = 0;
  for (auto& [identity, client] : clients_) requests += serve_client(client, handler);
  return requests;
}

int RingTransport::serve_client(Client& client, Handler& handler) {
  if (!client.ended && !flush(client)) return 0;
  if (!client.requests.has_bytes()) return 0;
  int requests = 0;
  try {
    requests = answer_requests(client, handler);
  } catch (const std::bad_alloc&) {
    client.end();  // what it asked for takes more than there is; the others go on
  }
  wake_client(client);  // there is room again, if nothing else
  return std::max(requests, 1);
}

int RingTransport::answer_requests(Client& client, Handler& handler) {
  std::span<const std::byte> request;
  int requests = 0;
  while (requests < kBurst && (client.ended || client.answers.kept() == 0)) {
    const RingReader::Got got = client.requests.next(request);
    if (got == RingReader::Got::broken) client.end();
    if (got != RingReader::Got::message) break;
    ++requests;
    if (handler.handle(client.identity, request, reply_) && !client.ended) {
      client.answers.put(reply_.bytes());
    }
    handler.send_waiting_answers();
  }
  return requests;
}

bool RingTransport::flush(Client& client) const noexcept {
  const std::size_t before = client.answers.kept();
  if (before == 0) return true;
  const bool all = client.answers.flush();
  if (client.answers.kept() != before) wake_client(client);
  return all;
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
  return std::ranges::none_of(clients_, [this](auto& entry) {
    Client& client = entry.second;
    if (client.ended) return true;  // to be removed
    return client.answers.kept() != 0 ? flush(client) : client.requests.has_bytes();
  });
}

bool RingTransport::wake(bool readable) {
  if (std::exchange(asleep_, false)) {
    for (auto& [identity, client] : clients_) {
      client.memory.server_sleeps.word.store(0, std::memory_order_relaxed);
      client.memory.answers_wait.word.store(0, std::memory_order_relaxed);
      flush(client);
    }
  }
  if (!readable) return remove_ended();
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t number = events.at(static_cast<std::size_t>(i)).data.u64;
    if (number == kListener) {
      accept_clients();
    } else if (const auto found = by_number_.find(number);
               found != by_number_.end() && !hear_bell(found->second->socket.get())) {
      found->second->end();
    }
  }
  return remove_ended();
}

// What it has sent before is served first.
bool RingTransport::remove_ended() {
  const auto gone = [](const auto& entry) {
    const Client& client = entry.second;
    return client.ended && !client.requests.has_bytes();
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
  bool came = true;
  for (int i = 0; came && i < kNewcomers; ++i) {
    Descriptor socket;
    try {
      socket = accept_own_user(listener_.get(), came);
      if (!socket) continue;
      if (clients_.size() < most_clients_) {
        admit(socket);
      } else {
        turn_away(socket.get(), kTooMany);
      }
    } catch (const std::exception&) {
      // No memory or no descriptor for it: it is told, and the others go on.
      if (socket) turn_away(socket.get(), kNoMemory);
    }
  }
}

void RingTransport::admit(Descriptor& socket) {
  const std::uint64_t number = ++last_number_;
  Segment segment = new_segment(waiting_);
  const auto [at, added] =
      clients_.emplace(std::piecewise_construct, std::forward_as_tuple(identity_of(number)),
                       std::forward_as_tuple(number, Descriptor(), std::move(segment)));
  Client& client = at->second;
  try {
    by_number_.emplace(number, &client);
    watch(socket.get(), number);
  } catch (...) {
    by_number_.erase(number);
    clients_.erase(at);
    throw;
  }
  client.socket = std::move(socket);
  // One that has gone already shows by its socket.
  static_cast<void>(hand_over(client.socket.get(), client.segment.descriptor()));
}

ServerTransport::Sent RingTransport::send(std::string_view identity,
                                          std::span<const std::byte> message) {
  const auto found = clients_.find(identity);
  if (found == clients_.end()) return Sent::nobody_there;
  Client& client = found->second;
  if (client.ended) return Sent::yes;  // it gets nothing any more, and is removed soon
  if (client.answers.kept() + message.size() > kMostKept) return Sent::nobody_reads;
  client.answers.put(message);
  wake_client(client);
  return Sent::yes;
}

}  // namespace share::manager
