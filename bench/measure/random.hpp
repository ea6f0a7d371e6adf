// splitmix64 (S. Vigna): the same numbers on every platform, unlike the standard's distributions.
#pragma once

#include <cstdint>

namespace sharebench {

class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// From 0 to bound - 1; the bias of the remainder is below 2^-40 for any bound in use here.
  std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  bool coin() noexcept { return next() >> 63; }

 private:
  std::uint64_t state_;
};

}  // namespace sharebench
