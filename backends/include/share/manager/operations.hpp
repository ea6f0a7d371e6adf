// The element operations a server can apply to a slice, by name and element type. A client sends a
// name, never code, so only what the server's program has registered can run. The table belongs to
// one process: a server forked from a program has that program's table, a server started by exec
// the table of the program it executes. Register before the server starts, from one thread.
// register_operation throws ObjectExists for a name that already stands for another operation.
#pragma once

#include <cstddef>
#include <share/contract.hpp>
#include <share/core/element.hpp>
#include <span>
#include <string_view>
#include <type_traits>

namespace share::manager {

/// Applies an operation to `count` elements at `elements`, which are of the registered type.
using SliceOperation = void (*)(void* elements, std::size_t count) noexcept;

namespace detail {

void register_slice_operation(std::string_view name, char type_code, SliceOperation operation);

template <class F, Element T>
void apply_to_slice(void* elements, std::size_t count) noexcept {
  F{}(std::span<T>(static_cast<T*>(elements), count));
}

}  // namespace detail

/// The operation of that name for elements of that type; null when there is none.
SliceOperation find_operation(std::string_view name, char type_code) noexcept;

/// Lets servers started by this program apply F to elements of type T. F must not throw. Doing it
/// again changes nothing.
template <class F, Element T>
requires ElementOperation<F, T>
void register_operation() {
  static_assert(std::is_empty_v<F>, "only the name of an operation reaches the server");
  detail::register_slice_operation(F::name, type_code<T>(), &detail::apply_to_slice<F, T>);
}

/// Naming `kRegistered<F, T>` in code registers F before main(), so that a program that is its own
/// server need not list what it uses.
template <class F, Element T>
inline const bool kRegistered = (register_operation<F, T>(), true);

}  // namespace share::manager
