// Value, RawValue, AtomicValue, ShardedValue: one shared number or structure, usable by any number
// of processes and threads. Made in memory that processes inherit, or under a name that others
// open:
//   share::Value<std::int64_t> hits(0);                       children made by fork use it
//   auto hits = share::Value<std::int64_t>::create("hits");   others: Value<...>::open("shm:hits")
// The short forms are the safe ones: add() and update() are one critical section. For longer ones,
// std::scoped_lock guard(hits.get_lock()) and then get_obj(); load() and the like would wait for
// their own lock. A copy is a new shared object in memory of its own. What happens when somebody
// dies in a critical section is the lock's matter (RobustMutex: the next one goes on and is told).
#pragma once

#include <share/atomic/atomic.hpp>
#include <share/mutex/robust.hpp>
#include <share/objects/object_memory.hpp>
#include <share/raw/raw.hpp>
#include <share/sharded/sharded.hpp>

namespace share {

namespace detail {
struct HasMemory {
  ObjectMemory memory_;
};
}  // namespace detail

// The view goes before the memory it looks at.
template <Shareable T, class Policy>
class BasicValue : detail::HasMemory, public Policy::template Counter<T> {
  using View = typename Policy::template Counter<T>;
  using Header = typename Policy::Header;
  using Reached = ObjectMemory::Reached;
  static_assert(alignof(T) <= kCacheLine && alignof(Header) <= kCacheLine);
  static constexpr bool kInOnePlace = requires(View view) { view.address(); };

 public:
  using value_type = T;

  /// @throws NotEnoughMemory, SystemError.
  explicit BasicValue(Passed<T> initial = T{})
      : BasicValue(ObjectMemory::create(kind(), Reached::by_inheritance), T(initial)) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static BasicValue create(const std::string& name, Passed<T> initial = T{}) {
    BasicValue value(ObjectMemory::create(kind(), Reached::by_name), T(initial));
    value.memory_.publish(name);
    return value;
  }
  /// @param address "shm:<name>", or another one's address(). @throws BadAddress, NoSuchObject,
  /// TypeMismatch, SystemError.
  static BasicValue open(const std::string& address) {
    return BasicValue(ObjectMemory::open(kind(), address));
  }
  /// A new object with the value that the other has now.
  BasicValue(const BasicValue& other) : BasicValue(other.load()) {}
  BasicValue(BasicValue&&) noexcept = default;
  BasicValue& operator=(const BasicValue&) = delete;
  BasicValue& operator=(BasicValue&&) = delete;
  ~BasicValue() = default;

  std::string address() const { return memory_.address(); }
  /// The value itself, without its lock: for those who hold it. A sharded one is in no one place.
  T& get_obj() noexcept requires kInOnePlace { return *elements(memory_); }
  const T& get_obj() const noexcept requires kInOnePlace { return *elements(memory_); }

 private:
  BasicValue(ObjectMemory memory, T initial)
      : HasMemory{std::move(memory)},
        View(initialised(memory_), *new (memory_.elements()) T(initial)) {}
  explicit BasicValue(ObjectMemory memory)
      : HasMemory{std::move(memory)},
        View(*std::launder(reinterpret_cast<Header*>(memory_.lock())), *elements(memory_)) {}
  static Header& initialised(const ObjectMemory& memory) {
    Header& header = *new (memory.lock()) Header;
    header.init();
    return header;
  }
  static T* elements(const ObjectMemory& memory) noexcept {
    return std::launder(reinterpret_cast<T*>(memory.elements()));
  }
  static ObjectKind kind() {
    return {"value " + std::string(Policy::traits.name) + " " + type_text<T>(), 1, sizeof(T),
            sizeof(Header)};
  }
};

/// With a lock of its own; L is any of share/mutex.
template <Shareable T, mutex::ExactLock L = mutex::RobustLock>
using Value = BasicValue<T, mutex::GuardedPolicy<L>>;
/// Without: update() and add() lose updates of others.
template <Shareable T>
using RawValue = BasicValue<T, raw::Policy>;
/// Without, and exact: each of its methods is one atomic step.
template <Element T>
using AtomicValue = BasicValue<T, atomic::Policy>;
/// Without, and exact: a counter of which each thread has a piece (sharded.hpp); for counts that
/// are added to often and read seldom. One such object is for one thread at a time.
template <std::integral T>
using ShardedValue = BasicValue<T, sharded::Policy>;

}  // namespace share
