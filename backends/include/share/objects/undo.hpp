// UndoValue, UndoArray: structures and arrays whose changes, of however many words, are made as a
// whole or not at all: one who dies in the middle has changed nothing, and so has a function that
// throws. Under a robust lock of their own; twice the memory, and each change copies first what it
// may change. Made and found as a Value.
//   share::UndoValue<Account> account({100, 0});
//   account.update([](Account& a) { a.free -= 10; a.bound += 10; });
//   { const std::scoped_lock guard(account); account.get_obj().free -= 10; ... }
// What was changed under std::scoped_lock stays when an exception ends it; update() undoes it.
#pragma once

#include <concepts>
#include <share/core/exactly.hpp>
#include <share/core/memory_backend.hpp>
#include <share/objects/undo_memory.hpp>
#include <span>
#include <vector>

namespace share {

/// What both are: lockable, as a whole.
class UndoObject {
 public:
  /// @throws TimedOut that says who holds it, LockPoisoned, SystemError.
  void lock() {
    memory_.lock();
    save_all();
  }
  bool try_lock() { return memory_.try_lock() && save_all(); }
  bool try_lock_for(std::chrono::nanoseconds limit) {
    return memory_.try_lock_for(limit) && save_all();
  }
  /// @throws NotHeldHere when the calling thread does not hold it; nothing is changed.
  void unlock() {
    if (!memory_.is_held_here())
      throw NotHeldHere("an object that the calling thread does not hold");
    memory_.commit();
    memory_.unlock();
  }
  /// How often the torn change of a dead one was undone; read it while holding the lock.
  std::uint64_t rollbacks() const noexcept { return memory_.rollbacks(); }
  std::string address() const { return memory_.address(); }

 protected:
  UndoObject(UndoMemory memory, std::size_t element_bytes) noexcept
      : memory_(std::move(memory)), bytes_(memory_.count() * element_bytes) {}
  UndoObject(UndoObject&&) noexcept = default;
  ~UndoObject() = default;

  bool save_all() noexcept {
    memory_.save(0, bytes_);
    return true;
  }

  UndoMemory memory_;
  std::size_t bytes_;
};

template <Shareable T>
class UndoValue : public UndoObject {
  static_assert(alignof(T) <= kCacheLine);

 public:
  using value_type = T;

  /// @throws NotEnoughMemory, SystemError.
  explicit UndoValue(Passed<T> initial = T{})
      : UndoValue(made(T(initial), UndoMemory::Reached::by_inheritance)) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static UndoValue create(const std::string& name, Passed<T> initial = T{}) {
    UndoValue value(made(T(initial), UndoMemory::Reached::by_name));
    value.memory_.publish(name);
    return value;
  }
  /// @throws BadAddress, NoSuchObject, TypeMismatch, SystemError.
  static UndoValue open(const std::string& address) {
    return UndoValue(UndoMemory::open(form(), 1, sizeof(T), address));
  }

  T load() {
    const std::scoped_lock guard(memory_);
    return get_obj();
  }
  void store(Passed<T> x) {
    memory_.change(0, sizeof(T), [&] { get_obj() = T(x); });
  }
  /// @param f gets a reference to it, changes it in as many steps as it likes.
  template <std::invocable<T&> F>
  void update(const F& f) {
    memory_.change(0, sizeof(T), [&] { f(get_obj()); });
  }
  /// For those who hold the lock.
  T& get_obj() noexcept { return *std::launder(reinterpret_cast<T*>(memory_.now())); }

 private:
  explicit UndoValue(UndoMemory memory) noexcept : UndoObject(std::move(memory), sizeof(T)) {}
  static UndoMemory made(const T& initial, UndoMemory::Reached reached) {
    UndoMemory memory = UndoMemory::create(form(), 1, sizeof(T), reached);
    new (memory.now()) T(initial);
    return memory;
  }
  static std::string form() { return "undo value " + type_text<T>(); }
};

template <Shareable T>
class UndoArray : public UndoObject {
  static_assert(alignof(T) <= kCacheLine);

 public:
  using value_type = T;

  /// All zero. @throws NotEnoughMemory, SystemError, RangeError when its bytes cannot be counted.
  explicit UndoArray(std::size_t count)
      : UndoArray(
            UndoMemory::create(form(), count, sizeof(T), UndoMemory::Reached::by_inheritance)) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static UndoArray create(const std::string& name, std::size_t count) {
    UndoArray array(UndoMemory::create(form(), count, sizeof(T), UndoMemory::Reached::by_name));
    array.memory_.publish(name);
    return array;
  }
  /// @param count what it must have; 0: any. @throws BadAddress, NoSuchObject, TypeMismatch,
  /// SystemError.
  static UndoArray open(const std::string& address, std::size_t count = 0) {
    return UndoArray(UndoMemory::open(form(), count, sizeof(T), address));
  }

  std::size_t size() const noexcept { return memory_.count(); }
  /// @throws RangeError.
  void read(std::size_t first, std::span<T> to) {
    check_range(first, to.size(), size());
    const std::scoped_lock guard(memory_);
    std::ranges::copy(elements().subspan(first, to.size()), to.begin());
  }
  /// @throws RangeError.
  void write(std::size_t first, std::span<const T> from) {
    update(first, from.size(), [&](std::span<T> slice) { std::ranges::copy(from, slice.begin()); });
  }
  /// @param f gets the slice. @throws RangeError.
  template <std::invocable<std::span<T>> F>
  void update(std::size_t first, std::size_t count, const F& f) {
    check_range(first, count, size());
    memory_.change(first * sizeof(T), count * sizeof(T),
                   [&] { f(elements().subspan(first, count)); });
  }
  /// For those who hold the lock.
  std::span<T> elements() noexcept {
    return {std::launder(reinterpret_cast<T*>(memory_.now())), size()};
  }

 private:
  explicit UndoArray(UndoMemory memory) noexcept : UndoObject(std::move(memory), sizeof(T)) {}
  static std::string form() { return "undo array " + type_text<T>(); }
};

}  // namespace share
