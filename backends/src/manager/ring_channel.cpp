#include "ring_channel.hpp"

#include <poll.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>
#include <share/manager/protocol.hpp>

namespace share::manager {
namespace {

// Answers that a client keeps while it sends: as many as may be in flight, of some length.
constexpr std::size_t kMostEarly = std::size_t{64} << 20;
// What may be kept when something has to be said in any case: a request half sent, and a little.
constexpr std::size_t kMostUnsent = protocol::kMaxMessageBytes + kRingBytes;

BadAddress another_kind(const std::string& shown) {
  return {shown, "a manager of the same version over shared memory"};
}

RingMemory& checked_memory(const Segment& segment, const std::string& shown) {
  auto& memory = *reinterpret_cast<RingMemory*>(segment.data());
  if (segment.size() < sizeof(RingMemory) || memory.magic != kRingMagic ||
      memory.version != kRingVersion || memory.ring_bytes != kRingBytes) {
    throw another_kind(shown);
  }
  return memory;
}

Waiting checked_waiting(const RingMemory& memory, const std::string& shown) {
  const std::uint32_t waiting = *static_cast<const volatile std::uint32_t*>(&memory.waiting);
  if (waiting > static_cast<std::uint32_t>(Waiting::block)) throw another_kind(shown);
  return static_cast<Waiting>(waiting);
}

}  // namespace

class RingChannel::Slice {
 public:
  explicit Slice(std::chrono::milliseconds length) : length_(length) {}
  /// Before each wait.
  bool over() {
    if (++waits_ == 1) return false;
    if (waits_ == 2) deadline_ = Deadline::after(length_);
    return deadline_.passed();
  }
  std::chrono::milliseconds length() const noexcept { return length_; }

 private:
  std::chrono::milliseconds length_;
  int waits_ = 0;
  Deadline deadline_ = Deadline::never();
};

RingChannel::RingChannel(const Address& address, const std::string& shown,
                         std::chrono::nanoseconds timeout)
    : shown_(shown),
      handover_(connect_to(address.endpoint, shown, timeout)),
      memory_(checked_memory(handover_.segment, shown)),
      waiting_(checked_waiting(memory_, shown)),
      requests_(memory_.requests, memory_.request_bytes),
      answers_(memory_.answers, memory_.answer_bytes) {}

// What has no room now goes with the next call, receive() above all: so a long request is on its
// way while its sender waits for the answer.
Channel::Outcome RingChannel::send(std::span<const std::byte> message) {
  Slice slice(slice_);
  while (!requests_.flush()) {
    ring_if(memory_.server_sleeps);
    keep_answers();  // else the server, which reads no requests while they wait, would wait for us
    const auto ready = [this] { return requests_.has_room() || answers_.has_bytes(); };
    if (slice.over() || !wait_until(slice, ready)) return Outcome::slice_passed;
  }
  requests_.put(message);
  ring_if(memory_.server_sleeps);
  return Outcome::done;
}

// Behind what is kept: a `cancel` must not be lost when its request is half sent.
bool RingChannel::try_send(std::span<const std::byte> message) noexcept {
  requests_.flush();
  bool sent = requests_.kept() <= kMostUnsent;
  try {
    if (sent) requests_.put(message);
  } catch (const std::bad_alloc&) {
    sent = false;
  }
  ring_if(memory_.server_sleeps);
  return sent;
}

bool RingChannel::next_answer(std::span<const std::byte>& answer) {
  const RingReader::Got got = answers_.next(answer);
  if (got == RingReader::Got::broken) throw SystemError("reading the ring", shown_, EPROTO);
  return got == RingReader::Got::message;
}

void RingChannel::keep_answers() {
  std::span<const std::byte> answer;
  while (next_answer(answer)) {
    early_bytes_ += answer.size();
    if (early_bytes_ > kMostEarly) throw SystemError("reading the ring", shown_, EMSGSIZE);
    early_.emplace_back(answer.begin(), answer.end());
  }
}

Channel::Outcome RingChannel::receive(std::span<const std::byte>& message) {
  if (!early_.empty()) {
    taken_ = std::move(early_.front());
    early_.pop_front();
    early_bytes_ -= taken_.size();
    message = taken_;
    return Outcome::done;
  }
  Slice slice(slice_);
  while (!next_answer(message)) {
    if (requests_.kept() != 0) {
      requests_.flush();
      ring_if(memory_.server_sleeps);
    }
    const auto ready = [this] {
      return answers_.has_bytes() || (requests_.kept() != 0 && requests_.has_room());
    };
    if (slice.over() || !wait_until(slice, ready)) return Outcome::slice_passed;
  }
  return Outcome::done;
}

template <class Ready>
bool RingChannel::wait_until(Slice& slice, Ready ready) {
  ring_if(memory_.answers_wait);
  Spinning spinning;
  if (waiting_ != Waiting::block) {
    const auto limit = waiting_ == Waiting::spin ? std::chrono::nanoseconds(slice.length())
                                                 : std::chrono::nanoseconds(kWakeUpCost);
    do {
      if (ready()) return true;
    } while (spinning.pause() < limit);
  }
  if (waiting_ == Waiting::spin) return ready();
  return sleep_until(ready, Deadline::after(slice.length()));
}

template <class Ready>
bool RingChannel::sleep_until(Ready ready, const Deadline& deadline) {
  std::atomic<std::uint32_t>& sleeps = memory_.client_sleeps.word;
  for (;;) {
    // Either the server sees the flag after it has written, or this sees what it wrote.
    sleeps.store(1, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    ring_if(memory_.answers_wait);
    const bool is_ready = ready();
    const bool passed = !is_ready && !futex_wait(sleeps, 1, deadline);
    sleeps.store(0, std::memory_order_relaxed);
    if (is_ready || ready()) return true;
    if (passed || deadline.passed()) return false;
  }
}

// After the fence, so that whatever was written before is seen by whoever is woken, and whoever
// goes to sleep is seen here.
void RingChannel::ring_if(RingFlag& flag) noexcept {
  if (waiting_ == Waiting::spin) return;  // it does not sleep
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (flag.word.load(std::memory_order_relaxed) == 0 || flag.word.exchange(0) == 0) return;
  ring_bell(handover_.socket.get());
}

bool RingChannel::peer_gone() const noexcept {
  pollfd socket{handover_.socket.get(), POLLIN, 0};
  return ::poll(&socket, 1, 0) > 0;  // nothing is said there any more but its end
}

}  // namespace share::manager
