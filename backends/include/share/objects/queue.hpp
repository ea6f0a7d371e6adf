// Queue: items of one type that any number of processes and threads put in and get out, first in,
// first out, with room for a fixed number. Whoever dies in put() or get() leaves it whole: an item
// is in it or not, never half, and an item that was got by one who then died is gone. Every wait
// ends: put() and get() after 10 s, the others when they are told to. task_done() and join_for()
// are those of Python's JoinableQueue. Made and found as a Value.
#pragma once

#include <optional>
#include <share/core/cache_line.hpp>
#include <share/core/error.hpp>
#include <share/objects/object_memory.hpp>
#include <share/objects/queue_state.hpp>
#include <string>
#include <utility>

namespace share {

template <Shareable T>
class Queue {
  using Outcome = QueueState::Outcome;
  using Reached = ObjectMemory::Reached;
  static_assert(alignof(T) <= kCacheLine);

 public:
  using value_type = T;
  static constexpr std::chrono::seconds kDefaultLimit{10};

  /// @param capacity items there is room for, at least 1. @throws Error, NotEnoughMemory,
  /// SystemError, RangeError when its bytes cannot be counted.
  explicit Queue(std::size_t capacity) : Queue(Reached::by_inheritance, capacity) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static Queue create(const std::string& name, std::size_t capacity) {
    Queue queue(Reached::by_name, capacity);
    queue.memory_.publish(name);
    return queue;
  }
  /// @throws BadAddress, NoSuchObject, TypeMismatch, SystemError.
  static Queue open(const std::string& address) {
    return Queue(ObjectMemory::open(kind(0), address));
  }
  Queue(Queue&&) noexcept = default;
  Queue& operator=(Queue&&) = delete;
  ~Queue() = default;

  /// @throws TimedOut, QueueClosed; the item is then not in the queue. Also LockPoisoned.
  void put(const T& item) {
    if (!put_for(item, kDefaultLimit)) throw TimedOut("room in a queue", kDefaultLimit);
  }
  /// False when there is no room. @throws QueueClosed.
  bool try_put(const T& item) { return put_for(item, {}); }
  /// False when there was no room in time. @throws QueueClosed.
  bool put_for(const T& item, std::chrono::nanoseconds limit) {
    return is_done(state_->put(elements(), &item, limit), "put");
  }

  /// @throws TimedOut; QueueClosed when it is closed and empty.
  T get() {
    std::optional<T> item = get_for(kDefaultLimit);
    if (!item) throw TimedOut("an item of a queue", kDefaultLimit);
    return *item;
  }
  /// Nothing when it is empty. @throws QueueClosed when it is closed as well.
  std::optional<T> try_get() { return get_for({}); }
  /// Nothing when no item came in time. @throws QueueClosed when it is closed and empty.
  std::optional<T> get_for(std::chrono::nanoseconds limit) {
    T item;
    if (!is_done(state_->get(elements(), &item, limit), "get")) return std::nullopt;
    return item;
  }

  /// Nothing can be put any more; what is in it can be got.
  void close() { state_->close(); }
  bool is_closed() const noexcept { return state_->is_closed(); }
  /// At this moment; another one may be right already.
  std::size_t size() const noexcept { return static_cast<std::size_t>(state_->size()); }
  std::size_t capacity() const noexcept { return memory_.count(); }

  /// What was got has been dealt with. @throws NotHeldHere when all has been.
  void task_done() { state_->task_done(); }
  /// True once everything that was put has been dealt with; false when it was not in time.
  bool join_for(std::chrono::nanoseconds limit) { return state_->join_for(limit); }

  std::string address() const { return memory_.address(); }

 private:
  Queue(Reached reached, std::size_t capacity)
      : memory_(ObjectMemory::create(kind(checked(capacity)), reached)),
        state_(new (memory_.lock()) QueueState) {
    state_->init();
  }
  explicit Queue(ObjectMemory memory)
      : memory_(std::move(memory)),
        state_(std::launder(reinterpret_cast<QueueState*>(memory_.lock()))) {}

  static std::size_t checked(std::size_t capacity) {
    if (capacity == 0) throw Error("a queue with room for 0 items: at least 1 is needed");
    return capacity;
  }
  static ObjectKind kind(std::size_t capacity) {
    return {"queue " + type_text<T>(), capacity, sizeof(T), sizeof(QueueState)};
  }
  QueueState::Elements elements() const noexcept {
    return {memory_.elements(), sizeof(T), memory_.count()};
  }
  bool is_done(Outcome outcome, std::string_view method) const {
    if (outcome == Outcome::closed) throw QueueClosed(address(), method);
    return outcome == Outcome::done;
  }

  ObjectMemory memory_;
  QueueState* state_;
};

}  // namespace share
