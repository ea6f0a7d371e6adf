// The floor of manager.shm: a bare echo of the same bytes through a slot of shared memory for each
// client, without rings, lengths, lookups or checks, and waiting in the same way. The server is a
// process of its own; one call in flight.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <share/core/cache_line.hpp>
#include <share/core/segment.hpp>
#include <string>

#include "bench/floors/floor_service.hpp"

namespace sharebench {

inline constexpr std::size_t kSlotBytes = 48;  // an `add` of the manager and its answer fit
inline constexpr std::size_t kMaxSlots = 64;

struct alignas(share::kCacheLine) SlotSide {
  std::atomic<std::uint32_t> turn;    ///< of the client: calls made; of the server: answered
  std::atomic<std::uint32_t> sleeps;  ///< a futex word: 1 before whoever reads `turn` sleeps
  std::byte bytes[kSlotBytes];
};
struct Slot {
  SlotSide request, answer;
};
struct Slots {
  alignas(share::kCacheLine) std::atomic<std::uint32_t> taken;
  alignas(share::kCacheLine) std::atomic<std::uint32_t> server_sleeps;  ///< a futex word
  Slot slots[kMaxSlots];
};

enum class SlotWaiting { spin, spin_then_block, block };
SlotWaiting waiting_of(FloorService service) noexcept;

/// A client of the slots at the address `memfd:<descriptor>`. Throws share::Error when all slots
/// are taken.
class SlotClient {
 public:
  SlotClient(const std::string& address, SlotWaiting waiting);
  void call(std::size_t bytes);

 private:
  share::Segment segment_;
  SlotWaiting waiting_;
  Slots& slots_;
  Slot& slot_;
  std::uint32_t calls_ = 0;
  std::byte request_[kSlotBytes]{}, answer_[kSlotBytes]{};
};

int serve_slots(SlotWaiting waiting, int ready_descriptor, int memory);

}  // namespace sharebench
