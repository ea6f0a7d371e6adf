// The ring of values on which `square` runs. Squaring 1 + 2^-52 again and again visits 62 finite
// doubles before it overflows, all fixed by IEEE arithmetic; turning back to the start above 2^350
// makes a ring of 61 values. So the value of an element tells, modulo 61, how often it has been
// squared, by any number of processes, and a value off the ring is torn.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sharebench {

inline constexpr double kRingStart = 0x1.0000000000001p0;  // 1 + 2^-52
inline constexpr double kRingTurn = 0x1p350;
inline constexpr std::size_t kRingSize = 61;

/// The operation of `square`.
constexpr double ring_next(double x) { return x > kRingTurn ? kRingStart : x * x; }

namespace detail {
constexpr std::array<double, kRingSize> ring_values() {
  std::array<double, kRingSize> values{};
  double x = kRingStart;
  for (double& value : values) {
    value = x;
    x = ring_next(x);
  }
  return values;
}
}  // namespace detail

/// kRing[k]: the value after k squarings, modulo 61.
inline constexpr std::array<double, kRingSize> kRing = detail::ring_values();
static_assert(ring_next(kRing.back()) == kRing.front(), "the ring closes after 61 values");

/// The place of a value on the ring; empty for a value that is not on it. The values increase, and
/// equal bits are what counts.
inline std::optional<std::size_t> ring_index(double x) {
  std::size_t low = 0, high = kRingSize;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (kRing[middle] < x)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < kRingSize &&
      std::bit_cast<std::uint64_t>(kRing[low]) == std::bit_cast<std::uint64_t>(x))
    return low;
  return std::nullopt;
}

}  // namespace sharebench
