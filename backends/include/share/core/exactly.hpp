// Exactly<T>: a parameter that takes a T and what becomes one without loss. A conversion that could
// lose something does not compile, but for a constant that fits: 5 is a std::uint64_t, 5.5 is no
// int, and a double variable never is. A plain value; costs nothing.
#pragma once

#include <concepts>
#include <type_traits>

namespace share {

/// Every value of U is one of T.
template <class U, class T>
concept Widens = std::convertible_to<U, T> && requires(U u) {
  T{u};
} &&(!std::is_arithmetic_v<T> || (std::is_arithmetic_v<U> && !std::same_as<T, bool>));

template <class T>
class Exactly {
 public:
  // NOLINTBEGIN(google-explicit-constructor): the point is to be what is passed
  template <std::same_as<T> U>  // a pointer would become a bool
  constexpr Exactly(U value) noexcept : value_(value) {}
  template <class U>
  requires(!std::same_as<U, T> && Widens<U, T>) constexpr Exactly(U value) noexcept
      : value_{value} {}
  /// Constants only. What does not fit does not compile: a throw is no constant.
  template <class U>
  requires(!std::same_as<U, T> && !Widens<U, T> && std::is_arithmetic_v<U> &&
           std::is_arithmetic_v<T>) consteval Exactly(U value)
      : value_(static_cast<T>(value)) {
    if (static_cast<U>(value_) != value || (value_ < T{}) != (value < U{}))
      throw "the constant is no value of this type";
  }
  constexpr operator T() const noexcept { return value_; }
  // NOLINTEND(google-explicit-constructor)

 private:
  T value_;
};

/// How a T is passed: numbers exactly, structures as they are.
template <class T>
using Passed = std::conditional_t<std::is_arithmetic_v<T>, Exactly<T>, T>;

}  // namespace share
