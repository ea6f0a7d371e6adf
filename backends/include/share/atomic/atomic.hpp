// atomic: processor atomics on shared memory, no lock. `add` is one fetch_add; transform() replaces
// each element by compare-and-swap, so each element is updated exactly, but a slice is not one
// step. The operation may be called more than once for an element, with different values. Nobody
// ever waits for anybody, so a death leaves nothing behind. Owns and cleans up as MemoryBackend.
#pragma once

#include <atomic>
#include <share/core/memory_backend.hpp>

namespace share::atomic {

struct Policy {
  static constexpr Traits traits{"atomic", Updates::exact, OnDeath::stateless, Atomicity::element,
                                 RunsIn::user};
  static std::string details() { return "fetch_add; compare-and-swap an element"; }
  using Header = NoHeader;

  template <Element T>
  class Counter {
    static_assert(std::atomic_ref<T>::is_always_lock_free, "a hidden lock is not shared");

   public:
    Counter(Header&, T& element) noexcept : element_(&element) {}
    T load() const noexcept { return word().load(std::memory_order_acquire); }
    void store(Exactly<T> x) noexcept { word().store(x, std::memory_order_release); }
    T add(Exactly<T> x) noexcept { return word().fetch_add(x, std::memory_order_acq_rel); }
    /// Calls f again when another one was faster.
    template <CounterUpdate<T> F>
    T update(const F& f) {
      T seen = word().load(std::memory_order_relaxed);
      while (!word().compare_exchange_weak(seen, f(seen), std::memory_order_acq_rel,
                                           std::memory_order_relaxed)) {
      }
      return seen;
    }
    T* address() noexcept { return element_; }

   private:
    std::atomic_ref<T> word() const noexcept { return std::atomic_ref<T>(*element_); }
    T* element_;
  };

  template <Element T>
  class Array {
    static_assert(std::atomic_ref<T>::is_always_lock_free, "a hidden lock is not shared");

   public:
    Array(Header&, std::span<T> elements) noexcept : elements_(elements) {}
    std::size_t size() const noexcept { return elements_.size(); }
    void read(std::size_t first, std::span<T> to) const {
      check_range(first, to.size(), size());
      for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = std::atomic_ref<T>(elements_[first + i]).load(std::memory_order_acquire);
    }
    void write(std::size_t first, std::span<const T> from) {
      check_range(first, from.size(), size());
      for (std::size_t i = 0; i < from.size(); ++i)
        std::atomic_ref<T>(elements_[first + i]).store(from[i], std::memory_order_release);
    }
    template <ElementOperation<T> F>
    void transform(std::size_t first, std::size_t count, const F& f) {
      check_range(first, count, size());
      for (T& element : elements_.subspan(first, count)) {
        std::atomic_ref<T> word(element);
        T seen = word.load(std::memory_order_relaxed);
        while (!word.compare_exchange_weak(seen, f(seen), std::memory_order_acq_rel,
                                           std::memory_order_relaxed)) {
        }
      }
    }
    std::span<T> elements() noexcept { return elements_; }

   private:
    std::span<T> elements_;
  };
};

using Atomic = MemoryBackend<Policy>;
static_assert(Backend<Atomic>);

}  // namespace share::atomic
