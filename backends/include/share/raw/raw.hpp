// raw: shared memory without any synchronisation, the counterpart of Python's RawValue and
// RawArray. An update is a load, a computation and a store, so concurrent updates get lost: a
// control, and the price list of doing without a lock. Single loads and stores of an element are
// not torn on the supported machines. Owns and cleans up as MemoryBackend.
#pragma once

#include <algorithm>
#include <atomic>
#include <share/core/memory_backend.hpp>

namespace share::raw {

struct Policy {
  static constexpr Traits traits{"raw", Updates::lossy, OnDeath::stateless, Atomicity::nothing,
                                 RunsIn::user};
  static std::string details() { return "load, then store"; }
  using Header = NoHeader;

  template <Shareable T>
  class Counter {
   public:
    Counter(Header&, T& element) noexcept : element_(&element) {}
    /// Of a structure: perhaps torn.
    T load() const noexcept {
      if constexpr (Element<T>)
        return word().load(std::memory_order_relaxed);
      else
        return *element_;
    }
    void store(Passed<T> x) noexcept {
      if constexpr (Element<T>)
        word().store(x, std::memory_order_relaxed);
      else
        *element_ = x;
    }
    /// Lossy. Relaxed accesses keep it a real loop (plain ones are folded into one addition) and
    /// free of data races in the language's sense; they cost nothing.
    T add(Exactly<T> x) noexcept requires Element<T> {
      const T before = load();
      store(static_cast<T>(before + T(x)));
      return before;
    }
    /// Lossy, and the more so the longer f takes.
    template <CounterUpdate<T> F>
    T update(const F& f) {
      const T before = load();
      store(f(before));
      return before;
    }
    T* address() noexcept { return element_; }

   private:
    std::atomic_ref<T> word() const noexcept { return std::atomic_ref<T>(*element_); }
    T* element_;
  };

  /// Nothing is atomic. The accesses are plain, because atomic_ref does not vectorise; the race is
  /// the point of this backend.
  template <Shareable T>
  class Array {
   public:
    Array(Header&, std::span<T> elements) noexcept : elements_(elements) {}
    std::size_t size() const noexcept { return elements_.size(); }
    void read(std::size_t first, std::span<T> to) const {
      check_range(first, to.size(), size());
      std::copy_n(elements_.begin() + static_cast<std::ptrdiff_t>(first), to.size(), to.begin());
    }
    void write(std::size_t first, std::span<const T> from) {
      check_range(first, from.size(), size());
      std::copy_n(from.begin(), from.size(),
                  elements_.begin() + static_cast<std::ptrdiff_t>(first));
    }
    template <ElementOperation<T> F>
    void transform(std::size_t first, std::size_t count, const F& f) {
      check_range(first, count, size());
      f(elements_.subspan(first, count));
    }
    std::span<T> elements() noexcept { return elements_; }

   private:
    std::span<T> elements_;
  };
};

using Raw = MemoryBackend<Policy>;
static_assert(Backend<Raw>);

}  // namespace share::raw
