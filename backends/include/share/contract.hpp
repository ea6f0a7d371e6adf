// The contract of a backend: one way of sharing state between processes. A backend is a type that
// satisfies the concept Backend; code that uses one is a template over it, so no call in a hot loop
// is indirect. A backend has two sides:
//
//   Owner    made once, in one process, by Backend::create(). It makes the objects, owns whatever
//   holds
//            them (a segment, a server process) and removes it in its destructor.
//   Backend  made in every process that uses the objects, by Backend::open(address). It only ever
//   gets
//            a text, so the same code works after an exec.
//
// Each backend states what it promises (Traits); the contract tests hold it to that.
#pragma once

#include <sys/types.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <share/core/cache_line.hpp>
#include <share/core/element.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace share {

/// What becomes of updates made by several processes at once.
enum class Updates {
  exact,  ///< every update is found in the final state, once
  lossy,  ///< updates get lost under contention; such a backend is a control
  none,   ///< nothing is stored at all (null)
};

/// What the death of a user in the middle of an update does to the others.
enum class OnDeath {
  stateless,  ///< nothing: there is no state between the steps of an update
  recovers,   ///< the others go on; the next one is told where that matters
  poisons,    ///< the others get an error from then on
  hangs,      ///< the others wait, for ever or until a limit of seconds
};

/// What transform() applies as one, seen by other users.
enum class Atomicity {
  nothing,  ///< neither elements nor slices
  element,  ///< each element
  slice,    ///< the whole slice
};

/// Where an operation given to transform() runs.
enum class RunsIn { user, server };

struct Traits {
  std::string_view name;  ///< family.variant
  Updates updates;
  OnDeath on_death;
  Atomicity transform;
  RunsIn runs_in;
  bool remote = false;        ///< calls are messages to a server process
  bool server_spins = false;  ///< the server takes a core for itself while there are calls
  bool copies_slice = false;  ///< transform() works on a copy in each user's own memory
  bool spins = false;         ///< who waits keeps a core: a crawl with more processes than cores
};

/// What create() needs to know.
struct CreateOptions {
  /// Bytes of the elements of all objects that will be made; a backend adds what it needs besides.
  std::size_t payload_bytes = 0;
  /// For backends with a server: the program and arguments that become the server after fork; empty
  /// means that the forked process itself serves.
  std::vector<std::string> server_command;
  /// For objects with a lock beside their elements: both start on a unit of so many bytes, a power
  /// of two up to kCacheLine; 0: the elements follow the lock as closely as their type allows.
  std::size_t apart_bytes = kCacheLine;
};

/// An operation on one element that transform() applies to a slice. `name` identifies it to servers
/// (see manager/operations.hpp); the span form does the same to consecutive elements and is what a
/// backend calls when it holds the whole slice.
template <class F, class T>
concept ElementOperation = requires(const F& f, T x, std::span<T> slice) {
  { F::name } -> std::convertible_to<std::string_view>;
  { f(x) } -> std::same_as<T>;
  { f(slice) } -> std::same_as<void>;
};

/// What update() applies: the new value from the old one.
template <class F, class T>
concept CounterUpdate =
    std::invocable<const F&, T> && std::same_as<std::invoke_result_t<const F&, T>, T>;

/// A counter that also takes code: `update(f)` is a read-modify-write with f in the middle, and
/// returns the value before. Counters in a server do not: code does not travel.
template <class C, class T>
concept UpdatableCounter = requires(C& c, T (*f)(T)) {
  { c.update(f) } -> std::same_as<T>;
};

/// A shared number. `add` is the read-modify-write.
template <class C, class T>
concept Counter = requires(C& c, const C& cc, T x) {
  { cc.load() } -> std::same_as<T>;
  { c.store(x) } -> std::same_as<void>;
  c.add(x);
};

/// A counter whose `add` returns the value before the addition.
template <class C, class T>
concept FetchingCounter = Counter<C, T> && requires(C& c, T x) {
  { c.add(x) } -> std::same_as<T>;
};

namespace detail {
template <class T>
struct Negated {  // an operation to state the concept Sequence with
  static constexpr std::string_view name = "negated";
  T operator()(T x) const { return static_cast<T>(-x); }
  void operator()(std::span<T> xs) const {
    for (T& x : xs) x = (*this)(x);
  }
};
}  // namespace detail

/// A shared sequence of fixed size. `read`, `write` and `transform` throw RangeError outside it.
template <class A, class T>
concept Sequence = requires(A& a, const A& ca, std::size_t i, std::span<T> to,
                            std::span<const T> from) {
  { ca.size() } -> std::same_as<std::size_t>;
  { ca.read(i, to) } -> std::same_as<void>;
  { a.write(i, from) } -> std::same_as<void>;
  { a.transform(i, i, detail::Negated<T>{}) } -> std::same_as<void>;
};

/// The side that makes and removes. Movable, not copyable.
template <class O>
concept BackendOwner = std::movable<O> && requires(O& o, const O& co, std::string_view name) {
  // Zero-initialised objects; throws ObjectExists.
  { o.template add_value<std::int64_t>(name) } -> std::same_as<void>;
  // What open() takes, valid in every process that inherited the descriptors.
  { co.address() } -> std::same_as<std::string>;
  // Descriptors a user process must inherit under the same numbers.
  { co.inherited_descriptors() } -> std::same_as<std::vector<int>>;
  // Processes that work for the users (servers); empty for shared memory.
  { co.server_pids() } -> std::same_as<std::vector<pid_t>>;
};

template <class B>
concept Backend = std::movable<B> && BackendOwner<typename B::Owner> &&
    requires(B& b, const CreateOptions& options, const std::string& address,
             std::string_view name) {
  { B::traits } -> std::convertible_to<Traits>;
  // One line about versions and properties found at run time.
  { B::details() } -> std::same_as<std::string>;
  { B::create(options) } -> std::same_as<typename B::Owner>;
  { B::open(address) } -> std::same_as<B>;
  // Throw NoSuchObject and TypeMismatch.
  { b.template value<std::int64_t>(name) } -> Counter<std::int64_t>;
};

/// A backend that has counters of T.
template <class B, class T>
concept CountsIn = Backend<B> && requires(B& b, std::string_view name) {
  { b.template value<T>(name) } -> Counter<T>;
};

/// A backend that also has arrays, as all have but those for counting.
template <class B>
concept ArrayBackend = Backend<B> &&
    requires(typename B::Owner& owner, B& b, std::string_view name) {
  { owner.template add_array<double>(name, std::size_t{1}) } -> std::same_as<void>;
  { b.template array<double>(name, std::size_t{1}) } -> Sequence<double>;
};

/// A backend that also has lists: append() takes bytes, slice() gives items that get<bytes> back.
template <class B>
concept ListBackend = Backend<B> &&
    requires(typename B::Owner& owner, B& b, std::string_view name, std::vector<std::byte> item) {
  { owner.add_list(name) } -> std::same_as<void>;
  b.list(name).append(item);
  b.list(name).slice(0, 1);
};

/// A backend that also has dictionaries and namespaces, whose values are reached by key.
template <class B>
concept KeyedBackend = Backend<B> &&
    requires(typename B::Owner& owner, B& b, std::string_view name, std::int64_t x) {
  { owner.add_dict(name) } -> std::same_as<void>;
  { owner.add_namespace(name) } -> std::same_as<void>;
  b.dict(name).add(name, x);
  b.attributes(name).add(name, x);
};

/// A backend that also has objects of custom classes, which are used by their methods' names.
template <class B>
concept ClassBackend = Backend<B> &&
    requires(typename B::Owner& owner, B& b, std::string_view name, std::string_view class_name) {
  { owner.add_object(name, class_name) } -> std::same_as<void>;
  b.object(name, class_name).call(name);
};

/// A backend whose calls can be sent before the last has been answered.
template <class B>
concept PipelineBackend = Backend<B> && requires(B& b, std::size_t window) {
  b.pipeline(window).finish();
};

/// A list of backend types; see all.hpp.
template <class... Bs>
struct BackendList {
  template <class Visitor>
  static void for_each(Visitor&& visit) {
    (visit.template operator()<Bs>(), ...);
  }
};

}  // namespace share
