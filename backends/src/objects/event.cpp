#include <share/core/deadline.hpp>
#include <share/core/futex.hpp>
#include <share/objects/event.hpp>

namespace share {

void EventState::set() {
  if (set_.exchange(1, std::memory_order_release) == 0) futex_wake(set_);
}

// All are woken, so a waiter that dies takes no wake-up from another.
bool EventState::wait_for(std::chrono::nanoseconds limit) {
  if (is_set()) return true;
  const Deadline deadline = Deadline::after(limit);
  while (!is_set()) {
    if (deadline.passed()) return is_set();
    futex_wait(set_, 0, deadline);
  }
  return true;
}

}  // namespace share
