// Proxies of the containers of a manager: RemoteList, RemoteDict, RemoteSet and RemoteNamespace,
// with the methods of Python's list, dict, set and Namespace and atomic ones beside them. Each call
// is one message and is applied as one; a sequence of two calls is not (`d.set(k, d.get(k) + 1)`
// loses updates, `d.add(k, 1)` does not). A proxy shares the connection of the backend it came from
// and belongs to the same process and thread; the object stays with the server. Calls throw
// NoSuchKey, NoSuchItem, CallRefused (an index outside, a wrong type, no memory left) and the
// errors of client.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <share/manager/client.hpp>
#include <share/manager/datum.hpp>
#include <share/manager/iterating.hpp>
#include <string_view>
#include <utility>

namespace share::manager {

/// An object of the server that is used by method calls.
class RemoteObject {
 public:
  /// @throws NoSuchObject, StaleProxy, TypeMismatch.
  RemoteObject(std::shared_ptr<Connection> connection, const Which& which,
               std::string_view class_name)
      : connection_(std::move(connection)),
        reference_(connection_->find_served(which, class_name)) {}

  /// The server's number for the object.
  std::uint64_t object_number() const noexcept { return reference_.object(); }
  /// To be put into a container, where it means this object: `jobs.append(list)`.
  const Reference& reference() const noexcept { return reference_; }
  operator Datum() const { return reference_; }
  /// Who refers to the object.
  Connection::References references() const { return connection_->references(object_number()); }

  /// Any method, by name.
  Datum call(std::string_view method, const Datum::List& arguments = {}) const {
    return connection_->call_method(object_number(), method, arguments);
  }

 protected:
  [[noreturn]] void refuse_results() const { connection_->refuse_results(); }
  /// A method that waits in the server, for at most `limit`.
  Datum wait_in(std::string_view method, Datum::List arguments,
                std::chrono::nanoseconds limit) const {
    return connection_->call_waiting(object_number(), method, std::move(arguments), limit);
  }
  std::uint64_t last_request() const noexcept { return connection_->last_request(); }
  std::chrono::nanoseconds timeout() const noexcept { return connection_->timeout(); }
  bool ask(std::string_view method, const Datum::List& arguments) const {
    return call(method, arguments).get<bool>();
  }
  std::int64_t number(std::string_view method, const Datum::List& arguments = {}) const {
    return call(method, arguments).get<std::int64_t>();
  }

 private:
  std::shared_ptr<Connection> connection_;
  Reference reference_;
};

/// Negative indices count from the end.
class RemoteList : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "list";
  RemoteList(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  void append(Datum item) {
    Datum::List arguments;  // items may be long: one copy less than through braces
    arguments.push_back(std::move(item));
    call("append", arguments);
  }
  /// False when it was there already.
  bool append_if_absent(Datum item) { return ask("append_if_absent", {std::move(item)}); }
  void extend(Datum::List items) { call("extend", {Datum(std::move(items))}); }
  /// An index outside stands for the nearer end.
  void insert(std::int64_t at, Datum item) { call("insert", {at, std::move(item)}); }
  void set(std::int64_t at, Datum item) { call("set", {at, std::move(item)}); }
  /// Only if the item there is `expected`; says whether it was.
  bool compare_and_set(std::int64_t at, Datum expected, Datum item) {
    return ask("compare_and_set", {at, std::move(expected), std::move(item)});
  }
  /// Adds to an integer or a double; returns the one before.
  Datum add(std::int64_t at, Datum amount) { return call("add", {at, std::move(amount)}); }

  Datum get(std::int64_t at) const { return call("get", {at}); }
  /// [start, stop) in steps; nullopt: from the beginning, to the end.
  Datum::List slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                    std::int64_t step = 1) const {
    return call("slice", {end_of(start), end_of(stop), step}).get<Datum::List>();
  }
  /// Any number of items stands there afterwards; with another step than 1 as many as before.
  void set_slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                 Datum::List items, std::int64_t step = 1) {
    call("set_slice", {end_of(start), end_of(stop), Datum(std::move(items)), step});
  }
  void erase_slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                   std::int64_t step = 1) {
    call("delete_slice", {end_of(start), end_of(stop), step});
  }
  Datum::List copy() const { return call("copy").get<Datum::List>(); }
  /// `for (const Datum& item : list)`; see iterating.hpp.
  ListIterator begin() const { return ListIterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

  Datum pop(std::int64_t at = -1) { return call("pop", {at}); }
  void erase(std::int64_t at) { call("delete", {at}); }
  /// The first that is equal. @throws NoSuchItem.
  void remove(Datum item) { call("remove", {std::move(item)}); }
  void clear() { call("clear"); }
  /// The items so many times; 0 or less empties the list.
  void repeat(std::int64_t times) { call("repeat", {times}); }
  void reverse() { call("reverse"); }
  /// Items of one type only.
  void sort() { call("sort"); }

  /// Of the first that is equal, in a slice of the list. @throws NoSuchItem.
  std::int64_t index(Datum item, std::optional<std::int64_t> start = {},
                     std::optional<std::int64_t> stop = {}) const {
    return number("index", {std::move(item), end_of(start), end_of(stop)});
  }
  std::int64_t count(Datum item) const { return number("count", {std::move(item)}); }
  bool contains(Datum item) const { return ask("contains", {std::move(item)}); }
  std::int64_t size() const { return number("len"); }

 private:
  static Datum end_of(const std::optional<std::int64_t>& at) { return at ? Datum(*at) : Datum(); }
};

/// Entries keep the order in which their keys came. Keys are of any type, and 1 is not 1.0.
class RemoteDict : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "dict";
  RemoteDict(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  /// @throws NoSuchKey.
  Datum get(Datum key) const { return call("get", {std::move(key)}); }
  Datum get_or(Datum key, Datum otherwise) const {
    return call("get_or", {std::move(key), std::move(otherwise)});
  }
  void set(Datum key, Datum value) { call("set", {std::move(key), std::move(value)}); }
  /// The key's value, which becomes `value` if there was none.
  Datum set_default(Datum key, Datum value) {
    return call("setdefault", {std::move(key), std::move(value)});
  }
  /// Only if the key's value is `expected`; says whether it was.
  bool compare_and_set(Datum key, Datum expected, Datum value) {
    return ask("compare_and_set", {std::move(key), std::move(expected), std::move(value)});
  }
  /// Adds to an integer or a double, or makes it; returns the one before, or null.
  Datum add(Datum key, Datum amount) { return call("add", {std::move(key), std::move(amount)}); }
  /// All entries of the map as one.
  void update(Datum::Map entries) { call("update", {Datum(std::move(entries))}); }

  /// @throws NoSuchKey.
  void erase(Datum key) { call("delete", {std::move(key)}); }
  /// @throws NoSuchKey.
  Datum pop(Datum key) { return call("pop", {std::move(key)}); }
  Datum pop_or(Datum key, Datum otherwise) {
    return call("pop", {std::move(key), std::move(otherwise)});
  }
  /// The entry that came last. @throws NoSuchKey from an empty one.
  Datum::Entry pop_item() {
    const Datum::List pair = call("popitem").get<Datum::List>();
    if (pair.size() != 2) refuse_results();
    return {pair[0], pair[1]};
  }
  void clear() { call("clear"); }

  bool contains(Datum key) const { return ask("contains", {std::move(key)}); }
  std::int64_t size() const { return number("len"); }
  Datum::List keys() const { return call("keys").get<Datum::List>(); }
  Datum::List values() const { return call("values").get<Datum::List>(); }
  /// All entries; Python's items().
  Datum::Map copy() const { return call("copy").get<Datum::Map>(); }
};

/// In the order of its items: by type, then by value.
class RemoteSet : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "set";
  RemoteSet(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  /// False when it was there already.
  bool add(Datum item) { return ask("add", {std::move(item)}); }
  /// All items as one.
  void update(Datum::List items) { call("update", {Datum(std::move(items))}); }
  /// False when it was not there.
  bool discard(Datum item) { return ask("discard", {std::move(item)}); }
  /// @throws NoSuchItem.
  void remove(Datum item) { call("remove", {std::move(item)}); }
  /// Takes the first. @throws NoSuchItem from an empty one.
  Datum pop() { return call("pop"); }
  void clear() { call("clear"); }
  bool contains(Datum item) const { return ask("contains", {std::move(item)}); }
  std::int64_t size() const { return number("len"); }
  Datum::List copy() const { return call("copy").get<Datum::List>(); }
};

/// Named attributes.
class RemoteNamespace : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "namespace";
  RemoteNamespace(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteObject(std::move(connection), which, kClass) {}

  /// @throws NoSuchKey.
  Datum get(std::string_view name) const { return call("get", {name}); }
  void set(std::string_view name, Datum value) { call("set", {name, std::move(value)}); }
  /// @throws NoSuchKey.
  void erase(std::string_view name) { call("delete", {name}); }
  bool contains(std::string_view name) const { return ask("contains", {name}); }
  Datum::List names() const { return call("names").get<Datum::List>(); }
  /// Adds to an integer or a double, or makes it; returns the one before, or null.
  Datum add(std::string_view name, Datum amount) { return call("add", {name, std::move(amount)}); }
  /// Only if the value is `expected`; says whether it was.
  bool compare_and_set(std::string_view name, Datum expected, Datum value) {
    return ask("compare_and_set", {name, std::move(expected), std::move(value)});
  }
};

}  // namespace share::manager
