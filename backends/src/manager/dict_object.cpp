#include "dict_object.hpp"

#include <iterator>

#include "item.hpp"

namespace share::manager {
namespace {

using protocol::Status;

// What an entry costs besides key and value: the nodes of the list and of the tree.
constexpr std::size_t kEntryOverhead = 96;

std::size_t memory_of(const Datum& key, const Datum& value) {
  return key.memory_bytes() + value.memory_bytes() + kEntryOverhead;
}

}  // namespace

const Method<DictObject> DictObject::kMethods[] = {
    {"get", 1, 1, &DictObject::get},
    {"get_or", 2, 2, &DictObject::get_or},
    {"set", 2, 2, &DictObject::set},
    {"setdefault", 2, 2, &DictObject::set_default},
    {"compare_and_set", 3, 3, &DictObject::compare_and_set},
    {"add", 2, 2, &DictObject::add},
    {"update", 1, 1, &DictObject::update},
    {"delete", 1, 1, &DictObject::erase},
    {"pop", 1, 2, &DictObject::pop},
    {"popitem", 0, 0, &DictObject::pop_item},
    {"clear", 0, 0, &DictObject::clear},
    {"contains", 1, 1, &DictObject::contains},
    {"len", 0, 0, &DictObject::len},
    {"keys", 0, 0, &DictObject::keys},
    {"values", 0, 0, &DictObject::values},
    {"copy", 0, 0, &DictObject::copy},
};

Status DictObject::call(std::string_view method, MethodCall call) {
  return call_method<DictObject>(kMethods, *this, method, call);
}

/// A key that is not there yet.
Status DictObject::insert(Datum key, Datum value, Room& room) {
  if (!key.is_scalar()) return Status::wrong_type;
  if (key.message_bytes() + value.message_bytes() > kMaxItemBytes) return Status::too_large;
  if (!room.take(memory_of(key, value))) return Status::too_large;
  const auto at = entries_.emplace(entries_.end(), std::move(key), std::move(value));
  try {
    places_.emplace(&at->first, at);
  } catch (...) {
    entries_.erase(at);
    throw;
  }
  return Status::ok;
}

void DictObject::drop(Places::iterator at, Room& room) {
  const Entries::iterator entry = at->second;
  room.give(memory_of(entry->first, entry->second));
  places_.erase(at);
  entries_.erase(entry);
}

Status DictObject::get(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  if (at == places_.end()) return Status::no_such_key;
  call.result = at->second->second;
  return Status::ok;
}

Status DictObject::get_or(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  call.result = at == places_.end() ? std::move(call.arguments[1]) : at->second->second;
  return Status::ok;
}

Status DictObject::set(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  if (at == places_.end())
    return insert(std::move(call.arguments[0]), std::move(call.arguments[1]), call.host.room);
  if (at->first->message_bytes() + call.arguments[1].message_bytes() > kMaxItemBytes)
    return Status::too_large;
  Datum& value = at->second->second;
  const Status status = admit_instead(call.arguments[1], value, call.host.room);
  if (status == Status::ok) value = std::move(call.arguments[1]);
  return status;
}

/// The value of the key, which becomes the second argument if there was none.
Status DictObject::set_default(MethodCall& call) {
  if (const auto at = find(call.arguments[0]); at != places_.end()) {
    call.result = at->second->second;
    return Status::ok;
  }
  call.result = call.arguments[1];
  return insert(std::move(call.arguments[0]), std::move(call.arguments[1]), call.host.room);
}

/// True when the key's value was the second argument and is now the third.
Status DictObject::compare_and_set(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  call.result = at != places_.end() && at->second->second == call.arguments[1];
  if (!call.result.get<bool>()) return Status::ok;
  call.arguments.erase(call.arguments.begin() + 1);
  return set(call);
}

/// The value before, null if there was none: then the amount is the value.
Status DictObject::add(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  if (at == places_.end()) {
    Datum sum;  // of the amount and nothing: refuses what is no number
    const Status status = sum_of(call.arguments[1], call.arguments[1], sum);
    if (status == Status::wrong_type) return status;
    return insert(std::move(call.arguments[0]), std::move(call.arguments[1]), call.host.room);
  }
  Datum sum;
  Datum& value = at->second->second;
  if (const Status status = sum_of(value, call.arguments[1], sum); status != Status::ok)
    return status;
  call.result = std::exchange(value, std::move(sum));
  return Status::ok;
}

/// All of a map, or nothing of it.
Status DictObject::update(MethodCall& call) {
  auto* map = std::get_if<Datum::Map>(&call.arguments[0].content());
  if (map == nullptr) return Status::wrong_type;
  // All new entries are made, and the room is taken, before anything is changed.
  std::size_t needed = 0, given = 0;
  Entries fresh;
  Places fresh_places;
  for (auto& [key, value] : *map) {
    if (!key.is_scalar()) return Status::wrong_type;
    if (key.message_bytes() + value.message_bytes() > kMaxItemBytes) return Status::too_large;
    if (const auto at = find(key); at != places_.end()) {
      needed += value.memory_bytes();
      given += at->second->second.memory_bytes();
    } else {
      needed += memory_of(key, value);
      const auto entry = fresh.emplace(fresh.end(), key, value);
      fresh_places.emplace(&entry->first, entry);
    }
  }
  if (!call.host.room.exchange(given, needed)) return Status::too_large;
  for (auto& [key, value] : *map)
    if (const auto at = find(key); at != places_.end()) at->second->second = std::move(value);
  entries_.splice(entries_.end(), fresh);
  places_.merge(fresh_places);
  return Status::ok;
}

Status DictObject::erase(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  if (at == places_.end()) return Status::no_such_key;
  drop(at, call.host.room);
  return Status::ok;
}

/// With a second argument a missing key is no error: that is the result.
Status DictObject::pop(MethodCall& call) {
  const auto at = find(call.arguments[0]);
  if (at == places_.end()) {
    if (call.arguments.size() == 1) return Status::no_such_key;
    call.result = std::move(call.arguments[1]);
    return Status::ok;
  }
  Datum value = at->second->second;
  drop(at, call.host.room);
  call.result = std::move(value);
  return Status::ok;
}

/// The entry that came last, as a list of key and value.
Status DictObject::pop_item(MethodCall& call) {
  if (entries_.empty()) return Status::no_such_key;
  const auto last = std::prev(entries_.end());
  Datum::List pair = {last->first, last->second};
  drop(find(last->first), call.host.room);
  call.result = std::move(pair);
  return Status::ok;
}

Status DictObject::clear(MethodCall& call) {
  dropped(call.host.room);
  return Status::ok;
}

void DictObject::dropped(Room& room) noexcept {
  for (const auto& [key, value] : entries_) room.give(memory_of(key, value));
  places_.clear();
  entries_.clear();
}

Status DictObject::contains(MethodCall& call) {
  call.result = find(call.arguments[0]) != places_.end();
  return Status::ok;
}

Status DictObject::len(MethodCall& call) {
  call.result = static_cast<std::int64_t>(size());
  return Status::ok;
}

Status DictObject::keys(MethodCall& call) {
  Datum::List keys;
  ResultSize result(call);
  for (const auto& [key, value] : entries_) {
    if (!result.add(key)) return Status::too_large;
    keys.push_back(key);
  }
  call.result = std::move(keys);
  return Status::ok;
}

Status DictObject::values(MethodCall& call) {
  Datum::List values;
  ResultSize result(call);
  for (const auto& [key, value] : entries_) {
    if (!result.add(value)) return Status::too_large;
    values.push_back(value);
  }
  call.result = std::move(values);
  return Status::ok;
}

Status DictObject::copy(MethodCall& call) {
  ResultSize result(call);
  for (const auto& [key, value] : entries_)
    if (!result.add(key) || !result.add(value)) return Status::too_large;
  call.result = Datum::Map(entries_.begin(), entries_.end());
  return Status::ok;
}

const Method<NamespaceObject> NamespaceObject::kMethods[] = {
    {"get", 1, 1, &NamespaceObject::get},
    {"set", 2, 2, &NamespaceObject::set},
    {"delete", 1, 1, &NamespaceObject::erase},
    {"contains", 1, 1, &NamespaceObject::contains},
    {"names", 0, 0, &NamespaceObject::keys},
    {"add", 2, 2, &NamespaceObject::add},
    {"compare_and_set", 3, 3, &NamespaceObject::compare_and_set},
};

Status NamespaceObject::call(std::string_view method, MethodCall call) {
  if (find_method<NamespaceObject>(kMethods, method) == nullptr) return Status::no_such_method;
  if (!call.arguments.empty() && !std::holds_alternative<std::string>(call.arguments[0].content()))
    return Status::wrong_type;
  return call_method<NamespaceObject>(kMethods, *this, method, call);
}

}  // namespace share::manager
