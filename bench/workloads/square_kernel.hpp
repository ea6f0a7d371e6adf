// The inner loop of `square`, in a translation unit of its own: it must vectorise, and it is left
// out of the thread sanitizer because the raw backend runs it without a lock on purpose.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "bench/workloads/ring.hpp"

namespace sharebench {

/// x[i] = ring_next(x[i]) for i < count, with the widest vectors this processor has.
void square_in_place(double* x, std::size_t count) noexcept;

/// The operation as backends take it (share::ElementOperation).
struct RingSquare {
  static constexpr std::string_view name = "sharebench.ring_square";
  double operator()(double x) const noexcept { return ring_next(x); }
  void operator()(std::span<double> slice) const noexcept {
    square_in_place(slice.data(), slice.size());
  }
};

}  // namespace sharebench
