#include "ring_channel.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>

namespace share::manager {
namespace {

RingMemory& checked_memory(const Segment& segment, const std::string& shown) {
  auto& memory = *reinterpret_cast<RingMemory*>(segment.data());
  if (segment.size() < sizeof(RingMemory) || memory.magic != kRingMagic ||
      memory.version != kRingVersion || memory.ring_bytes != kRingBytes ||
      memory.waiting > static_cast<std::uint32_t>(Waiting::block)) {
    throw BadAddress(shown, "a manager of the same version over shared memory");
  }
  return memory;
}

}  // namespace

RingChannel::RingChannel(const Address& address, const std::string& shown,
                         std::chrono::nanoseconds timeout)
    : shown_(shown),
      handover_(connect_to(address.endpoint, shown, timeout)),
      memory_(checked_memory(handover_.segment, shown)),
      waiting_(static_cast<Waiting>(memory_.waiting)),
      requests_(memory_.requests, memory_.request_bytes),
      answers_(memory_.answers, memory_.answer_bytes) {}

// What has no room now goes with the next call, receive() above all: so a long request is on its
// way while its sender waits for the answer, and at most one message is ever kept.
Channel::Outcome RingChannel::send(std::span<const std::byte> message) {
  while (!requests_.flush()) {
    ring_if(memory_.server_sleeps);
    keep_answers();  // else the server, which reads no requests while they wait, would wait for us
    if (!wait_until([this] { return requests_.has_room() || answers_.has_bytes(); })) {
      return Outcome::slice_passed;
    }
  }
  requests_.put(message);
  ring_if(memory_.server_sleeps);
  return Outcome::done;
}

void RingChannel::try_send(std::span<const std::byte> message) noexcept {
  if (!requests_.flush()) return;
  try {
    requests_.put(message);
  } catch (const std::bad_alloc&) {
    return;  // then it is not sent
  }
  ring_if(memory_.server_sleeps);
}

void RingChannel::keep_answers() {
  std::span<const std::byte> answer;
  while (answers_.next(answer) == RingReader::Got::message) {
    early_.emplace_back(answer.begin(), answer.end());
  }
}

Channel::Outcome RingChannel::receive(std::span<const std::byte>& message) {
  if (!early_.empty()) {
    taken_ = std::move(early_.front());
    early_.pop_front();
    message = taken_;
    return Outcome::done;
  }
  for (;;) {
    switch (answers_.next(message)) {
      case RingReader::Got::message:
        return Outcome::done;
      case RingReader::Got::broken:
        throw Error("the server at " + shown_ + " does not keep to the layout of its ring");
      case RingReader::Got::nothing:
        break;
    }
    if (requests_.kept() != 0) {
      requests_.flush();
      ring_if(memory_.server_sleeps);
    }
    if (!wait_until([this] {
          return answers_.has_bytes() || (requests_.kept() != 0 && requests_.has_room());
        })) {
      return Outcome::slice_passed;
    }
  }
}

template <class Ready>
bool RingChannel::wait_until(Ready ready) {
  ring_if(memory_.answers_wait);
  Spinning spinning;
  if (waiting_ != Waiting::block) {
    const auto limit = waiting_ == Waiting::spin ? std::chrono::nanoseconds(slice_)
                                                 : std::chrono::nanoseconds(kWakeUpCost);
    do {
      if (ready()) return true;
    } while (spinning.pause() < limit);
  }
  if (waiting_ == Waiting::spin) return ready();
  return sleep_until(ready, Deadline::after(slice_));
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
  static_cast<void>(::eventfd_write(handover_.doorbell.get(), 1));
}

bool RingChannel::peer_gone() const noexcept {
  pollfd socket{handover_.socket.get(), POLLIN, 0};
  return ::poll(&socket, 1, 0) > 0;  // nothing is said there any more but its end
}

}  // namespace share::manager
