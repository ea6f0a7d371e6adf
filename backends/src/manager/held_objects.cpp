#include "held_objects.hpp"

#include <algorithm>
#include <new>
#include <share/manager/datum.hpp>

namespace share::manager {
namespace {

// In a message.
constexpr std::size_t kMostAtOnce = 1000;

}  // namespace

/// One for each object at a time; it ends with the last proxy or value that refers to the object.
class HeldObjects::Hold {
 public:
  Hold(std::weak_ptr<HeldObjects> all, std::uint64_t number)
      : object(number), all_(std::move(all)) {}
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    if (const auto all = all_.lock()) all->dropped(*this);
  }

  const std::uint64_t object;
  std::uint64_t times = 1;  // guarded by the mutex

 private:
  std::weak_ptr<HeldObjects> all_;
};

Keep HeldObjects::told(std::uint64_t object) {
  const std::lock_guard guard(mutex_);
  Held& held = held_[object];
  if (std::shared_ptr<const Hold> hold = held.hold.lock()) {
    ++held.counted->times;
    return hold;
  }
  // Of one that is just being dropped, the drop tells.
  auto hold = std::make_shared<Hold>(weak_from_this(), object);
  held = {hold, hold.get()};
  return hold;
}

void HeldObjects::told_all(msgpack::Reader results) {
  std::vector<Keep> kept;  // first counted, then the last answer's are dropped
  std::int8_t type = 0;
  std::uint64_t object = 0;
  while (results.next_extension(type, object)) {
    if (type == kReferenceType) kept.push_back(told(object));
  }
  of_answer_.swap(kept);
}

Keep HeldObjects::keep(std::uint64_t object) {
  const std::lock_guard guard(mutex_);
  const auto held = held_.find(object);
  return held == held_.end() ? nullptr : held->second.hold.lock();
}

void HeldObjects::dropped(const Hold& hold) noexcept {
  // In a forked child another thread of the parent may have held the mutex.
  if (::getpid() != maker_) return;
  try {
    const std::lock_guard guard(mutex_);
    const auto held = held_.find(hold.object);
    if (held != held_.end() && held->second.counted == &hold) held_.erase(held);
    if (!tell_) return;
    releases_.emplace_back(hold.object, hold.times);
    has_releases_.store(true, std::memory_order_relaxed);
    if (!full_ && user_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
      tell_locked();
    }
  } catch (const std::bad_alloc&) {
    // The object then stays until the connection ends.
  }
}

void HeldObjects::tell_with(Tell tell) {
  const std::lock_guard guard(mutex_);
  tell_ = std::move(tell);
}

void HeldObjects::use_and_tell() {
  const std::lock_guard guard(mutex_);
  user_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  tell_locked();
}

void HeldObjects::tell_locked() {
  full_ = false;
  while (tell_ && !releases_.empty()) {
    const std::size_t some = std::min(kMostAtOnce, releases_.size());
    full_ = !tell_(std::span(releases_).last(some));
    if (full_) return;
    releases_.resize(releases_.size() - some);
  }
  has_releases_.store(!releases_.empty(), std::memory_order_relaxed);
}

}  // namespace share::manager
