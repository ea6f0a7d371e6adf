// The element types that can be shared, with their one-letter codes (those of Python's array and
// multiprocessing modules). Codes travel in messages and stand in segments, so that opening an
// object under another type is an error instead of a reinterpretation of its bytes.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace share {

/// Arithmetic types of fixed width that a backend can hold.
template <class T>
concept Element =
    std::is_arithmetic_v<T> && !std::same_as<T, bool> && !std::same_as<T, long double>;

/// What can be shared at all: bytes that mean the same in every process. A structure must hold no
/// pointers, which nobody can check here.
template <class T>
concept Shareable = std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T> &&
                    std::same_as<T, std::remove_cv_t<T>> && !std::is_pointer_v<T> &&
                    !std::is_member_pointer_v<T>;

/// One letter for T: b B h H i I q Q (8 to 64 bits, capital = unsigned), f (float), d (double).
template <Element T>
constexpr char type_code() {
  if constexpr (std::floating_point<T>) {
    return sizeof(T) == 4 ? 'f' : 'd';
  } else {
    constexpr char kSigned[] = {'b', 'h', 'i', 'q'};
    constexpr char kUnsigned[] = {'B', 'H', 'I', 'Q'};
    constexpr int kIndex = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return std::signed_integral<T> ? kSigned[kIndex] : kUnsigned[kIndex];
  }
}

inline constexpr std::string_view kTypeCodes = "bBhHiIqQfd";

/// The code among those of kTypeCodes that means the same here as `code`, which may also be c
/// (char), u (wchar_t), l or L (long). @throws BadTypeCode that lists the valid ones.
char element_code(char code);

/// Calls `visit(T{})` with the type that belongs to `code`; returns false for an unknown code.
template <class Visitor>
bool with_type(char code, Visitor&& visit) {
  switch (code) {
    case 'b':
      visit(std::int8_t{});
      return true;
    case 'B':
      visit(std::uint8_t{});
      return true;
    case 'h':
      visit(std::int16_t{});
      return true;
    case 'H':
      visit(std::uint16_t{});
      return true;
    case 'i':
      visit(std::int32_t{});
      return true;
    case 'I':
      visit(std::uint32_t{});
      return true;
    case 'q':
      visit(std::int64_t{});
      return true;
    case 'Q':
      visit(std::uint64_t{});
      return true;
    case 'f':
      visit(float{});
      return true;
    case 'd':
      visit(double{});
      return true;
    default:
      return false;
  }
}

}  // namespace share
