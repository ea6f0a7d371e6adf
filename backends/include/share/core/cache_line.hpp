// The unit at which hot data is kept apart. 128 bytes: two 64-byte lines, because x86 prefetches
// lines in pairs, and the line size of several aarch64 processors. Fixed, not
// std::hardware_destructive_interference_size: a layout in shared memory must not depend on
// compiler flags.
#pragma once

#include <cstddef>

namespace share {

inline constexpr std::size_t kCacheLine = 128;

/// `bytes` rounded up to whole lines.
constexpr std::size_t whole_lines(std::size_t bytes) {
  return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
}

}  // namespace share
