// The geometry of `square`: how an array is cut into slices and how often each slice is due after
// the workers' walks. Pure arithmetic.
#pragma once

#include <cstdint>
#include <vector>

namespace sharebench {

struct Slices {
  std::uint64_t elements;  ///< a whole number of slices (the plan sees to that)
  std::uint64_t slice;     ///< elements of a slice
  std::uint64_t workers;

  std::uint64_t count() const noexcept { return elements / slice; }
  std::uint64_t after(std::uint64_t at) const noexcept { return at + 1 == count() ? 0 : at + 1; }
  /// The slice at which a worker starts its walk.
  std::uint64_t first_of(std::uint64_t worker) const noexcept { return worker * count() / workers; }

  /// How often `at` has been visited when worker w has walked calls[w] slices: full passes, plus
  /// one by each worker that stopped beyond it.
  std::uint64_t due(std::uint64_t at, const std::vector<std::uint64_t>& calls) const noexcept {
    std::uint64_t visits = 0;
    for (std::uint64_t w = 0; w < calls.size(); ++w) {
      const std::uint64_t distance = (at + count() - first_of(w)) % count();
      visits += calls[w] / count() + (distance < calls[w] % count() ? 1 : 0);
    }
    return visits;
  }
};

}  // namespace sharebench
