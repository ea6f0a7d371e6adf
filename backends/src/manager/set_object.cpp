#include "set_object.hpp"

#include "item.hpp"

namespace share::manager {
namespace {

using protocol::Status;

// What an item costs besides itself: the node of the tree.
constexpr std::size_t kItemOverhead = 48;

std::size_t memory_of(const Datum& item) { return item.memory_bytes() + kItemOverhead; }

}  // namespace

const Method<SetObject> SetObject::kMethods[] = {
    {"add", 1, 1, &SetObject::add},           {"update", 1, 1, &SetObject::update},
    {"discard", 1, 1, &SetObject::discard},   {"remove", 1, 1, &SetObject::remove},
    {"pop", 0, 0, &SetObject::pop},           {"clear", 0, 0, &SetObject::clear},
    {"contains", 1, 1, &SetObject::contains}, {"len", 0, 0, &SetObject::len},
    {"copy", 0, 0, &SetObject::copy},
};

Status SetObject::call(std::string_view method, MethodCall call) {
  return call_method<SetObject>(kMethods, *this, method, call);
}

/// Whether it is new.
Status SetObject::add(MethodCall& call) {
  Datum& item = call.arguments[0];
  if (!item.is_scalar()) return Status::wrong_type;
  if (items_.contains(item)) {
    call.result = false;
    return Status::ok;
  }
  if (item.message_bytes() > kMaxItemBytes || !call.host.room.take(memory_of(item)))
    return Status::too_large;
  items_.insert(std::move(item));
  call.result = true;
  return Status::ok;
}

/// All items of a list, or none.
Status SetObject::update(MethodCall& call) {
  auto* list = std::get_if<Datum::List>(&call.arguments[0].content());
  if (list == nullptr) return Status::wrong_type;
  std::set<Datum> fresh;
  std::size_t needed = 0;
  for (Datum& item : *list) {
    if (!item.is_scalar()) return Status::wrong_type;
    if (items_.contains(item)) continue;
    if (item.message_bytes() > kMaxItemBytes) return Status::too_large;
    const std::size_t bytes = memory_of(item);
    if (fresh.insert(std::move(item)).second) needed += bytes;
  }
  if (!call.host.room.take(needed)) return Status::too_large;
  items_.merge(fresh);
  return Status::ok;
}

/// Whether it was there.
Status SetObject::discard(MethodCall& call) {
  const auto at = items_.find(call.arguments[0]);
  call.result = at != items_.end();
  if (at == items_.end()) return Status::ok;
  call.host.room.give(memory_of(*at));
  items_.erase(at);
  return Status::ok;
}

Status SetObject::remove(MethodCall& call) {
  const auto at = items_.find(call.arguments[0]);
  if (at == items_.end()) return Status::no_such_item;
  call.host.room.give(memory_of(*at));
  items_.erase(at);
  return Status::ok;
}

/// Some item: the first in order.
Status SetObject::pop(MethodCall& call) {
  if (items_.empty()) return Status::no_such_item;
  auto node = items_.extract(items_.begin());
  call.host.room.give(memory_of(node.value()));
  call.result = std::move(node.value());
  return Status::ok;
}

Status SetObject::clear(MethodCall& call) {
  dropped(call.host.room);
  return Status::ok;
}

void SetObject::dropped(Room& room) noexcept {
  for (const Datum& item : items_) room.give(memory_of(item));
  items_.clear();
}

Status SetObject::contains(MethodCall& call) {
  call.result = items_.contains(call.arguments[0]);
  return Status::ok;
}

Status SetObject::len(MethodCall& call) {
  call.result = static_cast<std::int64_t>(items_.size());
  return Status::ok;
}

Status SetObject::copy(MethodCall& call) {
  ResultSize result(call);
  for (const Datum& item : items_)
    if (!result.add(item)) return Status::too_large;
  call.result = Datum::List(items_.begin(), items_.end());
  return Status::ok;
}

}  // namespace share::manager
