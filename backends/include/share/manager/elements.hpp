// Elements as client and server treat them alike: how they are added, and how they travel inside a
// binary value, one after the other and little-endian (on little-endian hosts that is a copy). Pure
// functions over the memory of the caller; nothing is thrown.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <share/core/element.hpp>
#include <span>
#include <type_traits>

namespace share::manager {

namespace detail {

// Copies and, on a big-endian host, turns the bytes of each element round.
template <Element T>
void copy_little_endian(std::byte* to, const std::byte* from, std::size_t bytes) noexcept {
  if (bytes == 0) return;  // memcpy takes no null pointers, not even for nothing
  std::memcpy(to, from, bytes);
  if constexpr (std::endian::native == std::endian::big && sizeof(T) > 1) {
    for (std::byte* at = to; at != to + bytes; at += sizeof(T)) std::reverse(at, at + sizeof(T));
  }
}

}  // namespace detail

/// Integers wrap round, as the atomic instructions of processors do.
template <Element T>
T wrapping_sum(T a, T b) noexcept {
  if constexpr (std::floating_point<T>) {
    return a + b;
  } else {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(static_cast<U>(a) + static_cast<U>(b)));
  }
}

/// @param to as many bytes as `elements` has.
template <Element T>
void encode_elements(std::span<const T> elements, std::span<std::byte> to) noexcept {
  detail::copy_little_endian<T>(to.data(), std::as_bytes(elements).data(), to.size());
}

/// @param elements as many bytes as `from` has.
template <Element T>
void decode_elements(std::span<const std::byte> from, std::span<T> elements) noexcept {
  detail::copy_little_endian<T>(std::as_writable_bytes(elements).data(), from.data(), from.size());
}

}  // namespace share::manager
