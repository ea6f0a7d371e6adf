#include <algorithm>
#include <cstring>
#include <mutex>
#include <share/core/deadline.hpp>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>
#include <share/core/spinning.hpp>
#include <share/objects/queue_state.hpp>

namespace share {
namespace {

// What even one who does not want to wait waits for another's put or get to end.
constexpr std::chrono::milliseconds kMomentOfOthers{10};

void tell(std::atomic<std::uint32_t>& changes, const std::atomic<std::uint32_t>& sleepers,
          int how_many) {
  changes.fetch_add(1);
  if (sleepers.load() != 0) futex_wake(changes, how_many);
}

constexpr int kAll = INT32_MAX;

}  // namespace

void QueueState::init() {
  lock_.init();
  for (auto* count : {&put_, &taken_, &finished_}) count->store(0);
  for (Word* word : {&closed_, &items_, &getters_, &room_, &putters_, &ends_, &joiners_})
    word->store(0);
}

/// Makes the change as soon as it can be made. @param change under the lock: makes it if it can;
/// @param ready without the lock: whether it is worth trying.
template <class Change, class Ready>
QueueState::Outcome QueueState::wait(std::chrono::nanoseconds limit, Word& changes, Word& sleepers,
                                     const Change& change, const Ready& ready) {
  Deadline deadline = Deadline::never();
  const auto until = [&] {  // the clock is looked at only when there is something to wait for
    if (deadline.is_never()) deadline = Deadline::after(limit);
    return deadline;
  };
  for (;;) {
    if (!lock_.try_lock() &&
        !lock_.try_lock_for(std::max<std::chrono::nanoseconds>(until().left(), kMomentOfOthers))) {
      return Outcome::timed_out;
    }
    std::unique_lock guard(lock_, std::adopt_lock);
    const std::uint32_t seen = changes.load();  // first: close() does not take the lock
    const Outcome outcome = change();
    if (outcome != Outcome::timed_out) return outcome;
    guard.unlock();
    if (until().passed()) return Outcome::timed_out;
    if (look_again(ready)) continue;
    sleepers.fetch_add(1);
    futex_wait(changes, seen, std::min(deadline, Deadline::after(kLookAgain)));
    sleepers.fetch_sub(1);
  }
}

QueueState::Outcome QueueState::put(const Elements& elements, const void* item,
                                    std::chrono::nanoseconds limit) {
  const auto change = [&] {
    if (is_closed()) return Outcome::closed;
    const std::uint64_t number = put_.load(std::memory_order_relaxed);
    if (number - taken_.load(std::memory_order_relaxed) >= elements.capacity)
      return Outcome::timed_out;
    std::memcpy(elements.first + number % elements.capacity * elements.bytes, item, elements.bytes);
    put_.store(number + 1, std::memory_order_release);
    return Outcome::done;
  };
  const Outcome outcome = wait(limit, room_, putters_, change,
                               [&] { return size() < elements.capacity || is_closed(); });
  if (outcome == Outcome::done) tell(items_, getters_, 1);
  return outcome;
}

QueueState::Outcome QueueState::get(const Elements& elements, void* item,
                                    std::chrono::nanoseconds limit) {
  const auto change = [&] {
    const std::uint64_t number = taken_.load(std::memory_order_relaxed);
    if (number == put_.load(std::memory_order_relaxed))
      return is_closed() ? Outcome::closed : Outcome::timed_out;
    std::memcpy(item, elements.first + number % elements.capacity * elements.bytes, elements.bytes);
    taken_.store(number + 1, std::memory_order_release);
    return Outcome::done;
  };
  const Outcome outcome =
      wait(limit, items_, getters_, change, [&] { return size() != 0 || is_closed(); });
  if (outcome == Outcome::done) tell(room_, putters_, 1);
  return outcome;
}

void QueueState::close() {
  closed_.store(1);
  tell(items_, getters_, kAll);
  tell(room_, putters_, kAll);
}

std::uint64_t QueueState::size() const noexcept {
  // In this order: what is put meanwhile makes it larger, what is taken cannot make it negative.
  const std::uint64_t taken = taken_.load(std::memory_order_acquire);
  return put_.load(std::memory_order_acquire) - taken;
}

void QueueState::task_done() {
  const std::scoped_lock guard(lock_);
  const std::uint64_t finished = finished_.load(std::memory_order_relaxed);
  if (finished == put_.load(std::memory_order_relaxed))
    throw NotHeldHere("a task of a queue, all of whose items are done");
  finished_.store(finished + 1, std::memory_order_release);
  tell(ends_, joiners_, kAll);
}

bool QueueState::join_for(std::chrono::nanoseconds limit) {
  const auto all_done = [&] {
    return finished_.load(std::memory_order_acquire) == put_.load(std::memory_order_acquire);
  };
  return wait(
             limit, ends_, joiners_,
             [&] { return all_done() ? Outcome::done : Outcome::timed_out; },
             all_done) == Outcome::done;
}

}  // namespace share
