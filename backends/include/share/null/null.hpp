// null: stores nothing and does nothing. Running a workload on it measures the harness itself, the
// floor below which no figure of any other backend means anything. Process-safe trivially.
#pragma once

#include <cstddef>
#include <share/contract.hpp>
#include <span>
#include <string>
#include <vector>

namespace share::null {

class Null {
 public:
  static constexpr Traits traits{"null", Updates::none, OnDeath::stateless, Atomicity::nothing,
                                 RunsIn::user};
  static std::string details() { return "does nothing"; }

  class Owner {
   public:
    template <Element T>
    void add_value(std::string_view) {}
    template <Element T>
    void add_array(std::string_view, std::size_t) {}
    std::string address() const { return "null:"; }
    std::vector<int> inherited_descriptors() const { return {}; }
    std::vector<pid_t> server_pids() const { return {}; }
  };

  template <Element T>
  class Counter {
   public:
    T load() const noexcept { return T{}; }
    void store(T) noexcept {}
    T add(T) noexcept {
      // Keeps the compiler from dropping the caller's loop, which is what null measures.
      asm volatile("");
      return T{};
    }
    template <CounterUpdate<T> F>
    T update(const F& f) {
      (void)f(T{});
      return T{};
    }
  };

  template <Element T>
  class Array {
   public:
    explicit Array(std::size_t size) noexcept : size_(size) {}
    std::size_t size() const noexcept { return size_; }
    void read(std::size_t, std::span<T>) const noexcept {}
    void write(std::size_t, std::span<const T>) noexcept {}
    template <ElementOperation<T> F>
    void transform(std::size_t, std::size_t, const F&) noexcept {
      asm volatile("");
    }

   private:
    std::size_t size_;
  };

  static Owner create(const CreateOptions&) { return {}; }
  static Null open(const std::string&) { return {}; }
  template <Element T>
  Counter<T> value(std::string_view) {
    return {};
  }
  template <Element T>
  Array<T> array(std::string_view, std::size_t count) {
    return Array<T>(count);
  }
};

static_assert(Backend<Null>);

}  // namespace share::null
