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

constexpr int kAll = INT32_MAX;

}  // namespace

void QueueState::Step::init() {
  lock.init();
  other = 0;
  count.store(0);
  changes.store(0);
  sleepers.store(0);
}

void QueueState::Step::tell(int how_many) {
  changes.fetch_add(1);
  if (sleepers.load() != 0) futex_wake(changes, how_many);
}

void QueueState::init() {
  for (Step* step : {&puts_, &gets_, &ends_}) step->init();
}

/// Makes a change as soon as it can be made. @param change under the lock of `step`: makes it if it
/// can; @param ready without the lock: whether it is worth trying; @param awaited what else it
/// takes.
template <class Change, class Ready>
QueueState::Outcome QueueState::make(Step& step, Step& awaited, std::chrono::nanoseconds limit,
                                     const Change& change, const Ready& ready) {
  Deadline deadline = Deadline::never();
  const auto until = [&] {  // the clock is looked at only when there is something to wait for
    if (deadline.is_never()) deadline = Deadline::after(limit);
    return deadline;
  };
  for (;;) {
    if (!step.lock.try_lock_in_turn() && !step.lock.try_lock_for(std::max<std::chrono::nanoseconds>(
                                             until().left(), kMomentOfOthers))) {
      return Outcome::timed_out;
    }
    std::unique_lock guard(step.lock, std::adopt_lock);
    Outcome outcome = change();
    if (outcome != Outcome::timed_out) return outcome;
    // What changes after this is seen by the futex, what changed before by the second try.
    const std::uint32_t seen = awaited.changes.load();
    outcome = change();
    if (outcome != Outcome::timed_out) return outcome;
    guard.unlock();
    if (until().passed()) return Outcome::timed_out;
    if (look_again(ready)) continue;
    awaited.sleepers.fetch_add(1);
    futex_wait(awaited.changes, seen, std::min(deadline, Deadline::after(kLookAgain)));
    awaited.sleepers.fetch_sub(1);
  }
}

QueueState::Outcome QueueState::put(const Elements& elements, const void* item,
                                    std::chrono::nanoseconds limit) {
  const auto change = [&] {
    std::uint64_t number = puts_.count.load(std::memory_order_relaxed);
    if ((number & kClosed) != 0) return Outcome::closed;
    if (number - puts_.other >= elements.capacity) {
      puts_.other = gets_.count.load(std::memory_order_acquire);
      if (number - puts_.other >= elements.capacity) return Outcome::timed_out;
    }
    std::memcpy(elements.first + number % elements.capacity * elements.bytes, item, elements.bytes);
    const bool still_open = puts_.count.compare_exchange_strong(
        number, number + 1, std::memory_order_release, std::memory_order_relaxed);
    return still_open ? Outcome::done : Outcome::closed;
  };
  const Outcome outcome =
      make(puts_, gets_, limit, change, [&] { return size() < elements.capacity || is_closed(); });
  if (outcome == Outcome::done) puts_.tell(1);
  return outcome;
}

QueueState::Outcome QueueState::get(const Elements& elements, void* item,
                                    std::chrono::nanoseconds limit) {
  const auto change = [&] {
    const std::uint64_t number = gets_.count.load(std::memory_order_relaxed);
    if (number == gets_.other) {
      const std::uint64_t put = puts_.count.load(std::memory_order_acquire);
      gets_.other = put & ~kClosed;
      if (number == gets_.other) return put & kClosed ? Outcome::closed : Outcome::timed_out;
    }
    std::memcpy(item, elements.first + number % elements.capacity * elements.bytes, elements.bytes);
    gets_.count.store(number + 1, std::memory_order_release);
    return Outcome::done;
  };
  const Outcome outcome =
      make(gets_, puts_, limit, change, [&] { return size() != 0 || is_closed(); });
  if (outcome == Outcome::done) gets_.tell(1);
  return outcome;
}

void QueueState::close() {
  puts_.count.fetch_or(kClosed);
  puts_.tell(kAll);
  gets_.tell(kAll);
}

std::uint64_t QueueState::size() const noexcept {
  // In this order: what is put meanwhile makes it larger, what is taken cannot make it negative.
  const std::uint64_t taken = gets_.count.load(std::memory_order_acquire);
  return put_so_far() - taken;
}

void QueueState::task_done() {
  const std::scoped_lock guard(ends_.lock);
  const std::uint64_t finished = ends_.count.load(std::memory_order_relaxed);
  if (finished == gets_.count.load(std::memory_order_acquire))
    throw NotHeldHere("a task of a queue, all of whose items are done");
  ends_.count.store(finished + 1, std::memory_order_release);
  ends_.tell(kAll);
}

bool QueueState::join_for(std::chrono::nanoseconds limit) {
  const auto all_done = [&] {  // In this order: a put between the two is one more that is not done.
    const std::uint64_t ended = ends_.count.load(std::memory_order_acquire);
    return ended == put_so_far();
  };
  return make(
             ends_, ends_, limit, [&] { return all_done() ? Outcome::done : Outcome::timed_out; },
             all_done) == Outcome::done;
}

}  // namespace share
