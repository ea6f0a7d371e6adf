// SharedObject: what locks, semaphores and events for programs have in common: a state S that
// consists of nothing but bytes, in memory of its own that processes inherit or find by name (see
// ObjectMemory). An object type derives from it and is movable; each is a mapping of its process. S
// supplies
//   static std::string kind();   what it is, for those who open it
// and methods that any number of processes and threads may call at once.
#pragma once

#include <new>
#include <share/core/cache_line.hpp>
#include <share/objects/object_memory.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace share {

template <class Object, class S>
class SharedObject {
  static_assert(std::is_standard_layout_v<S> && !std::is_polymorphic_v<S>);
  static_assert(alignof(S) <= kCacheLine);

 public:
  /// @param address "shm:<name>", or another one's address(). @throws BadAddress, NoSuchObject,
  /// TypeMismatch, SystemError.
  static Object open(const std::string& address) {
    return Object(SharedObject(ObjectMemory::open(kind(), address), Make::no));
  }
  std::string address() const { return memory_.address(); }

 protected:
  using Reached = ObjectMemory::Reached;

  /// A new one in zeroed memory, whose state is to be initialised. @throws NotEnoughMemory,
  /// SystemError.
  explicit SharedObject(Reached reached)
      : SharedObject(ObjectMemory::create(kind(), reached), Make::yes) {}
  SharedObject(SharedObject&&) noexcept = default;
  SharedObject& operator=(SharedObject&&) = delete;
  ~SharedObject() = default;

  /// Others find it from now on. @throws BadAddress, ObjectExists, SystemError.
  void publish(const std::string& name) { memory_.publish(name); }
  S& state() const noexcept { return *state_; }

 private:
  enum class Make { no, yes };
  SharedObject(ObjectMemory memory, Make make)
      : memory_(std::move(memory)),
        state_(make == Make::yes ? new (memory_.lock()) S
                                 : std::launder(reinterpret_cast<S*>(memory_.lock()))) {}
  static ObjectKind kind() { return {S::kind(), 1, 1, sizeof(S)}; }

  ObjectMemory memory_;
  S* state_;
};

}  // namespace share
