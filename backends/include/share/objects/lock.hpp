// Lock: a lock between processes that guards what its users agree on. Has what std::scoped_lock and
// std::unique_lock want, try_lock_for(), and the rest of the kind of lock it is (share/mutex), such
// as recoveries() of the default, which survives the death of its holder. Made and found as a
// Value.
#pragma once

#include <share/mutex/robust.hpp>
#include <share/objects/shared_object.hpp>

namespace share {

template <class L>
struct LockState : L {
  static std::string kind() { return "lock " + std::string(L::traits.name); }
};

template <class L>
class BasicLock : public SharedObject<BasicLock<L>, LockState<L>> {
  using Base = SharedObject<BasicLock<L>, LockState<L>>;
  friend Base;

 public:
  /// @throws NotEnoughMemory, SystemError.
  BasicLock() : BasicLock(Base::Reached::by_inheritance) {}
  /// As one that others find by name. @throws also BadAddress and ObjectExists.
  static BasicLock create(const std::string& name) {
    BasicLock lock(Base::Reached::by_name);
    lock.publish(name);
    return lock;
  }

  /// @throws what L's do.
  auto lock() { return get_lock().lock(); }
  bool try_lock() { return get_lock().try_lock(); }
  bool try_lock_for(std::chrono::nanoseconds limit) { return get_lock().try_lock_for(limit); }
  /// @throws NotHeldHere when the calling thread does not hold it, if the kind of lock knows who
  /// does; nothing is changed.
  void unlock() {
    if constexpr (requires(const L& lock) { lock.is_held_here(); })
      if (!get_lock().is_held_here())
        throw NotHeldHere("a lock that the calling thread does not hold");
    get_lock().unlock();
  }
  L& get_lock() noexcept { return this->state(); }

 private:
  explicit BasicLock(Base&& opened) : Base(std::move(opened)) {}
  explicit BasicLock(typename Base::Reached reached) : Base(reached) { get_lock().init(); }
};

using Lock = BasicLock<mutex::RobustLock>;

}  // namespace share
