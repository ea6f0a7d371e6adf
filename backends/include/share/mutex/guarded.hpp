// What all backends guarded by a mutex share: one lock for each object, held for one addition or
// one slice. A lock type supplies
//   void init();                   once, in zeroed shared memory
//   void lock();  void unlock();   usable with std::scoped_lock; lock() may throw (see the lock)
//   static constexpr Traits traits;  static std::string details();
// The lock stands before the elements, on a cache line of its own unless CreateOptions::apart_bytes
// says otherwise.
#pragma once

#include <algorithm>
#include <mutex>
#include <share/core/memory_backend.hpp>

namespace share::mutex {

/// A lock that guards a read-modify-write as a whole, as GuardedPolicy uses it.
template <class L>
concept ExactLock = L::traits.updates == Updates::exact;

template <class Lock>
struct GuardedPolicy {
  static constexpr Traits traits = Lock::traits;
  static std::string details() { return Lock::details(); }

  struct Header {
    void init() { lock.init(); }
    Lock lock;
  };

  /// Throws what Lock::lock() throws.
  template <Shareable T>
  class Counter {
   public:
    Counter(Header& header, T& element) noexcept : lock_(&header.lock), element_(&element) {}
    T load() const {
      const std::scoped_lock guard(*lock_);
      return *element_;
    }
    void store(Passed<T> x) {
      const std::scoped_lock guard(*lock_);
      *element_ = x;
    }
    T add(Exactly<T> x) requires Element<T> {
      const std::scoped_lock guard(*lock_);
      const T before = *element_;
      *element_ = static_cast<T>(before + T(x));
      return before;
    }
    /// f runs inside the critical section; if it throws, nothing is changed.
    template <CounterUpdate<T> F>
    T update(const F& f) {
      const std::scoped_lock guard(*lock_);
      const T before = *element_;
      *element_ = f(before);
      return before;
    }
    Lock& get_lock() noexcept { return *lock_; }
    T* address() noexcept { return element_; }

   private:
    Lock* lock_;
    T* element_;
  };

  template <Shareable T>
  class Array {
   public:
    Array(Header& header, std::span<T> elements) noexcept
        : lock_(&header.lock), elements_(elements) {}
    std::size_t size() const noexcept { return elements_.size(); }
    void read(std::size_t first, std::span<T> to) const {
      check_range(first, to.size(), size());
      const std::scoped_lock guard(*lock_);
      std::copy_n(elements_.begin() + static_cast<std::ptrdiff_t>(first), to.size(), to.begin());
    }
    void write(std::size_t first, std::span<const T> from) {
      check_range(first, from.size(), size());
      const std::scoped_lock guard(*lock_);
      std::copy_n(from.begin(), from.size(),
                  elements_.begin() + static_cast<std::ptrdiff_t>(first));
    }
    template <ElementOperation<T> F>
    void transform(std::size_t first, std::size_t count, const F& f) {
      update(first, count, f);
    }
    /// f gets the slice, inside the critical section; what it changed before it threw stays.
    template <std::invocable<std::span<T>> F>
    void update(std::size_t first, std::size_t count, const F& f) {
      check_range(first, count, size());
      const std::scoped_lock guard(*lock_);
      f(elements_.subspan(first, count));
    }
    Lock& get_lock() noexcept { return *lock_; }
    std::span<T> elements() noexcept { return elements_; }

   private:
    Lock* lock_;
    std::span<T> elements_;
  };
};

}  // namespace share::mutex
