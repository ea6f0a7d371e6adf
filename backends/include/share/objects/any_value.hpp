// AnyValue, AnyArray: a Value or an Array under the default lock whose type is chosen by its code
// at run time, for tools that learn it from a user or from the object. The same objects: what
// Value<std::int32_t> makes, AnyValue opens, and the other way round. Slower than the typed ones by
// a jump; what the type cannot hold is NotRepresentable, and nothing is changed.
//   share::AnyValue hits('q', 0);                        or AnyValue::create("hits", 'q')
//   share::AnyValue::open("shm:hits").add(1);            whatever type it has
#pragma once

#include <share/objects/array.hpp>
#include <share/objects/number.hpp>
#include <variant>

namespace share {

namespace detail {
template <template <class> class Object>
using OfAnyType =
    std::variant<Object<std::int8_t>, Object<std::uint8_t>, Object<std::int16_t>,
                 Object<std::uint16_t>, Object<std::int32_t>, Object<std::uint32_t>,
                 Object<std::int64_t>, Object<std::uint64_t>, Object<float>, Object<double>>;
template <class T>
using LockedValue = Value<T>;
template <class T>
using LockedArray = Array<T>;
}  // namespace detail

class AnyValue {
 public:
  /// @param code one of c u b B h H i I l L q Q f d. @throws BadTypeCode, NotRepresentable,
  /// NotEnoughMemory, SystemError.
  explicit AnyValue(char code, Number initial = 0);
  /// @throws also BadAddress and ObjectExists.
  static AnyValue create(const std::string& name, char code, Number initial = 0);
  /// @throws BadAddress, NoSuchObject, SystemError; TypeMismatch when it is no Value of a number.
  static AnyValue open(const std::string& address);

  /// Of kTypeCodes.
  char code() const noexcept;
  /// These throw as the default lock does.
  Number load() const;
  void store(Number x);  ///< @throws NotRepresentable.
  Number add(Number x);  ///< The value before. @throws NotRepresentable, also when it overflows.
  std::string address() const;

 private:
  using Object = detail::OfAnyType<detail::LockedValue>;
  explicit AnyValue(Object object) : object_(std::move(object)) {}

  Object object_;
};

class AnyArray {
 public:
  /// All zero. @param code and errors as for AnyValue.
  AnyArray(char code, std::size_t count);
  static AnyArray create(const std::string& name, char code, std::size_t count);
  static AnyArray open(const std::string& address);

  char code() const noexcept;
  std::size_t size() const noexcept;
  /// All of these: @throws RangeError, and as the default lock does.
  Number load(std::size_t index) const;
  void store(std::size_t index, Number x);  ///< @throws NotRepresentable.
  Number add(std::size_t index, Number x);  ///< As AnyValue::add.
  std::vector<Number> read(std::size_t first, std::size_t count) const;
  void write(std::size_t first,
             std::span<const Number> from);  ///< All or, if one is refused, none.
  std::string address() const;

 private:
  using Object = detail::OfAnyType<detail::LockedArray>;
  explicit AnyArray(Object object) : object_(std::move(object)) {}

  mutable Object object_;  // an element is a view that could also write
};

}  // namespace share
