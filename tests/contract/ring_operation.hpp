// The ring of the harness's `square` as an operation of the tests.
#pragma once

#include <share/all.hpp>
#include <span>
#include <string_view>

#include "bench/workloads/ring.hpp"

namespace share::test {

struct RingOperation {
  static constexpr std::string_view name = "test.ring";
  double operator()(double x) const noexcept { return sharebench::ring_next(x); }
  void operator()(std::span<double> xs) const noexcept {
    for (double& x : xs) x = (*this)(x);
  }
};

/// Whether calls of the backend cross to a server, so that tests do fewer.
template <class B>
inline constexpr bool kIsManager = std::string_view(B::traits.name).starts_with("manager.");

}  // namespace share::test
