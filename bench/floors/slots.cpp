#include "bench/floors/slots.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>

namespace sharebench {
namespace {

using share::Deadline;

constexpr std::chrono::seconds kAnswerLimit(5);

share::Segment open_slots(const std::string& address) {
  constexpr std::string_view kPrefix = "memfd:";
  int descriptor = -1;
  const char* end = address.data() + address.size();
  if (!address.starts_with(kPrefix) ||
      std::from_chars(address.data() + kPrefix.size(), end, descriptor).ptr != end)
    throw share::BadAddress(address, "memfd:<descriptor>");
  return share::Segment::open(descriptor);
}

/// Waits as `waiting` says until `ready()`. @param flag set while it sleeps; who changes it to 0
/// wakes.
template <class Ready>
bool wait_for(SlotWaiting waiting, std::atomic<std::uint32_t>& flag, const Deadline& deadline,
              Ready ready) {
  if (waiting != SlotWaiting::block) {
    const std::chrono::nanoseconds limit =
        waiting == SlotWaiting::spin ? kAnswerLimit : std::chrono::nanoseconds(share::kWakeUpCost);
    share::Spinning spinning;
    do {
      if (ready()) return true;
    } while (spinning.pause() < limit);
    if (waiting == SlotWaiting::spin) return ready();
  }
  while (true) {
    flag.store(1, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!ready()) share::futex_wait(flag, 1, deadline);
    flag.store(0, std::memory_order_relaxed);
    if (ready()) return true;
    if (deadline.passed()) return false;
  }
}

void wake(SlotWaiting waiting, std::atomic<std::uint32_t>& flag) {
  if (waiting == SlotWaiting::spin) return;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (flag.load(std::memory_order_relaxed) != 0 && flag.exchange(0) != 0) share::futex_wake(flag);
}

class SlotServer {
 public:
  SlotServer(Slots& slots, SlotWaiting waiting) : slots_(slots), waiting_(waiting) {}

  void run() {
    while (true)
      wait_for(waiting_, slots_.server_sleeps, Deadline::never(), [this] { return answer_all(); });
  }

 private:
  bool answer_all() {
    bool any = false;
    // One that found no slot has counted too.
    const std::uint32_t taken =
        std::min<std::uint32_t>(slots_.taken.load(std::memory_order_acquire), kMaxSlots);
    for (std::uint32_t s = 0; s < taken; ++s) any = answer(slots_.slots[s], s) || any;
    return any;
  }
  bool answer(Slot& slot, std::uint32_t number) {
    const std::uint32_t turn = slot.request.turn.load(std::memory_order_acquire);
    if (turn == answered_[number]) return false;
    std::memcpy(slot.answer.bytes, slot.request.bytes, kSlotBytes);
    answered_[number] = turn;
    slot.answer.turn.store(turn, std::memory_order_release);
    wake(waiting_, slot.answer.sleeps);
    return true;
  }

  Slots& slots_;
  SlotWaiting waiting_;
  std::uint32_t answered_[kMaxSlots]{};
};

}  // namespace

SlotWaiting waiting_of(FloorService service) noexcept {
  if (service == FloorService::slots_spin) return SlotWaiting::spin;
  return service == FloorService::slots_block ? SlotWaiting::block : SlotWaiting::spin_then_block;
}

SlotClient::SlotClient(const std::string& address, SlotWaiting waiting)
    : segment_(open_slots(address)),
      waiting_(waiting),
      slots_(*reinterpret_cast<Slots*>(segment_.data())),
      slot_(slots_.slots[std::min<std::size_t>(slots_.taken.fetch_add(1), kMaxSlots - 1)]) {
  if (slots_.taken.load() > kMaxSlots) throw share::Error("the floor has no slot left");
}

void SlotClient::call(std::size_t bytes) {
  std::memcpy(slot_.request.bytes, request_, bytes);
  slot_.request.turn.store(++calls_, std::memory_order_release);
  wake(waiting_, slots_.server_sleeps);
  const bool came = wait_for(waiting_, slot_.answer.sleeps, Deadline::after(kAnswerLimit), [this] {
    return slot_.answer.turn.load(std::memory_order_acquire) == calls_;
  });
  if (!came) throw share::TimedOut("the floor's server", kAnswerLimit);
  std::memcpy(answer_, slot_.answer.bytes, bytes);
}

int serve_slots(SlotWaiting waiting, int ready_descriptor, int memory) {
  const share::Segment segment = share::Segment::open(memory);
  const std::string line = "memfd:" + std::to_string(memory) + "\n";
  if (write(ready_descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    return 1;
  close(ready_descriptor);
  SlotServer(*reinterpret_cast<Slots*>(segment.data()), waiting).run();
  return 0;
}

}  // namespace sharebench
