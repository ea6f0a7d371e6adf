// Number: a number whose type is known at run time only, on its way into and out of an object whose
// type is too. Never becomes another number on the way: what the type cannot hold is an error.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <share/core/element.hpp>
#include <string>
#include <utility>
#include <variant>

namespace share {

class Number {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is what is passed
  template <Element T>
  constexpr Number(T value) noexcept {
    if constexpr (std::floating_point<T>)
      value_ = static_cast<double>(value);
    else if constexpr (std::unsigned_integral<T>)
      value_ = static_cast<std::uint64_t>(value);
    else
      value_ = static_cast<std::int64_t>(value);
  }

  /// This number as a T. Floating numbers are no integers, not even 5.0; integers are floating
  /// numbers if nothing is lost; a double becomes the nearest float, if there is one that near.
  /// @throws NotRepresentable.
  template <Element T>
  T as() const {
    return std::visit([this]<class U>(U value) { return converted<T>(value); }, value_);
  }
  /// The sum with what was there. @throws NotRepresentable, also when it overflows.
  template <Element T>
  T added_to(T before) const {
    return std::visit([&]<class U>(U value) { return sum<T>(before, value); }, value_);
  }

  std::string text() const;
  /// Integers by what they are; an integer is never a floating number.
  friend bool operator==(const Number& a, const Number& b) {
    return std::visit(
        []<class A, class B>(A x, B y) {
          if constexpr (std::integral<A> && std::integral<B>)
            return std::cmp_equal(x, y);
          else
            return std::same_as<A, B> && x == static_cast<A>(y);
        },
        a.value_, b.value_);
  }

 private:
  /// Whether a floating type of so many binary digits has the integer of this size.
  static constexpr bool fits(std::uint64_t size, int digits) noexcept {
    return static_cast<int>(std::bit_width(size)) - std::countr_zero(size) <= digits;
  }
  static constexpr std::uint64_t size_of(std::integral auto value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value);
    return value < 0 ? -bits : bits;
  }
  template <class T, class U>
  T converted(U value) const {
    if constexpr (std::floating_point<T>) {
      const T found = static_cast<T>(value);
      if constexpr (std::integral<U>) {
        if (fits(size_of(value), std::numeric_limits<T>::digits)) return found;
      } else {
        if (!std::isinf(found) || std::isinf(value)) return found;
      }
    } else if constexpr (std::integral<U>) {
      if (std::in_range<T>(value)) return static_cast<T>(value);
    }
    refuse(text(), type_code<T>());
  }
  template <class T, class U>
  T sum(T before, U value) const {
    if constexpr (std::floating_point<T>) {
      const T by = converted<T>(value), sum = static_cast<T>(before + by);
      if (!std::isinf(sum) || std::isinf(before) || std::isinf(by)) return sum;
      refuse(Number(before).text() + " + " + text(), type_code<T>());
    } else if constexpr (std::integral<U>) {
      T sum{};
      if (!__builtin_add_overflow(before, value, &sum)) return sum;
      refuse(Number(before).text() + " + " + text(), type_code<T>());
    } else {
      refuse(text(), type_code<T>());
    }
  }
  [[noreturn]] static void refuse(const std::string& number, char code);

  std::variant<std::int64_t, std::uint64_t, double> value_;
};

}  // namespace share
