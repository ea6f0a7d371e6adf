#include <share/core/spinning.hpp>
#include <share/mutex/mcs.hpp>

namespace share::mutex {

void McsLock::init() noexcept {
  tail_.store(0);
  holder_ = 0;
  for (Node& node : nodes_) {
    node.taken.store(0);
    node.next.store(0);
    node.state.store(waiting);
  }
}

/// 0 when all are taken. Each thread begins where it found one last, so that its line is near.
std::uint32_t McsLock::take_place() noexcept {
  static thread_local std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    const std::uint32_t place = (last + i) % kPlaces + 1;
    std::atomic<std::uint32_t>& taken = node(place).taken;
    if (taken.load(std::memory_order_relaxed) == 0 &&
        taken.exchange(1, std::memory_order_acquire) == 0) {
      last = place - 1;
      node(place).next.store(0, std::memory_order_relaxed);
      node(place).state.store(waiting, std::memory_order_relaxed);
      return place;
    }
  }
  return 0;
}

bool McsLock::try_lock() noexcept {
  if (tail_.load(std::memory_order_relaxed) != 0) return false;
  const std::uint32_t place = take_place();
  if (place == 0) return false;
  std::uint32_t nobody = 0;
  if (tail_.compare_exchange_strong(nobody, place, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
    holder_ = place;
    return true;
  }
  node(place).taken.store(0, std::memory_order_release);
  return false;
}

bool McsLock::wait(std::chrono::nanoseconds limit) noexcept {
  Spinning spinning;
  std::uint32_t place = take_place();
  for (; place == 0; place = take_place())
    if (spinning.pause() >= limit) return false;
  const std::uint32_t before = tail_.exchange(place, std::memory_order_acq_rel);
  if (before != 0) {
    Node& mine = node(place);
    if (node(before).next.exchange(place, std::memory_order_acq_rel) == kHandedOver) {
      node(before).taken.store(0, std::memory_order_release);
      holder_ = place;
      return true;
    }
    while (mine.state.load(std::memory_order_acquire) == waiting) {
      if (spinning.pause() < limit) continue;
      std::uint32_t seen = waiting;
      // From then on the node is that of the one who unlocks.
      if (mine.state.compare_exchange_strong(seen, left, std::memory_order_acq_rel)) return false;
    }
  }
  holder_ = place;
  return true;
}

void McsLock::unlock() noexcept {
  std::uint32_t place = holder_;
  while (!pass_to_next(place)) {
  }
}

/// True when the lock is somebody else's or free; else `place` is now that of one who left.
bool McsLock::pass_to_next(std::uint32_t& place) noexcept {
  Node& mine = node(place);
  std::uint32_t next = mine.next.load(std::memory_order_acquire);
  if (next == 0) {
    std::uint32_t last = place;
    if (tail_.compare_exchange_strong(last, 0, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
      mine.taken.store(0, std::memory_order_release);
      return true;
    }
    // Somebody is between the two steps of queueing: it finds the lock here, and frees the place.
    if (mine.next.compare_exchange_strong(next, kHandedOver, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      return true;
    }
  }
  std::uint32_t seen = waiting;
  const bool passed =
      node(next).state.compare_exchange_strong(seen, granted, std::memory_order_acq_rel);
  mine.taken.store(0, std::memory_order_release);
  place = next;
  return passed;
}

}  // namespace share::mutex
