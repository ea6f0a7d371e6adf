// Array, RawArray, AtomicArray: a shared sequence of fixed size; as Value (see there) otherwise.
//   share::Array<double> numbers{1.0, 2.0, 3.0};     or Array<double>(1000), all zero
//   numbers.at(1).add(0.5);                          one element under the array's lock
//   numbers.update(0, 3, [](std::span<double> x) { ... });   a slice in one critical section
//   { const std::scoped_lock guard(numbers.get_lock()); for (double& x : numbers.elements()) ... }
// A slice is as long as what is read or written. There are no negative indices.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <share/objects/value.hpp>
#include <span>
#include <vector>

namespace share {

template <Shareable T, class Policy>
class BasicArray : public Policy::template Array<T> {
  using View = typename Policy::template Array<T>;
  using Header = typename Policy::Header;
  using Reached = ObjectMemory::Reached;
  static_assert(alignof(T) <= kCacheLine && alignof(Header) <= kCacheLine);

 public:
  using value_type = T;

  /// All zero. @throws NotEnoughMemory, SystemError, RangeError when its bytes cannot be counted.
  explicit BasicArray(std::size_t count)
      : BasicArray(ObjectMemory::create(kind(count), Reached::by_inheritance), {}, true) {}
  explicit BasicArray(std::span<const T> initial)
      : BasicArray(ObjectMemory::create(kind(initial.size()), Reached::by_inheritance), initial,
                   true) {}
  BasicArray(std::initializer_list<T> initial)
      : BasicArray(std::span<const T>(initial.begin(), initial.size())) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static BasicArray create(const std::string& name, std::size_t count) {
    return published(name, count, {});
  }
  static BasicArray create(const std::string& name, std::span<const T> initial) {
    return published(name, initial.size(), initial);
  }
  /// @param count what it must have; 0: any. @throws BadAddress, NoSuchObject, TypeMismatch,
  /// SystemError.
  static BasicArray open(const std::string& address, std::size_t count = 0) {
    return BasicArray(ObjectMemory::open(kind(count), address), {}, false);
  }
  /// A new object with the elements that the other has now.
  BasicArray(const BasicArray& other) : BasicArray(std::span<const T>(other.copied())) {}
  BasicArray(BasicArray&&) noexcept = default;
  BasicArray& operator=(const BasicArray&) = delete;
  BasicArray& operator=(BasicArray&&) = delete;
  ~BasicArray() = default;

  using Element = typename Policy::template Counter<T>;
  /// One element, with the methods of a value. @throws RangeError.
  Element at(std::size_t index) {
    check_range(index, 1, this->size());
    return (*this)[index];
  }
  /// The same unchecked.
  Element operator[](std::size_t index) noexcept {
    return {header(memory_), this->elements()[index]};
  }
  std::string address() const { return memory_.address(); }

 private:
  BasicArray(ObjectMemory memory, std::span<const T> initial, bool make)
      : View(make ? initialised(memory, initial) : header(memory),
             std::span<T>(first(memory), memory.count())),
        memory_(std::move(memory)) {}
  static BasicArray published(const std::string& name, std::size_t count,
                              std::span<const T> initial) {
    BasicArray array(ObjectMemory::create(kind(count), Reached::by_name), initial, true);
    array.memory_.publish(name);
    return array;
  }
  static Header& initialised(const ObjectMemory& memory, std::span<const T> initial) {
    Header& made = *new (memory.lock()) Header;
    made.init();
    std::uninitialized_copy(initial.begin(), initial.end(), first(memory));
    return made;
  }
  static Header& header(const ObjectMemory& memory) noexcept {
    return *std::launder(reinterpret_cast<Header*>(memory.lock()));
  }
  static T* first(const ObjectMemory& memory) noexcept {
    return std::launder(reinterpret_cast<T*>(memory.elements()));
  }
  std::vector<T> copied() const {
    std::vector<T> copy(this->size());
    this->read(0, copy);
    return copy;
  }
  static ObjectKind kind(std::size_t count) {
    return {"array " + std::string(Policy::traits.name) + " " + type_text<T>(), count, sizeof(T),
            sizeof(Header)};
  }

  ObjectMemory memory_;
};

/// With a lock of its own; L is any of share/mutex.
template <Shareable T, mutex::ExactLock L = mutex::RobustLock>
using Array = BasicArray<T, mutex::GuardedPolicy<L>>;
/// Without.
template <Shareable T>
using RawArray = BasicArray<T, raw::Policy>;
/// Without; each element is updated in one atomic step, a slice is not.
template <Element T>
using AtomicArray = BasicArray<T, atomic::Policy>;

}  // namespace share
