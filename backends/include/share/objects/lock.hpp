// Lock: a lock between processes that guards what its users agree on. Has what std::scoped_lock and
// std::unique_lock want, try_lock_for(), and the rest of the kind of lock it is (share/mutex), such
// as recoveries() of the default, which survives the death of its holder. Made and found as a
// Value.
#pragma once

#include <share/mutex/robust.hpp>
#include <share/objects/object_memory.hpp>

namespace share {

template <class L>
class BasicLock {
  using Reached = ObjectMemory::Reached;

 public:
  /// @throws NotEnoughMemory, SystemError.
  BasicLock() : BasicLock(ObjectMemory::create(kind(), Reached::by_inheritance), true) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static BasicLock create(const std::string& name) {
    BasicLock lock(ObjectMemory::create(kind(), Reached::by_name), true);
    lock.memory_.publish(name);
    return lock;
  }
  /// @throws BadAddress, NoSuchObject, TypeMismatch, SystemError.
  static BasicLock open(const std::string& address) {
    return BasicLock(ObjectMemory::open(kind(), address), false);
  }
  BasicLock(BasicLock&&) noexcept = default;
  BasicLock& operator=(BasicLock&&) = delete;
  ~BasicLock() = default;

  /// @throws what L's do.
  auto lock() { return lock_->lock(); }
  bool try_lock() { return lock_->try_lock(); }
  bool try_lock_for(std::chrono::nanoseconds limit) { return lock_->try_lock_for(limit); }
  void unlock() noexcept { lock_->unlock(); }

  L& get_lock() noexcept { return *lock_; }
  std::string address() const { return memory_.address(); }

 private:
  BasicLock(ObjectMemory memory, bool make)
      : memory_(std::move(memory)),
        lock_(make ? new (memory_.lock()) L : std::launder(reinterpret_cast<L*>(memory_.lock()))) {
    if (make) lock_->init();
  }
  static ObjectKind kind() { return {"lock " + std::string(L::traits.name), 1, 1, sizeof(L)}; }

  ObjectMemory memory_;
  L* lock_;
};

using Lock = BasicLock<mutex::RobustLock>;

}  // namespace share
