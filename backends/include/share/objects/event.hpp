// Event: a flag that processes set, clear and wait for. Nobody holds anything, so a death harms
// nobody. What was written before set() is seen by who has waited for it. Made and found as a
// Value.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <share/objects/shared_object.hpp>

namespace share {

class EventState {
 public:
  static std::string kind() { return "event"; }

  void init() noexcept { set_.store(0); }
  void set();
  void clear() noexcept { set_.store(0, std::memory_order_release); }
  bool is_set() const noexcept { return set_.load(std::memory_order_acquire) != 0; }
  bool wait_for(std::chrono::nanoseconds limit);

 private:
  std::atomic<std::uint32_t> set_;  // a futex
};

class Event : public SharedObject<Event, EventState> {
  using Base = SharedObject<Event, EventState>;
  friend Base;

 public:
  /// @throws NotEnoughMemory, SystemError.
  Event() : Event(Reached::by_inheritance) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static Event create(const std::string& name) {
    Event event(Reached::by_name);
    event.publish(name);
    return event;
  }

  void set() { state().set(); }
  void clear() noexcept { state().clear(); }
  bool is_set() const noexcept { return state().is_set(); }
  /// True once it is set; false when it was not in time. One that is set and cleared at once may be
  /// missed.
  bool wait_for(std::chrono::nanoseconds limit) { return state().wait_for(limit); }

 private:
  explicit Event(Base&& opened) : Base(std::move(opened)) {}
  explicit Event(Reached reached) : Base(reached) { state().init(); }
};

}  // namespace share
