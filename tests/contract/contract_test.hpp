// What every backend of share::AllBackends is held to. Typed tests: a backend on the list is
// tested, with no further line. All users of a backend are processes of their own, started by fork,
// so that the test process has one thread and no ZeroMQ context; all waits have a watchdog.
#pragma once

#include <gtest/gtest.h>

#include <share/all.hpp>

#include "tests/support/processes.hpp"

namespace share::test {

template <class List>
struct AsTestTypes;
template <class... Bs>
struct AsTestTypes<BackendList<Bs...>> {
  using Types = ::testing::Types<Bs...>;
};

/// Those of a list that `Keep` keeps.
template <template <class> class Keep, class... Kept>
struct Filtered {
  template <class... Bs>
  static auto of(BackendList<Bs...>) {
    return of<Bs...>();
  }
  template <class First, class... Rest>
  static auto of() {
    using WithFirst =
        std::conditional_t<Keep<First>::value, Filtered<Keep, Kept..., First>, Filtered>;
    if constexpr (sizeof...(Rest) == 0)
      return typename WithFirst::Types();
    else
      return WithFirst::template of<Rest...>();
  }
  using Types = ::testing::Types<Kept...>;
};
template <class B>
using HasArrays = std::bool_constant<ArrayBackend<B>>;
using AllWithArrays = decltype(Filtered<HasArrays>::of(AllBackends()));

struct BackendNames {
  template <class B>
  static std::string GetName(int) {
    std::string name(B::traits.name);
    for (char& c : name)
      if (c == '.') c = '_';
    return name;
  }
};

/// Adds; true when `before` was there, as far as the backend says what was there.
template <class Counter>
bool adds(Counter& counter, std::int64_t x, std::int64_t before) {
  if constexpr (FetchingCounter<Counter, std::int64_t>) {
    return counter.add(x) == before;
  } else {
    counter.add(x);
    return true;
  }
}

/// An owner with one counter and, if there are arrays, one of doubles, for each backend.
template <class B>
class ContractTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kElements = 64;
  static constexpr bool kStores = B::traits.updates != Updates::none;

  void SetUp() override {
    ::alarm(180);
    owner_.emplace(B::create({kElements * sizeof(double), {}}));
    owner_->template add_value<std::int64_t>("counter");
    if constexpr (ArrayBackend<B>) owner_->template add_array<double>("array", kElements);
    address_ = owner_->address();
  }
  void TearDown() override {
    owner_.reset();
    ::alarm(0);
  }

  /// Opens the backend in a new process and runs `body(backend)` there; true if its checks held.
  template <class Body>
  bool in_user(Body body) {
    return start_user(body).succeeded();
  }
  template <class Body>
  Child start_user(Body body) {
    return Child([this, body]() -> bool {
      B backend = B::open(address_);
      return body(backend);
    });
  }

  std::optional<typename B::Owner> owner_;
  std::string address_;
};

}  // namespace share::test
