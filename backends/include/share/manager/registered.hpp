// Custom classes in a manager's server: a program registers a C++ class with the methods that may
// be called, by name; clients make objects of it and call them through RemoteObject. Only what is
// registered can be called: a client sends names and values, never code. The table belongs to one
// process: a server forked from a program has that program's table, a server started by exec the
// table of the program it executes. Register before the server starts, from one thread. Objects
// live in the server's one thread, so each call is atomic. register_class throws ObjectExists for a
// name that is taken.
//
//   struct Account {
//     explicit Account(std::int64_t start) : balance(start) {}
//     std::int64_t deposit(std::int64_t amount) { return balance += amount; }
//     std::int64_t balance;
//   };
//   register_class<Account, std::int64_t>("account", {method("deposit", &Account::deposit)});
//
// Arguments and results are bool, integers, double, std::string, Datum::Bytes, Datum::List,
// Datum::Map, Reference or Datum (any). A call with another number of arguments is `malformed`, one
// with another type `wrong_type`, an integer that the parameter does not hold `out_of_range`. What
// a method throws goes to the caller as MethodFailed; whether it has changed the object by then is
// the class's business.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <share/manager/served.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace share::manager {

namespace detail {

/// Reads an argument into what a parameter needs. Nothing is converted but integers, which must
/// fit.
template <class T>
protocol::Status read_argument(Datum& argument, T& value) {
  using protocol::Status;
  if constexpr (std::same_as<T, Datum>) {
    value = std::move(argument);
    return Status::ok;
  } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    const auto* whole = std::get_if<std::int64_t>(&argument.content());
    if (whole == nullptr) return Status::wrong_type;
    if (!std::in_range<T>(*whole)) return Status::out_of_range;
    value = static_cast<T>(*whole);
    return Status::ok;
  } else {
    T* found = std::get_if<T>(&argument.content());
    if (found == nullptr) return Status::wrong_type;
    value = std::move(*found);
    return Status::ok;
  }
}

template <class... Parameters>
using Values = std::tuple<std::remove_cvref_t<Parameters>...>;

template <class... Parameters>
protocol::Status read_arguments(Datum::List& arguments, Values<Parameters...>& values) {
  using protocol::Status;
  if (arguments.size() != sizeof...(Parameters)) return Status::malformed;
  Status status = Status::ok;
  std::size_t next = 0;
  std::apply(
      [&](auto&... value) {
        static_cast<void>(
            ((status = read_argument(arguments[next++], value), status == Status::ok) && ...));
      },
      values);
  return status;
}

}  // namespace detail

/// A method of T that clients may call.
template <class T>
struct RegisteredMethod {
  std::string name;
  std::function<protocol::Status(T&, MethodCall&)> run;
};

namespace detail {

template <class T, class Pointer, class Result, class... Parameters>
RegisteredMethod<T> method_of(std::string_view name, Pointer pointer) {
  return {std::string(name), [pointer](T& object, MethodCall& call) {
            Values<Parameters...> values;
            const protocol::Status status = read_arguments<Parameters...>(call.arguments, values);
            if (status != protocol::Status::ok) return status;
            const auto run = [&](auto&... value) -> Result {
              return (object.*pointer)(std::forward<Parameters>(value)...);
            };
            if constexpr (std::is_void_v<Result>) {
              std::apply(run, values);
            } else {
              call.result = Datum(std::apply(run, values));
            }
            return status;
          }};
}

}  // namespace detail

template <class T, class Result, class... Parameters>
RegisteredMethod<T> method(std::string_view name, Result (T::*pointer)(Parameters...)) {
  return detail::method_of<T, decltype(pointer), Result, Parameters...>(name, pointer);
}
template <class T, class Result, class... Parameters>
RegisteredMethod<T> method(std::string_view name, Result (T::*pointer)(Parameters...) const) {
  return detail::method_of<T, decltype(pointer), Result, Parameters...>(name, pointer);
}

template <class T>
using RegisteredMethods = std::vector<RegisteredMethod<T>>;

/// An object of a registered class, as the server holds it.
template <class T>
class RegisteredObject final : public Served {
 public:
  template <class... Arguments>
  explicit RegisteredObject(const RegisteredMethods<T>& methods, Arguments&&... arguments)
      : methods_(methods), object_(std::forward<Arguments>(arguments)...) {}

  protocol::Status call(std::string_view name, MethodCall call) override {
    for (const RegisteredMethod<T>& method : methods_)
      if (method.name == name) return method.run(object_, call);
    return protocol::Status::no_such_method;
  }
  std::size_t size() const noexcept override { return 1; }

 private:
  const RegisteredMethods<T>& methods_;
  T object_;
};

/// Makes an object from the arguments of its constructor.
using MakeServed =
    std::function<protocol::Status(Datum::List& arguments, std::unique_ptr<Served>& object)>;

namespace detail {
void register_class(std::string_view name, MakeServed make);
}  // namespace detail

/// @tparam Parameters of the constructor.
template <class T, class... Parameters>
void register_class(std::string_view name, RegisteredMethods<T> methods) {
  // Shared by all objects of the class, which outlive no server.
  auto shared = std::make_shared<const RegisteredMethods<T>>(std::move(methods));
  detail::register_class(name, [shared](Datum::List& arguments, std::unique_ptr<Served>& object) {
    detail::Values<Parameters...> values;
    const protocol::Status status = detail::read_arguments<Parameters...>(arguments, values);
    if (status != protocol::Status::ok) return status;
    std::apply(
        [&](auto&... value) {
          object =
              std::make_unique<RegisteredObject<T>>(*shared, std::forward<Parameters>(value)...);
        },
        values);
    return status;
  });
}

}  // namespace share::manager
