#include <algorithm>
#include <optional>
#include <share/core/error.hpp>
#include <share/objects/any_value.hpp>

namespace share {
namespace {

/// What `make.operator()<T>()` returns for the T of `code`.
template <class Variant, class Make>
Variant with_code(char code, const Make& make) {
  std::optional<Variant> made;
  with_type(element_code(code), [&]<class T>(T) { made.emplace(make.template operator()<T>()); });
  return std::move(*made);
}

/// The element type of an object that is there. @param form "value " or "array ".
char code_at(const std::string& address, const std::string& form) {
  const std::string found = ObjectMemory::text_at(address);
  const std::string wanted = form + std::string(mutex::RobustLock::traits.name) + " ";
  if (found.size() != wanted.size() + 1 || !found.starts_with(wanted) ||
      kTypeCodes.find(found.back()) == kTypeCodes.npos)
    throw TypeMismatch(address, wanted + "of any type code", found);
  return found.back();
}

template <class Variant>
char code_of(const Variant& object) noexcept {
  return std::visit(
      []<class Object>(const Object&) { return type_code<typename Object::value_type>(); }, object);
}

template <class Object>
using ElementOf = typename std::remove_cvref_t<Object>::value_type;

}  // namespace

AnyValue::AnyValue(char code, Number initial)
    : object_(with_code<Object>(code, [&]<class T>() { return Value<T>(initial.as<T>()); })) {}

AnyValue AnyValue::create(const std::string& name, char code, Number initial) {
  return AnyValue(
      with_code<Object>(code, [&]<class T>() { return Value<T>::create(name, initial.as<T>()); }));
}

AnyValue AnyValue::open(const std::string& address) {
  return AnyValue(with_code<Object>(code_at(address, "value "),
                                    [&]<class T>() { return Value<T>::open(address); }));
}

char AnyValue::code() const noexcept { return code_of(object_); }

Number AnyValue::load() const {
  return std::visit([](const auto& value) { return Number(value.load()); }, object_);
}

void AnyValue::store(Number x) {
  std::visit([&](auto& value) { value.store(x.as<ElementOf<decltype(value)>>()); }, object_);
}

Number AnyValue::add(Number x) {
  return std::visit(
      [&](auto& value) {
        return Number(value.update([&](auto before) { return x.added_to(before); }));
      },
      object_);
}

std::string AnyValue::address() const {
  return std::visit([](const auto& value) { return value.address(); }, object_);
}

AnyArray::AnyArray(char code, std::size_t count)
    : object_(with_code<Object>(code, [&]<class T>() { return Array<T>(count); })) {}

AnyArray AnyArray::create(const std::string& name, char code, std::size_t count) {
  return AnyArray(
      with_code<Object>(code, [&]<class T>() { return Array<T>::create(name, count); }));
}

AnyArray AnyArray::open(const std::string& address) {
  return AnyArray(with_code<Object>(code_at(address, "array "),
                                    [&]<class T>() { return Array<T>::open(address); }));
}

char AnyArray::code() const noexcept { return code_of(object_); }

std::size_t AnyArray::size() const noexcept {
  return std::visit([](const auto& array) { return array.size(); }, object_);
}

Number AnyArray::load(std::size_t index) const {
  return std::visit([&](auto& array) { return Number(array.at(index).load()); }, object_);
}

void AnyArray::store(std::size_t index, Number x) {
  std::visit([&](auto& array) { array.at(index).store(x.as<ElementOf<decltype(array)>>()); },
             object_);
}

Number AnyArray::add(std::size_t index, Number x) {
  return std::visit(
      [&](auto& array) {
        return Number(array.at(index).update([&](auto before) { return x.added_to(before); }));
      },
      object_);
}

std::vector<Number> AnyArray::read(std::size_t first, std::size_t count) const {
  return std::visit(
      [&](auto& array) {
        check_range(first, count, array.size());  // before memory is asked for
        std::vector<ElementOf<decltype(array)>> found(count);
        array.read(first, found);
        return std::vector<Number>(found.begin(), found.end());
      },
      object_);
}

void AnyArray::write(std::size_t first, std::span<const Number> from) {
  std::visit(
      [&](auto& array) {
        using T = ElementOf<decltype(array)>;
        std::vector<T> converted(from.size());
        std::ranges::transform(from, converted.begin(), [](Number x) { return x.as<T>(); });
        array.write(first, converted);
      },
      object_);
}

std::string AnyArray::address() const {
  return std::visit([](const auto& array) { return array.address(); }, object_);
}

}  // namespace share
