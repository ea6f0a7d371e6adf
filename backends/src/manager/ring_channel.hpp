// The channel over rings in shared memory: see ring.hpp for the memory, handover.hpp for how it
// comes here, share/manager/waiting.hpp for how it waits. No threads, no ZeroMQ.
#pragma once

#include <deque>
#include <share/core/deadline.hpp>
#include <string>
#include <vector>

#include "channel.hpp"
#include "handover.hpp"
#include "ring.hpp"

namespace share::manager {

class RingChannel final : public Channel {
 public:
  /// Throws what connect_to() throws, and BadAddress when the server's ring is of another kind.
  RingChannel(const Address& address, const std::string& shown, std::chrono::nanoseconds timeout);

  void limit_slices(std::chrono::milliseconds slice) override { slice_ = slice; }
  Outcome send(std::span<const std::byte> message) override;
  bool try_send(std::span<const std::byte> message) noexcept override;
  Outcome receive(std::span<const std::byte>& message) override;
  bool peer_gone() const noexcept override;

 private:
  // A wait in several parts. The clock is asked from the second on: most have one.
  class Slice;
  // Waits until `ready()`. False: the slice has passed.
  template <class Ready>
  bool wait_until(Slice& slice, Ready ready);
  template <class Ready>
  bool sleep_until(Ready ready, const Deadline& deadline);
  void ring_if(RingFlag& flag) noexcept;
  // False when there is none yet. Throws SystemError for a ring that is no ring.
  bool next_answer(std::span<const std::byte>& answer);
  // Answers that come while a long request waits for room, so that the server goes on.
  void keep_answers();

  std::string shown_;
  Handover handover_;
  RingMemory& memory_;
  Waiting waiting_;
  std::chrono::milliseconds slice_{50};
  RingWriter requests_;
  RingReader answers_;
  std::deque<std::vector<std::byte>> early_;
  std::size_t early_bytes_ = 0;
  std::vector<std::byte> taken_;  // out of early_
};

}  // namespace share::manager
